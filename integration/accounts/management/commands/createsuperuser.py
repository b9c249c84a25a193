"""`manage.py createsuperuser`: the first admin of a desk, by the rules for everybody's password.

Django's own asks a person; from the environment it would take any password, and the trail would not
know where the first admin came from.
"""

import os
from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import transaction

from integration.accounts.models import User
from integration.audit.trail import record

PASSWORD = "DJANGO_SUPERUSER_PASSWORD"  # noqa: S105 - the name of a variable


class Command(createsuperuser.Command):
    help = "Makes a person with the role admin: the first of a desk, who lets in all others."

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["interactive"]:
            _check(os.environ.get(PASSWORD, ""), options)
        with transaction.atomic():
            before = set(User.objects.values_list("pk", flat=True))
            super().handle(*args, **options)
            for made in User.objects.exclude(pk__in=before):
                record("person added", actor=None, actor_name="the command line", target=made,
                       roles=made.roles)  # fmt: skip


def _check(password: str, options: dict[str, Any]) -> None:
    person = User(username=options.get("username") or "", email=options.get("email") or "")
    try:
        validate_password(password, person)
    except ValidationError as refused:
        raise CommandError(f"{PASSWORD}: {' '.join(refused.messages)}") from refused
