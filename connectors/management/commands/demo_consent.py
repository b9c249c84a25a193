"""`manage.py demo_consent`: people of the sandbox say no, and one says yes, wherever people say it."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

import requests
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from connectors.sync import connections
from connectors.sync.nudges import nudge_consent
from integration.consent.models import Wording
from integration.identity import keys
from integration.mirror.models import Contact

BY_LINK, IN_PORTAL = 12, 9
WORDING, VERSION = "newsletter", "3"
WORDS = (
    "Yes, write to me about offers and news. I can say no at any time, by a link in each message."
)
_SECONDS = 30


class Command(BaseCommand):
    help = (
        "Has people of the sandbox say no by the link of a message and in the portal of Prima, "
        "object, and say yes with evidence. Once; after that it does nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sandbox", default="http://127.0.0.1:8800", help="where it listens")

    def handle(self, *args: Any, sandbox: str, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Demo data has no place in production.")
        if Wording.objects.filter(name=WORDING, version=VERSION).exists():
            self.stdout.write("People have said something already: nothing to do.")
            return
        people = _people(BY_LINK + IN_PORTAL)
        if not people:
            self.stdout.write("Nobody is linked yet, so nobody says anything.")
            return
        Wording.objects.get_or_create(
            name=WORDING, version=VERSION, defaults={"text": WORDS, "added_by": "demo"}
        )
        _by_link([contact for contact, _ in people[IN_PORTAL:]])
        _in_portal(sandbox.rstrip("/"), [account for _, account in people[:IN_PORTAL]])
        for flow in ("consent_from_prima", "consent_from_sfmc"):
            call_command("sync", flow, stdout=self.stdout)
        nudge_consent("consent_to_sfmc", "consent_to_prima")
        self.stdout.write(f"{len(people)} people said something about marketing.")


def _people(most: int) -> list[tuple[str, str]]:
    """(contact key, account code) of linked people who may be written to, the newest first."""
    active = Contact.objects.filter(status="Active", is_lead=False, deleted_at__isnull=True)
    named = active.exclude(email="").order_by("-key").values_list("key", flat=True)[: most * 3]
    accounts = keys.accounts_by_contact(list(named))
    return [(key, accounts[key]) for key in named if key in accounts][:most]


def _by_link(contacts: Sequence[str]) -> None:
    client = connections.sfmc()
    try:
        for contact in contacts:
            client.subscribers.log_unsubscribe(contact)
    finally:
        client.close()


def _in_portal(sandbox: str, accounts: Sequence[str]) -> None:
    """The last two differ: one objects, one says yes with evidence."""
    evidence = {
        "method": "web form",
        "wording_version": f"{WORDING} {VERSION}",
        "evidence_ref": "form 2026/0417",
    }
    said: list[dict[str, str]] = [{"action": "opt_out"}] * len(accounts)
    said[-2:] = [{"action": "objection"}, {"action": "opt_in", **evidence}]
    for account, told in zip(accounts, said, strict=False):
        body = {
            "event_id": f"portal-{account}",
            "subject": {"account_code": account},
            "channel": "email",
            "occurred_at": timezone.now().isoformat().replace("+00:00", "Z"),
            "source": "prima portal",
            "actor": "the person",
            **told,
        }
        answer = requests.post(f"{sandbox}/prima/__control__/consents", json=body, timeout=_SECONDS)
        if not answer.ok:
            raise CommandError(f"The sandbox says: {answer.text[:300]}")
