"""People who filled in a form and have not bought yet, and contacts that drifted from their accounts."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from connectors.sandbox.worlds.cast import Cast
from connectors.sandbox.worlds.people import Person, Population
from connectors.sandbox.worlds.vat_numbers import broken

FIRST_NUMBER = 950_000
CAMPAIGN = "AW26-SALE"
Row = dict[str, str]
Spoil = Callable[[Population, Cast], Person]


def _without_number(population: Population, cast: Cast) -> Person:
    return replace(population.company("DE"), vat="")


def _broken_number(population: Population, cast: Cast) -> Person:
    company = population.company()
    return replace(company, vat=broken(company.vat))


def _nowhere(population: Population, cast: Cast) -> Person:
    person = population.person()
    return replace(person, home=replace(person.home, country="Atlantis"))


def _long_line(population: Population, cast: Cast) -> Person:
    person = population.person()
    line = (
        "Unit 14 of the former flax mill behind the old railway goods yard, second gate on the left"
    )
    return replace(person, home=replace(person.home, lines=(line,)))


def _bad_email(population: Population, cast: Cast) -> Person:
    person = population.person()
    return replace(person, email=person.email.replace("@", "(at)"))


def _known_and_held(population: Population, cast: Cast) -> Person:
    """The number of an account on hold, under another name."""
    company = population.company()
    return replace(company, vat=cast.held[0].vat, home=cast.held[0].home)


def _nameless(population: Population, cast: Cast) -> Person:
    return replace(population.person(), first_name="", last_name="")


WRONG: Sequence[tuple[str, Spoil]] = (
    ("missing_tax_number", _without_number),
    ("invalid_tax_number", _broken_number),
    ("incompatible_address", _nowhere),
    ("incompatible_address", _long_line),
    ("invalid_email", _bad_email),
    ("lead_duplicate", _known_and_held),
    ("unfit_lead", _nameless),
)
"""The kind of case each becomes, and what is wrong with it."""
DRIFTING: Sequence[tuple[str, Row]] = (
    ("name", {"CompanyName": "Renamed on the Web Ltd"}),
    ("address", {"AddressLine1": "7 Newly Moved Street"}),
    ("currency", {"Currency": "USD"}),
    ("tax_number", {"TaxNumber": ""}),
    ("phone", {"Phone": ""}),
)
"""A field of the policy, and what a contact says that its account does not."""


def leads(random: Random, right: int, cast: Cast) -> tuple[list[Person], dict[str, str]]:
    """So many right ones and one of each wrong; the kinds of case of the wrong ones by key."""
    population = Population(random, FIRST_NUMBER)
    good = [population.company() if n % 2 else population.person() for n in range(right)]
    bad = [(kind, spoil(population, cast)) for kind, spoil in WRONG]
    return [*good, *(one for _, one in bad)], {one.contact_key: kind for kind, one in bad}


def drift(rows: Sequence[Row], cast: Cast) -> dict[str, str]:
    """Changes contacts of companies in good standing; the field each differs in, by key."""
    keyed = [one for one in cast.regulars if one.company and one.vat and one.number % 17]
    by_key = {row["ContactKey"]: row for row in rows}
    told = {}
    for person, (field, columns) in zip(keyed, DRIFTING, strict=False):
        by_key[person.contact_key].update(columns)
        told[person.contact_key] = field
    return told


def as_lead(row: Row) -> Row:
    return {**row, "IsLead": "True", "CampaignId": CAMPAIGN}
