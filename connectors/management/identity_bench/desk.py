"""Brings the estate into the mirror, links it as the desk does, and judges what came of it."""

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import Any

from django.db import connection
from django.utils import timezone

from connectors.management.measuring.memory import peak_mb
from connectors.management.measuring.report import Tell
from connectors.sync.identity.estate import running
from integration.identity.models import LinkOutcome
from integration.mirror.models import Contact, PrimaCustomer

_AT_ONCE = 5_000


def load(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Puts the rows where the flows would have put them."""
    folder, now = Path(given["folder"]), timezone.now()
    begun = perf_counter()
    kinds: tuple[tuple[str, Any, Any], ...] = (
        ("contacts", Contact, _contact),
        ("accounts", PrimaCustomer, _account),
    )
    for name, model, made in kinds:
        tell(name)
        rows = []
        for line in (folder / name).open():
            rows.append(made(json.loads(line), now))
            if len(rows) == _AT_ONCE:
                model.objects.bulk_create(rows)
                rows = []
        model.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) mirror_contact, mirror_primacustomer")
    return {"load_s": perf_counter() - begun}


def floor(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """The least it could take: one bare join by address of what both sides hold."""
    begun = perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM mirror_contact c JOIN mirror_primacustomer a"
            " ON upper(a.email) = upper(c.email) WHERE c.email <> ''"
        )
        cursor.fetchone()
    return {"floor_s": perf_counter() - begun}


def link(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """The whole linking, from the mirror to links, queue and report; then judged."""
    before = peak_mb()
    begun = perf_counter()
    row = running.run(running.ask(is_dry=False, name="bench"), tell=tell)
    took = perf_counter() - begun
    peak = peak_mb()
    return {
        "seconds": took,
        "peak_mb": peak,
        "grew_mb": peak - before,
        "figures": row.figures,
        "judged": _judge(row.pk, Path(given["folder"])),
    }


def again(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """A second linking must find nothing to do."""
    begun = perf_counter()
    row = running.run(running.ask(is_dry=False, name="bench"), tell=tell)
    return {"again_s": perf_counter() - begun, "linked": sum(row.figures["linked"].values())}


def _judge(run: int, folder: Path) -> dict[str, Any]:
    kinds: dict[tuple[str, str], str] = {}
    for line in (folder / "truth").open():
        contact, account, kind = json.loads(line)
        kinds[contact, account] = kind
    rows = LinkOutcome.objects.filter(run=run)
    linked = set(rows.filter(outcome="linked").values_list("contact_key", "account_code"))
    offered = set(
        rows.filter(outcome__in=["suggested", "ambiguous"]).values_list(
            "contact_key", "account_code"
        )
    )
    # Of a customer with two accounts or two forms either pair is right, and one is enough.
    customers = {contact for contact, _ in kinds}
    found = {contact for contact, account in linked if (contact, account) in kinds}
    seen = {contact for contact, account in offered if (contact, account) in kinds} | found
    by_kind: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for contact, kind in {pair[0]: kind for pair, kind in kinds.items()}.items():
        by_kind[kind][0] += 1
        by_kind[kind][1] += contact in found
        by_kind[kind][2] += contact in seen and contact not in found
    false = len(linked - kinds.keys())
    return {
        "linked": len(linked),
        "false_links": false,
        "precision": 1 - false / max(1, len(linked)),
        "recall": len(seen) / max(1, len(customers)),
        "recall_linked": len(found) / max(1, len(customers)),
        "offered": len(offered),
        "offered_right": len(offered & kinds.keys()),
        "kinds": dict(by_kind),
    }


def _contact(told: dict[str, Any], now: Any) -> Contact:
    return Contact(**told, read_at=now)


def _account(told: dict[str, Any], now: Any) -> PrimaCustomer:
    code, held = told["account_code"], told["held_key"]
    address = {"lines": [told["street"]], "postcode": told["postcode"], "country": "GB"}
    return PrimaCustomer(
        prima_id=f"id-{code}",
        account_code=code,
        contact_key=held,
        name=told["name"],
        email=told["email"],
        vat_number=told["vat_number"],
        postcode=told["postcode"],
        read_at=now,
        data={
            "id": f"id-{code}",
            "account_code": code,
            "name": told["name"],
            "type": told["type"],
            "email": told["email"],
            "phone": told["phone"],
            "vat_number": told["vat_number"],
            "external_keys": {"sfmc": held} if held else {},
            "addresses": [{"id": "1", "role": "both", "address": address}],
        },
    )
