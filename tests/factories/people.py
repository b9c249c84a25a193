"""People for tests: `PersonFactory.create(roles=["finance"])`."""

import factory
from factory.django import DjangoModelFactory

from integration.accounts.models import User


class PersonFactory(DjangoModelFactory[User]):
    """A person without a password: tests sign them in with `client_for`."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"person{n}")
    first_name = factory.LazyAttribute(lambda person: person.username.title())
    last_name = "Field"
    email = factory.LazyAttribute(lambda person: f"{person.username}@desk.example")
    password = "!"
    roles = factory.LazyFunction(list)
