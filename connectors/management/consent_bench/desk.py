"""The desk's side of the bench of consent: set up, a bulk sync that never ends, and people saying no."""

import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection as database
from django.utils import timezone

from connectors.http import Conduct, HttpSession
from connectors.management.bench import Given
from connectors.management.consent_bench.world import CLIENT, JOURNEYS, MID, email_of, name_of
from connectors.management.measuring.report import Tell
from connectors.sfmc.journeys import Entry
from connectors.sync import connections, runner
from connectors.sync.models import Connection, Cursor, NotificationCallback
from integration.consent.models import ConsentEvent, Propagation
from integration.consent.suppression import allowed
from integration.identity.models import Customer, CustomerLink
from integration.mirror.models import Contact, PrimaCustomer
from integration.records.audience import Recipient

BULK = "contacts"
PATIENCE = 300.0
_LAGS = """
SELECT percentile_cont(ARRAY[0.5, 0.95, 1.0]) WITHIN GROUP (ORDER BY lag), count(*) FROM (
    SELECT event.id, max(EXTRACT(EPOCH FROM sent.confirmed_at - {since})) AS lag
    FROM consent_consentevent event JOIN consent_propagation sent ON sent.event_id = event.id
    WHERE event.source_system = %s AND sent.target <> event.source_system
        AND sent.step = 'done' AND event.id > %s
    GROUP BY event.id
) lags
"""


def prepare(given: Given, tell: Tell) -> dict[str, Any]:
    """Connections, links and copies of the people who will say no; all of them in three journeys."""
    base = given["sandbox"]
    common = {**CLIENT, "calls_per_second": given["calls_per_second"]}
    Connection.objects.create(
        system="sfmc", base_url=f"{base}/sfmc/auth/", account_id=MID, **common
    )
    Connection.objects.create(system="prima", base_url=f"{base}/prima/v1/main", **common)
    people, now = range(given["people"]), timezone.now()
    customers = Customer.objects.bulk_create(Customer(name=name_of(one)) for one in people)
    CustomerLink.objects.bulk_create(
        CustomerLink(
            customer=customers[one], system=system, key=key, method="bench", linked_by="bench"
        )
        for one in people
        for system, key in (
            ("sfmc", f"CK-{name_of(one)}"),
            ("prima", f"A-{name_of(one)}".upper()),
        )
    )
    Contact.objects.bulk_create(
        Contact(key=f"CK-{name_of(one)}", email=email_of(one), status="Active", read_at=now)
        for one in people
    )
    PrimaCustomer.objects.bulk_create(
        PrimaCustomer(
            prima_id=name_of(one),
            account_code=f"A-{name_of(one)}".upper(),
            name=name_of(one),
            email=email_of(one),
            data={},
            read_at=now,
        )
        for one in people
    )
    _let_in(given["people"], tell)
    return {}


def bulk(given: Given, tell: Tell) -> dict[str, Any]:
    """Reads all contacts again and again until told to stop, in the lane of everything else."""
    rounds, seen, stop = 0, 0, Path(given["stop"])
    while not stop.exists():
        Cursor.objects.filter(flow__startswith=BULK).delete()
        run = runner.run(BULK, watch=lambda done: tell(f"{done.done:,} contacts read"))
        rounds, seen = rounds + 1, seen + (run.seen if run else 0)
    return {"rounds": rounds, "seen": seen}


def silence(given: Given, tell: Tell) -> dict[str, Any]:
    """From now on no notification arrives: what people say has to be found by asking."""
    client = connections.sfmc()
    for row in NotificationCallback.objects.all():
        client.notifications.delete_callback(row.callback_id)
    client.close()
    sandbox = HttpSession("The sandbox", given["sandbox"], _conduct())
    _send(sandbox, "/__control__/faults", {"kind": "lost_notes", "times": None})
    sandbox.close()
    return {}


def say_no(given: Given, tell: Tell) -> dict[str, Any]:
    """People say no at an even pace, by turns by the link and in the portal; then all is awaited."""
    newest = ConsentEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    count, first, over = given["count"], given["first"], given["over_seconds"]
    began = time.monotonic()
    with_link, in_portal = connections.sfmc(), HttpSession("Prima", given["sandbox"], _conduct())
    for place, number in enumerate(range(first, first + count)):
        time.sleep(max(0.0, began + over * place / count - time.monotonic()))
        if number % 2:
            with_link.subscribers.log_unsubscribe(f"CK-{name_of(number)}")
        else:
            _in_the_portal(in_portal, number)
        tell(f"{place + 1:,} of {count:,} said no")
    with_link.close()
    waited = _await(count, newest, tell)
    return {
        "lost": count - waited,
        "told": _lags("sfmc", newest, "event.occurred_at"),
        "arrived": _lags("prima", newest, "event.received_at"),
        "asked": _lags("prima", newest, "event.occurred_at"),
    }


def _await(count: int, newest: int, tell: Tell) -> int:
    """How many of them both systems confirmed, at the latest when the patience is at its end."""
    end, done = time.monotonic() + PATIENCE, 0
    while time.monotonic() < end:
        rows = Propagation.objects.filter(event__gt=newest, step="done", event__action="opt_out")
        done = rows.count() // 2
        tell(f"{done:,} of {count:,} confirmed")
        if done >= count:
            break
        time.sleep(0.5)
    return done


def _lags(source: str, newest: int, since: str) -> dict[str, float]:
    with database.cursor() as cursor:
        cursor.execute(_LAGS.format(since=since), [source, newest])
        found, count = cursor.fetchone()
    p50, p95, longest = found or (0, 0, 0)
    return {"p50": float(p50), "p95": float(p95), "max": float(longest), "count": count}


def _in_the_portal(session: HttpSession, number: int) -> None:
    told = {
        "event_id": f"portal-{number}",
        "subject": {"account_code": f"A-{name_of(number)}".upper()},
        "channel": "email",
        "action": "opt_out",
        "occurred_at": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "source": "prima portal",
    }
    _send(session, "/prima/__control__/consents", told)


def _send(session: HttpSession, target: str, told: Mapping[str, Any]) -> None:
    headers = {"Content-Type": "application/json"}
    session.send("POST", target, headers=headers, body=json.dumps(told).encode())


def _let_in(people: int, tell: Tell) -> None:
    client = connections.sfmc()
    for some in _pieces(people, 500):
        audience = allowed(
            [Recipient(f"CK-{name_of(one)}", email=email_of(one)) for one in some],
            "email",
            "marketing",
        )
        for journey in JOURNEYS:
            entries = [
                Entry(f"CK-{name_of(one)}", {"ContactKey": f"CK-{name_of(one)}"}) for one in some
            ]
            client.journeys.enter_many(f"{journey}-entry", entries, audience)
        tell(f"{some[-1] + 1:,} of {people:,} in their journeys")
    client.close()


def _pieces(people: int, size: int) -> Iterator[range]:
    for first in range(0, people, size):
        yield range(first, min(first + size, people))


def _conduct() -> Conduct:
    return Conduct(addresses=connections.addresses())
