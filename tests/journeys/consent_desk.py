"""A small estate for stories of consent: four people, three journeys, both systems."""

from collections.abc import Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import requests
from django.utils import timezone

from connectors.prima.rest.adapter import RestPrima
from connectors.sandbox.running import RunningSandbox, running
from connectors.sandbox.worlds.columns import CUSTOMER_COLUMNS
from connectors.sfmc.journeys import Entry
from connectors.sfmc.subscribers import Subscriber
from connectors.sync import connections, runner
from connectors.sync.consent.claims import under_way
from integration.consent.models import Propagation
from integration.consent.suppression import allowed
from integration.identity import keys
from integration.identity.models import Customer
from integration.mirror.models import Contact, PrimaCustomer
from integration.records.audience import Recipient
from tests.connectors.sync.desk import connect

CLIENT = {"client_id": "desk", "client_secret": "hush"}
JOURNEYS = ("welcome", "autumn-sale", "win-back")
PEOPLE = ("ann", "ben", "cy", "dee")
FLOWS = ("consent_from_prima", "consent_from_sfmc", "consent_to_sfmc", "consent_to_prima")


def scenario(people: int = len(PEOPLE), **sfmc: Any) -> dict[str, Any]:
    names = [name_of(number) for number in range(people)]
    return {
        "name": "consent",
        "sfmc": {
            "packages": [{**CLIENT, "mid": 510000001}],
            "async_seconds": 0.2,
            "ens_retry_seconds": 0.2,
            "data_extensions": [
                {"key": "PRIMA_Contact", "name": "Contacts", "columns": CUSTOMER_COLUMNS},
                {
                    "key": "ENTRY",
                    "name": "Entry",
                    "columns": [
                        {"name": "ContactKey", "type": "Text", "length": 50, "primary_key": True}
                    ],
                },
            ],
            "journeys": [
                {"key": key, "name": key, "status": "Published", "version": 1} for key in JOURNEYS
            ],
            "event_definitions": [
                {"key": f"{key}-entry", "data_extension": "ENTRY", "journey": key}
                for key in JOURNEYS
            ],
            "subscribers": [
                {"key": f"CK-{name}", "email": f"{name}@example.com"} for name in names
            ],
            **sfmc,
        },
        "prima": {
            "clients": [CLIENT],
            "customers": [
                {
                    "account_code": f"A-{name}".upper(),
                    "name": name.capitalize(),
                    "type": "person",
                    "email": f"{name}@example.com",
                    "external_keys": [{"system": "sfmc", "key": f"CK-{name}"}],
                }
                for name in names
            ],
        },
    }


def name_of(number: int) -> str:
    return PEOPLE[number] if number < len(PEOPLE) else f"p{number}"


@contextmanager
def estate(people: int = len(PEOPLE), **sfmc: Any):
    """Both systems running and connected, everybody linked, and nothing known of consent yet."""
    with running(scenario(people, **sfmc)) as sandbox:
        know(sandbox, people)
        yield sandbox


def know(sandbox: RunningSandbox, people: int = len(PEOPLE)) -> None:
    connect(sandbox)
    know_of([name_of(number) for number in range(people)])


def know_of(names: Sequence[str]) -> None:
    """Linked, and read into the mirror."""
    now = timezone.now()
    for name in names:
        keys.link(f"CK-{name}", f"A-{name}".upper(), method="test", actor=None)
    Contact.objects.bulk_create(
        Contact(key=f"CK-{name}", email=f"{name}@example.com", status="Active", read_at=now)
        for name in names
    )
    PrimaCustomer.objects.bulk_create(
        PrimaCustomer(
            prima_id=name,
            account_code=f"A-{name}".upper(),
            name=name,
            email=f"{name}@example.com",
            data={"id": name, "account_code": f"A-{name}".upper(), "name": name},
            read_at=now,
        )
        for name in names
    )


