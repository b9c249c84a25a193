"""Put a contact right at its source: its row in Marketing Cloud."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone

from connectors.errors import Issue, Rejected
from connectors.prima.port import Prima
from connectors.sfmc.rows import RowWrite
from connectors.sync import connections
from connectors.sync.contacts import shelf
from connectors.sync.outgoing.target import target_of
from connectors.sync.source_tables import SourceTables
from exceptions import rework
from exceptions.action import Cleaned, Done, Preview
from exceptions.models import ExceptionCase
from exceptions.payload import words
from exceptions.prima_action import PrimaAction, Wish
from exceptions.problems import NotPossible
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.mapping.target_columns import PUT_BACK
from integration.mirror.models import Contact

FIELDS = (
    "company_name", "first_name", "last_name", "email", "tax_number", "phone", "line1", "line2",
    "line3", "city", "county", "postcode", "country", "currency",
)  # fmt: skip
_CHANGED = "modified_at"


class ContactForm(forms.Form):
    reason = forms.CharField(
        label="Where you know it from",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


class CorrectContact(PrimaAction):
    slug = "correct_contact"
    did = "contact corrected"
    label = "Correct the contact"
    permission = May.KEEP_CUSTOMERS
    help = (
        "Changes the contact in Marketing Cloud, where all campaigns take it from, and tries it "
        "again. Orders that came before keep what they came with."
    )
    must_preview = True
    system = "Marketing Cloud"
    goes_on_with = "contacts"

    def form_class(
        self, case: ExceptionCase | None, given: Mapping[str, Any] | None = None
    ) -> type[forms.Form]:
        contact = _contact(case) if case else None

        class ForContact(ContactForm):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                for name in FIELDS:
                    self.fields[name] = forms.CharField(
                        label=words(name),
                        required=False,
                        max_length=250,
                        initial=str(contact.data.get(name) or "") if contact else "",
                        widget=forms.TextInput(attrs={"class": "form-control"}),
                    )
                self.order_fields([*FIELDS, "reason"])

        return ForContact

    def available(self, case: ExceptionCase, user: User) -> bool:
        return super().available(case, user) and bool(rework.waiting_contacts(case))

    def preview(self, case: ExceptionCase, cleaned: Cleaned, actor: User) -> Preview | None:
        contact, changes = _changes(case, cleaned)
        rows = [
            (words(name), str(contact.data.get(name) or ""), value)
            for name, value in changes.items()
        ]
        return Preview(differences=tuple(rows), notes=("The contact is looked at again at once.",))

    def perform(
        self, case: ExceptionCase, cleaned: Cleaned, *, actor: User, version: int | None
    ) -> Done:
        contact, changes = _changes(case, cleaned)
        request = {"contact": contact.key, "changes": changes, "reason": cleaned["reason"]}
        wish = Wish(f"Correct contact {contact.key}", request, [contact.key])
        return self.ask(case, wish, actor=actor, version=version)

    def send(self, prima: Prima, request: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Only the columns that change; twice is as once."""
        target, now = target_of(PUT_BACK), timezone.now()
        told = {target.columns[name]: value for name, value in request["changes"].items()}
        row = RowWrite(
            {target.columns["key"]: request["contact"]}, {**told, target.columns[_CHANGED]: now}
        )
        client = connections.sfmc()
        try:
            [outcome] = client.data_extensions.upsert_rows(target.name, [row])
        finally:
            client.close()
        if not outcome.ok:
            raise Rejected(outcome.message, self.system, issues=[Issue("", outcome.message)])
        return {**request["changes"], _CHANGED: now.isoformat()}

    def store(self, request: Mapping[str, Any], answer: Any, *, actor: User) -> str:
        """The mirror says at once what Marketing Cloud was told."""
        contact = Contact.objects.get(key=request["contact"])
        tables = SourceTables.of(connections.sfmc())
        told = {**contact.data, **answer}
        known = tables.columns.fields["contact"].values()
        row = {
            tables.column("contact", name): value for name, value in told.items() if name in known
        }
        shelf.keep([row], tables.columns.fields["contact"])
        return f"a correction of the contact by {actor}"


def _contact(case: ExceptionCase) -> Contact | None:
    waiting = rework.waiting_contacts(case)
    return Contact.objects.filter(key__in=waiting[:1]).first()


def _changes(case: ExceptionCase, cleaned: Cleaned) -> tuple[Contact, dict[str, str]]:
    contact = _contact(case)
    if contact is None:
        raise NotPossible("The contact is not known any more.")
    changes = {
        name: str(cleaned[name]).strip()
        for name in FIELDS
        if str(cleaned[name]).strip() != str(contact.data.get(name) or "").strip()
    }
    if not changes:
        raise NotPossible("Nothing was changed yet.")
    return contact, changes
