"""What the stories of contacts say and do: in Marketing Cloud, in Prima, and in the background."""

from typing import Any

from django.utils import timezone

from connectors.sandbox.prima.records import every
from connectors.sandbox.running import RunningSandbox
from connectors.sfmc.rows import RowWrite
from connectors.sync import connections, runner
from connectors.sync.models import SyncItem, SyncRun
from integration.consent import ledger, rules
from integration.consent.happening import Happening
from integration.mirror.models import Contact, PrimaCustomer
from tests.connectors.sync.desk import hurry

ROUND = ("prima_reference", "contacts", "customers")
LEAD = {
    "EmailAddress": "new.buyer@example.com",
    "FirstName": "Nora",
    "LastName": "Newby",
    "CompanyName": "Newby Lamps Ltd",
    "TaxNumber": "GB 980 7806 84",
    "Phone": "0113 496 0123",
    "AddressLine1": "1 High Street",
    "City": "Leeds",
    "Postcode": "ls14dl",
    "Country": "UK",
    "Currency": "GBP",
    "IsLead": "True",
}


def sync() -> SyncRun:
    """One round of the background; answers the run that compares."""
    for flow in ROUND:
        done = runner.run(flow)
        assert done is not None
        assert done.traceback == ""
    return SyncRun.objects.filter(flow=ROUND[-1]).latest("pk")


def until_settled(most: int = 6) -> None:
    """Rounds until no contact waits any more."""
    for _ in range(most):
        sync()
        if not SyncItem.objects.filter(flow="customers", state="waiting").exists():
            return
        hurry("customers")
    raise AssertionError("It never settles.")


def state_of(key: str) -> str:
    return SyncItem.objects.get(flow="customers", external_id=key).state


def in_cloud(key: str, table: str = "Contact_Master") -> dict[str, str | None]:
    """The row of a contact as Marketing Cloud has it now, columns in lower case."""
    client = connections.sfmc()
    try:
        for page in client.data_extensions.read_rows(table):
            for row in page.rows:
                if row.columns()["contactkey"] == key:
                    return row.columns()
    finally:
        client.close()
    return {}


def cloud_says(key: str, **columns: Any) -> None:
    """Somebody changes a contact in Marketing Cloud."""
    client = connections.sfmc()
    told = {"ModifiedDate": timezone.now(), **columns}
    done = client.data_extensions.upsert_rows(
        "Contact_Master", [RowWrite({"ContactKey": key}, told)]
    )
    client.close()
    assert [one.message for one in done if not one.ok] == []


def in_prima(sandbox: RunningSandbox, **where: str) -> list[dict[str, Any]]:
    """Accounts as Prima has them now."""
    app: Any = sandbox.server.front.apps["prima"]
    company = app._prima.companies["main"]
    with company.store.read() as db:
        found = list(every(db, company.at("customers")))
    return [one for one in found if all(one.get(name) == value for name, value in where.items())]


def with_key(sandbox: RunningSandbox, key: str) -> list[dict[str, Any]]:
    return [
        one
        for one in in_prima(sandbox)
        if any(known["key"] == key for known in one["external_keys"])
    ]


def pair(*, company: bool = True, skip: int = 0) -> tuple[Contact, PrimaCustomer]:
    """A contact that may be written to, and its account in good standing; not the first `skip`."""
    accounts = PrimaCustomer.objects.exclude(contact_key="").filter(is_pool=False)
    for account in accounts.order_by("account_code"):
        contact = Contact.objects.filter(key=account.contact_key, status="Active").first()
        fits = account.data["type"] == ("company" if company else "person")
        if contact and fits and account.data.get("hold", "none") == "none" and account.vat_number:
            if not skip:
                return contact, account
            skip -= 1
    raise AssertionError("There is no such pair.")


def opt_out(address: str) -> None:
    """Somebody says no, and the desk has just been told."""

    now = timezone.now()
    ledger.record(
        [
            Happening(
                event_id="test-opt-out",
                address=address,
                channel="email",
                action=rules.OPT_OUT,
                received_at=now,
                occurred_at=now,
                source_system="desk",
                actor="a test",
            )
        ]
    )