def arrive(sandbox: RunningSandbox, names: Sequence[str]) -> None:
    """New customers, in both systems and here."""
    for name in names:
        told = {
            "account_code": f"A-{name}".upper(),
            "name": name.capitalize(),
            "type": "person",
            "email": f"{name}@example.com",
            "external_keys": [{"system": "sfmc", "key": f"CK-{name}"}],
        }
        url = f"{sandbox.base_url}/prima/__control__/customers"
        requests.post(url, json=told, timeout=10).raise_for_status()
    client = connections.sfmc()
    try:
        client.subscribers.create(
            [Subscriber(f"CK-{name}", f"{name}@example.com") for name in names]
        )
    finally:
        client.close()
    know_of(names)


def customer_of(name: str) -> Customer:
    found = keys.resolve("sfmc", f"CK-{name}")
    assert found is not None
    return found


def let_in(*names: str) -> None:
    """Into all three journeys, through the gate as anything must."""
    client = connections.sfmc()
    audience = allowed(
        [Recipient(f"CK-{name}", email=f"{name}@example.com") for name in names],
        "email",
        "marketing",
    )
    try:
        for journey in JOURNEYS:
            entries = [Entry(f"CK-{name}", {"ContactKey": f"CK-{name}"}) for name in names]
            client.journeys.enter_many(f"{journey}-entry", entries, audience)
    finally:
        client.close()


def says_no_in_the_portal(sandbox: RunningSandbox, name: str, **members: Any) -> None:
    told = {
        "event_id": f"portal-{name}-{timezone.now().timestamp()}",
        "subject": {"account_code": f"A-{name}".upper()},
        "channel": "email",
        "action": "opt_out",
        "occurred_at": moment(),
        "source": "prima portal",
        "actor": "the person",
    }
    url = f"{sandbox.base_url}/prima/__control__/consents"
    requests.post(url, json={**told, **members}, timeout=10).raise_for_status()


def follows_the_link(name: str) -> None:
    """As when the person follows the link in a message of Marketing Cloud."""
    client = connections.sfmc()
    try:
        client.subscribers.log_unsubscribe(f"CK-{name}")
    finally:
        client.close()


def moment(**back: float) -> str:
    at = timezone.now() - timedelta(**back)
    return at.isoformat().replace("+00:00", "Z")


def sync(*flows: str) -> None:
    for flow in flows or FLOWS:
        assert runner.run(flow) is not None


def until_confirmed(most: int = 15) -> None:
    """Time passes until nothing is under way any more."""
    for _ in range(most):
        sync()
        if not under_way().exists():
            return
        under_way().update(not_before=None)
    raise AssertionError(list(under_way().values("step", "target", "last_error")))


def status(name: str) -> str:
    found = subscriber(name)
    return found.status if found else ""


def address(name: str) -> str:
    """As Marketing Cloud has it."""
    found = subscriber(name)
    return found.email if found else ""


def subscriber(name: str) -> Subscriber | None:
    client = connections.sfmc()
    try:
        return client.subscribers.find(f"CK-{name}")
    finally:
        client.close()


def journeys_of(name: str) -> list[str]:
    client = connections.sfmc()
    try:
        return sorted(one.journey_key for one in client.journeys.memberships([f"CK-{name}"]))
    finally:
        client.close()


def row_of(name: str) -> dict[str, str | None]:
    """The row of the contact's data extension, columns in lower case."""
    client = connections.sfmc()
    try:
        for page in client.data_extensions.read_rows("PRIMA_Contact"):
            for row in page.rows:
                if row.keys["contactkey"] == f"CK-{name}":
                    return row.columns()
    finally:
        client.close()
    return {}


def at_prima_is(name: str, channel: str = "email") -> str:
    prima = connections.prima()
    assert isinstance(prima, RestPrima)
    try:
        found = prima.consents_of(f"A-{name}".upper())
    finally:
        prima.close()
    return next((one.action for one in found if one.channel == channel), "")


def steps(target: str) -> list[str]:
    return list(
        Propagation.objects.filter(target=target).order_by("pk").values_list("step", flat=True)
    )
