"""Who could a customer be? Candidates with reasons; finding them never writes.

Traits are what an account can be recognised by, normalised. Exact traits carry weight; a similar
name alone only makes a possible candidate.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rapidfuzz import fuzz, process

from connectors.sandbox.prima import records
from connectors.sandbox.prima.call import Call, Reply, Route
from connectors.sandbox.prima.customer_shape import EXTERNAL_KEY
from connectors.sandbox.prima.problem import invalid
from connectors.sandbox.prima.records import Record
from connectors.sandbox.prima.shapes import Findings, Many, Members, Text

RESOURCE = "customers"
_WEIGHTS = {
    "account_code": 100,
    "external_key": 100,
    "vat_number": 95,
    "company_number": 90,
    "email": 70,
    "phone": 50,
    "postcode": 20,
}
_WORDS = {
    "account_code": "Same account code",
    "external_key": "Same external key",
    "vat_number": "Same VAT number",
    "company_number": "Same company number",
    "email": "Same e-mail address",
    "phone": "Same telephone number",
    "postcode": "Same postcode",
}
_SIMILAR_NAME = 85
_CERTAIN, _LIKELY = 90, 60
_MOST = 10
_SHORTEST_NUMBER = 7
_QUESTION = Members(
    {
        "account_code": Text("customers.account_code"),
        "external_keys": Many(EXTERNAL_KEY),
        "name": Text(),
        "vat_number": Text(),
        "company_number": Text(),
        "email": Text(),
        "phone": Text(),
        "postcode": Text(),
    }
)


def traits_of(customer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(trait, normalised value) of an account or of a question."""
    for name in ("vat_number", "company_number"):
        if value := _compact(customer.get(name)):
            yield name, value.lstrip("0")
    for contact in (customer, *(customer.get("contacts") or [])):
        yield from _contact_traits(contact)
    for address in (customer, *(customer.get("addresses") or [])):
        if postcode := _compact(address.get("postcode")):
            yield "postcode", postcode
    if name := _plain(customer.get("name")):
        yield "name", name


def _contact_traits(contact: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if email := (contact.get("email") or "").strip().lower():
        yield "email", email
    for name in ("phone", "mobile"):
        digits = "".join(c for c in contact.get(name) or "" if c.isdigit())
        if len(digits) >= _SHORTEST_NUMBER:
            yield "phone", digits[-10:]


def index(db: sqlite3.Connection, company: str, customers: Iterable[Record]) -> None:
    """Remember the traits of accounts that were not indexed yet."""
    rows = [
        (company, trait, value, customer["id"])
        for customer in customers
        for trait, value in set(traits_of(customer))
    ]
    db.executemany("INSERT INTO traits (company, trait, value, id) VALUES (?, ?, ?, ?)", rows)


def reindex(db: sqlite3.Connection, company: str, customer: Record) -> None:
    db.execute("DELETE FROM traits WHERE company = ? AND id = ?", (company, customer["id"]))
    index(db, company, [customer])


def match(call: Call) -> Reply:
    body = call.body()
    found = Findings(call.company.capabilities)
    _QUESTION.check(body, "#", found)
    if found.issues:
        raise invalid(found.issues)
    with call.prima.store.read() as db:
        reasons = _reasons(db, call, body)
        candidates = [_candidate(db, call, *entry) for entry in reasons.items()]
    standing = [c for c in candidates if c and not c.pop("is_pool")]
    standing.sort(key=lambda c: (-c["score"], c["account_code"]))
    strong = [c for c in standing if c["strength"] == "certain"]
    return Reply(200, {"candidates": standing[:_MOST], "ambiguous": len(strong) > 1})


def _reasons(db: sqlite3.Connection, call: Call, body: Mapping[str, Any]) -> dict[str, set[str]]:
    """Why each account, by id, may be meant."""
    reasons: dict[str, set[str]] = {}
    for customer_id, reason in _exact(db, call, body):
        reasons.setdefault(customer_id, set()).add(reason)
    for customer_id in _named_alike(db, call.company.name, body):
        reasons.setdefault(customer_id, set())
    return reasons


def _exact(
    db: sqlite3.Connection, call: Call, body: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    where = call.at(RESOURCE)
    named = records.by_code(db, where, body.get("account_code") or "")
    if named:
        yield named["id"], "account_code"
    for key in body.get("external_keys") or []:
        known = records.by_external(db, where, key["system"], key["key"])
        if known:
            yield known["id"], "external_key"
    for trait, value in traits_of(body):
        if trait != "name":
            for row in db.execute(
                "SELECT id FROM traits WHERE company = ? AND trait = ? AND value = ?",
                (call.company.name, trait, value),
            ):
                yield row["id"], trait


def _named_alike(db: sqlite3.Connection, company: str, body: Mapping[str, Any]) -> list[str]:
    name = _plain(body.get("name"))
    if not name:
        return []
    rows = db.execute(
        "SELECT id, value FROM traits WHERE company = ? AND trait = 'name'", (company,)
    )
    names = {row["id"]: row["value"] for row in rows}
    alike = process.extract(
        name, names, scorer=fuzz.token_sort_ratio, limit=_MOST, score_cutoff=_SIMILAR_NAME
    )
    return [customer_id for _, _, customer_id in alike]


def _candidate(
    db: sqlite3.Connection, call: Call, customer_id: str, reasons: set[str]
) -> dict[str, Any] | None:
    customer = records.by_id(db, call.at(RESOURCE), customer_id)
    if customer is None or customer["status"] == "merged":
        return None
    asked = _plain(call.body().get("name"))
    likeness = round(fuzz.token_sort_ratio(asked, _plain(customer["name"]))) if asked else 0
    why = [{"code": reason, "message": _WORDS[reason]} for reason in sorted(reasons)]
    score = min(100, sum(_WEIGHTS[reason] for reason in reasons))
    if likeness >= _SIMILAR_NAME:
        why.append({"code": "name", "message": f"Name {likeness} % alike"})
        score = min(100, score + (likeness - _SIMILAR_NAME) * 2)
    strength = "certain" if score >= _CERTAIN else "likely" if score >= _LIKELY else "possible"
    return {
        "id": customer["id"],
        "account_code": customer["account_code"],
        "name": customer["name"],
        "score": score,
        "strength": strength,
        "reasons": why,
        "is_pool": customer["is_pool"],
    }


def _compact(value: Any) -> str:
    return "".join((value or "").upper().split())


def _plain(name: Any) -> str:
    return " ".join((name or "").casefold().split())


ROUTES = (Route("POST", "/customers/match", match),)
