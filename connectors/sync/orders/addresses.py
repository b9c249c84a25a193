"""Can Prima hold, print and tax the addresses? One problem an address, with all its reasons."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from connectors.sync.orders.countries import country_code, normal_postcode, postal_rules
from connectors.sync.orders.fields import fits
from connectors.sync.orders.world import World
from integration.core.problems import Problem
from integration.records.address import NO_ADDRESS, Address
from integration.records.campaign_order import CampaignOrder

Use = Literal["invoice", "delivery"]
CODE = "incompatible_address"
_LIMITS = {"name": 60, "city": 35, "county": 35, "postcode": 10}
_CROWN = {"JE": ("JE", "Jersey"), "GY": ("GG", "Guernsey")}


@dataclass(frozen=True, slots=True)
class Reason:
    """`field` is of the source ("line2"), `target` of what we would send ("lines/1")."""

    slug: str
    says: str
    field: str
    target: str
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """The address as Prima would get it. `country` is empty when it is not known."""

    address: Address
    problems: tuple[Problem, ...] = ()
    country: str = ""


@dataclass(frozen=True, slots=True)
class Addresses:
    invoice: Checked
    delivery: Checked
    problems: tuple[Problem, ...] = field(default=())

    @property
    def country(self) -> str:
        """Where the goods go."""
        return self.delivery.country or self.invoice.country


def check(order: CampaignOrder, world: World, day: date) -> Addresses:
    """Without a delivery address the goods go to the invoice address, and the other way round."""
    given = {use: _is_given(_of(order, use)) for use in ("invoice", "delivery")}
    nothing = Checked(NO_ADDRESS)
    if not any(given.values()):
        reason = Reason("missing", "it has no address at all", "line1", "lines")
        problem = _problem(order, "delivery", [reason])
        return Addresses(nothing, Checked(NO_ADDRESS, (problem,)), (problem,))
    invoice = _checked(order, "invoice", world, day) if given["invoice"] else nothing
    delivery = _checked(order, "delivery", world, day) if given["delivery"] else invoice
    problems = invoice.problems + (delivery.problems if given["delivery"] else ())
    return Addresses(invoice if given["invoice"] else delivery, delivery, problems)


def _of(order: CampaignOrder, use: str) -> Address:
    return order.invoice_address if use == "invoice" else order.delivery_address


def _is_given(address: Address) -> bool:
    return any((*address.lines, address.city, address.county, address.postcode, address.country))


def _checked(order: CampaignOrder, use: Use, world: World, day: date) -> Checked:
    address = _of(order, use)
    mapped = world.book.value("country", address.country, day) if address.country else None
    country = country_code(mapped or address.country) or ""
    sent = replace(
        address,
        lines=tuple(line for line in address.lines if line),
        postcode=normal_postcode(address.postcode, country),
        country=country or address.country,
    )
    reasons = [
        *_country_reasons(address, country),
        *_postal_reasons(sent, country),
        *_line_reasons(address, sent, world),
        *_length_reasons(sent, world),
        *_character_reasons(address, world),
    ]
    problems = (_problem(order, use, reasons),) if reasons else ()
    return Checked(sent, problems, country)


def _country_reasons(address: Address, country: str) -> Iterator[Reason]:
    if not address.country:
        yield Reason("country", "the country is missing", "country", "country")
    elif not country:
        says = f"“{address.country[:40]}” is no country Prima knows"
        yield Reason("country", says, "country", "country")


def _postal_reasons(sent: Address, country: str) -> Iterator[Reason]:
    rules = postal_rules(country)
    if rules is None:
        return
    code = sent.postcode
    if not code:
        if "postal_code" in rules.needed:
            yield Reason("postcode", "the postcode is missing", "postcode", "postcode")
    elif rules.postcodes and not any(known.fullmatch(code) for known in rules.postcodes):
        says = f"“{code[:20]}” is no postcode of {country}"
        yield Reason("postcode", says, "postcode", "postcode")
    elif country == "GB" and code[:2] in _CROWN:
        island, name = _CROWN[code[:2]]
        says = f"the postcode is in {name}, outside UK VAT, but the country is GB"
        yield Reason("crown_dependency", says, "country", "country", island)
    if "city" in rules.needed and not sent.city:
        yield Reason("city", "the town is missing", "city", "city")
    if "country_area" in rules.needed and not sent.county:
        yield Reason("county", "the county or state is missing", "county", "county")


def _line_reasons(address: Address, sent: Address, world: World) -> Iterator[Reason]:
    limits = world.capabilities.limits
    longest = limits.length("addresses.lines", 60)
    if not sent.lines:
        yield Reason("lines", "it has no street line", "line1", "lines")
    if len(sent.lines) > limits.address_lines:
        says = f"it has {len(sent.lines)} lines; Prima holds {limits.address_lines}"
        yield Reason("too_many_lines", says, f"line{len(address.lines)}", "lines")
    for place, line in enumerate(address.lines):
        if len(line) > longest:
            says = f"line {place + 1} has {len(line)} characters; Prima holds {longest}"
            split = _split(sent.lines, longest, limits.address_lines)
            yield Reason("line_too_long", says, f"line{place + 1}", f"lines/{place}", split)


def _split(lines: tuple[str, ...], longest: int, most: int) -> str:
    """The lines broken between words, or nothing when they do not fit that way."""
    pieces = [piece for line in lines for piece in textwrap.wrap(line, longest)]
    fits = len(pieces) <= most and all(len(piece) <= longest for piece in pieces)
    return "\n".join(pieces) if fits else ""


def _length_reasons(sent: Address, world: World) -> Iterator[Reason]:
    for name, default in _LIMITS.items():
        most = world.capabilities.limits.length(f"addresses.{name}", default)
        value: str = getattr(sent, name)
        if len(value) > most:
            says = f"the {name} has {len(value)} characters; Prima holds {most}"
            yield Reason("too_long", says, name, name)


def _character_reasons(address: Address, world: World) -> Iterator[Reason]:
    charset = world.capabilities.charset
    if charset == "utf-8":
        return
    named = [("name", address.name), ("city", address.city), ("county", address.county)]
    named += [(f"line{place}", line) for place, line in enumerate(address.lines, 1)]
    for name, value in named:
        foreign = "".join(dict.fromkeys(c for c in value if not fits(c, charset)))
        if foreign:
            says = f"Prima cannot print {foreign[:10]} in {name}"
            yield Reason("characters", says, name, name.replace("line", "lines/"))


def _problem(order: CampaignOrder, use: Use, reasons: list[Reason]) -> Problem:
    address = _of(order, use)
    facts = {
        "order": order.key,
        "contact_key": order.contact_key,
        "use": use,
        "reasons": ", ".join(dict.fromkeys(reason.slug for reason in reasons)),
        "postcode": address.postcode[:20],
        "country": address.country[:40],
    }
    suggestion = next((reason.suggestion for reason in reasons if reason.suggestion), "")
    if suggestion:
        facts["suggestion"] = suggestion
    says = "; ".join(reason.says for reason in reasons)
    return Problem(
        CODE,
        f"Order {order.key}: the {use} address does not suit Prima: {says}.",
        facts,
        pointers=[f"/order/{use}_{reason.field}" for reason in reasons],
        target_pointers=[f"/{use}_address/{reason.target}" for reason in reasons],
    )
