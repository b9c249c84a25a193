"""A contact looked at as if it had ordered: the checks of an order's customer, before it orders."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from connectors.sync.contacts.views import LINES
from connectors.sync.orders import addresses, currency, customer, email, tax_number, terms
from connectors.sync.orders.countries import country_code
from connectors.sync.orders.customer import Found
from connectors.sync.orders.world import World
from integration.core.problems import Problem
from integration.mirror.models import Contact
from integration.records.address import Address
from integration.records.campaign_order import CampaignOrder
from integration.records.customer import Customer

_POINTERS = {f"/order/invoice_{name}": f"/contact/{name}" for name in
             (*LINES, "city", "county", "postcode", "country")}  # fmt: skip


def buyer(contact: Contact, now: datetime) -> CampaignOrder:
    """The contact's own data in the place of an order's; there is nothing in the basket."""
    data = contact.data
    lines = [_text(data, name) for name in LINES]
    while lines and not lines[-1]:
        lines.pop()
    return CampaignOrder(
        key=contact.key,
        contact_key=contact.key,
        email=_text(data, "email"),
        ordered_at=now,
        currency=_text(data, "currency").upper(),
        price_basis="gross",
        total_paid=Decimal(0),
        lines=(),
        first_name=_text(data, "first_name"),
        last_name=_text(data, "last_name"),
        company_name=_text(data, "company_name"),
        tax_number=_text(data, "tax_number"),
        phone=_text(data, "phone"),
        invoice_address=Address(
            lines=tuple(lines),
            city=_text(data, "city"),
            county=_text(data, "county"),
            postcode=_text(data, "postcode"),
            country=_text(data, "country"),
        ),
    )


def account_problems(one: CampaignOrder, found: Found) -> Iterator[Problem]:
    """The account the contact belongs to may not buy, or nobody can tell which it is."""
    if found.account is not None:
        yield from terms.standing(one, found.account)
    for problem in found.problems:
        if problem.facts.get("reason") != "unknown":
            yield problem


def data_problems(one: CampaignOrder, world: World, account: Customer | None) -> list[Problem]:
    """Everything in the contact's own data that Prima could not take, by the checks of orders."""
    day = world.reference.today
    problems = [*currency.check(one, account, world), *email.check(one, world)]
    known = _country(one, world)
    has_address = _has_address(one.invoice_address) or (known == "" and one.invoice_address.country)
    places = addresses.check(one, world, day) if has_address else None
    country = places.country if places else known
    who = account or _as_account(one)
    number = tax_number.check(one, who, country, world)
    problems += number.problems
    if places:
        problems += places.invoice.problems
    return problems + list(_unfit(one, world))


def find(one: CampaignOrder, world: World) -> Found:
    return customer.find(one, world)


def told(problem: Problem, key: str) -> Problem:
    """The problem in words about the contact with this key, with pointers into a contact."""
    facts = {name: fact for name, fact in problem.facts.items() if name != "order"}
    message = problem.message.replace(f"Order {key}:", f"Contact {key}:", 1)
    if problem.code == "missing_tax_number" and not facts.get("account"):
        message = (
            f"Contact {key}: companies in {facts.get('country', '')} need a tax number, and this "
            "one has none."
        )
    pointers = [
        _POINTERS.get(pointer, pointer.replace("/order/", "/contact/"))
        for pointer in problem.pointers
    ]
    return Problem(
        problem.code,
        message,
        facts,
        pointers=pointers,
        target_pointers=problem.target_pointers,
    )


def _as_account(one: CampaignOrder) -> Customer:
    """The account there would be: what kind of customer it is decides what it needs."""
    name = one.company_name or f"{one.first_name} {one.last_name}".strip()
    kind = tax_number.customer_type(one, None)
    return Customer(id="", account_code="", name=name, type=kind)


def _unfit(one: CampaignOrder, world: World) -> Iterator[Problem]:
    """What no order is checked for, as an order never opens an account."""
    name = one.company_name or f"{one.first_name} {one.last_name}".strip()
    most = world.capabilities.limits.length("customers.name", 60)
    if not name:
        yield _problem(one, "name_missing", "it has neither a company's nor a person's name.")
    elif len(name) > most:
        says = f"the name has {len(name)} characters; Prima holds {most}."
        yield _problem(one, "name_too_long", says)


def _problem(one: CampaignOrder, reason: str, says: str) -> Problem:
    return Problem(
        "unfit_lead",
        f"Contact {one.key}: {says}",
        {"contact_key": one.key, "reason": reason, "email": one.email},
        pointers=("/contact/company_name", "/contact/last_name"),
        target_pointers=("/name",),
    )


def _has_address(address: Address) -> bool:
    """A country alone is none."""
    return any((*address.lines, address.city, address.postcode))


def _country(one: CampaignOrder, world: World) -> str:
    said = one.invoice_address.country
    mapped = world.book.value("country", said, world.reference.today) if said else None
    return country_code(mapped or said) or ""


def _text(data: Mapping[str, Any], name: str) -> str:
    return str(data.get(name) or "").strip()
