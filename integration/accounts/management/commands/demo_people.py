"""`manage.py demo_people`: one person for each role, and a second one of finance."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from integration.accounts.models import User
from integration.accounts.roles import DESCRIPTIONS, Role
from integration.audit.trail import record


@dataclass(frozen=True, slots=True)
class Part:
    username: str
    first_name: str
    last_name: str
    role: Role


CAST = (
    Part("olive", "Olive", "Marsh", Role.OPERATIONS),
    Part("fiona", "Fiona", "Grant", Role.FINANCE),
    Part("frank", "Frank", "Osei", Role.FINANCE),
    Part("carla", "Carla", "Bonetti", Role.CONTROLLER),
    Part("mark", "Mark", "Tilley", Role.MARKETING),
    Part("ada", "Ada", "Quinn", Role.ADMIN),
    Part("audrey", "Audrey", "Shah", Role.AUDITOR),
)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Command(BaseCommand):
    help = "Makes the people of the demo and prints their passwords, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="give all of them new passwords")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Demo people have no place in production.")
        with transaction.atomic():
            made = {part: _person(part, reset=options["reset"]) for part in CAST}
        for part, password in made.items():
            told = password or "(as printed before)"
            says = DESCRIPTIONS[part.role]
            self.stdout.write(f"  {part.username:<8} {told:<20} {part.role.value:<11} {says}")
        if not all(made.values()):
            self.stdout.write(
                "Passwords are printed once, when a person is made. "
                "Lost them? .venv/bin/python manage.py demo_people --reset"
            )


def _person(part: Part, *, reset: bool) -> str:
    """Makes the person when missing. Returns a new password, or nothing when it stays."""
    person = User.objects.filter(username=part.username).first()
    if person is not None and not reset:
        return ""
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
    if person is None:
        person = User.objects.create_user(
            part.username,
            password,
            roles=[part.role.value],
            first_name=part.first_name,
            last_name=part.last_name,
            email=f"{part.username}@desk.example",
        )
        record("person added", actor=None, target=person, roles=person.roles)
        return password
    person.set_password(password)
    person.save(update_fields=["password"])
    record("password changed", actor=None, target=person)
    return password
