"""The customers with something about them: on hold, without a tax number, known twice."""

from dataclasses import dataclass, replace
from random import Random

from connectors.sandbox.worlds.people import ABROAD, Person, Population, plain
from connectors.sandbox.worlds.vat_numbers import broken


@dataclass(frozen=True, slots=True)
class Cast:
    """`twins` are pairs of accounts; `twin_buyers` the contacts they could both be.

    `relatives` are contacts alone: somebody of a customer's household, or the customer misspelt in
    another form. They are like an account, and nobody can be certain.
    """

    regulars: tuple[Person, ...]
    held: tuple[Person, ...]
    without_vat: tuple[Person, ...]
    with_bad_vat: tuple[Person, ...]
    pools: tuple[Person, ...]
    strangers: tuple[Person, ...]
    twins: tuple[Person, ...]
    twin_buyers: tuple[Person, ...]
    relatives: tuple[Person, ...] = ()

    @property
    def accounts(self) -> list[Person]:
        """Everybody whom Prima knows."""
        known = (*self.regulars, *self.held, *self.without_vat, *self.with_bad_vat, *self.pools)
        return [*known, *self.twins]

    @property
    def contacts(self) -> list[Person]:
        """Everybody whom Marketing Cloud knows."""
        known = (*self.regulars, *self.held, *self.without_vat, *self.with_bad_vat, *self.pools)
        return [*known, *self.strangers, *self.twin_buyers, *self.relatives]


def build(random: Random, customers: int) -> Cast:
    """`customers` regulars, and a few of each kind that gives trouble."""
    population = Population(random)
    regulars = tuple(population.customers(customers))
    buyers = tuple(population.person() for _ in range(6))
    return Cast(
        regulars=regulars,
        held=tuple(_held(population, place) for place in range(6)),
        without_vat=tuple(
            replace(population.company(ABROAD[place % 4]), vat="") for place in range(8)
        ),
        with_bad_vat=tuple(_with_bad_vat(population, place) for place in range(6)),
        pools=(_pool(population, "Cash Sales"), _pool(population, "Web Sales")),
        strangers=tuple(population.person() for _ in range(20)),
        twins=tuple(twin for buyer in buyers for twin in _twins(population, buyer)),
        twin_buyers=buyers,
        relatives=tuple(_relatives(regulars)),
    )


def _held(population: Population, place: int) -> Person:
    reason = ("Invoices of July unpaid.", "Under review by credit control.")[place % 2]
    return replace(population.company(), hold="all", hold_reason=reason)


def _with_bad_vat(population: Population, place: int) -> Person:
    company = population.company(("GB", "IE", "DE", "GB", "FR", "NL")[place])
    return replace(company, vat=broken(company.vat))


def _pool(population: Population, name: str) -> Person:
    person = population.person()
    return replace(person, company=name, is_pool=True)


def _twins(population: Population, buyer: Person) -> list[Person]:
    """Two accounts of the buyer's name, e-mail and home, neither with the contact key."""
    return [
        replace(population.person(), first_name=buyer.first_name, last_name=buyer.last_name,
                email=buyer.email, home=buyer.home, phone=buyer.phone, keyed=False)
        for _ in range(2)
    ]  # fmt: skip


def _relatives(regulars: tuple[Person, ...]) -> list[Person]:
    """Without chance, so that the rest of the world stays as it is."""
    known = [one for one in regulars if not one.company and one.country == "GB"][:8]
    return [_relative(one, place) for place, one in enumerate(known)]


def _relative(one: Person, place: int) -> Person:
    """By turns another first name at the same home, and the name with a letter doubled."""
    first, last = one.first_name, one.last_name
    if place % 2 == 0:
        first = "Robin" if first != "Robin" else "Alex"
    else:
        last = f"{last[:2]}{last[1:]}"
    number = 900_000 + place
    email = f"{plain(first)}.{plain(last)}{place}@example.org"
    return replace(one, number=number, first_name=first, last_name=last, email=email,
                   phone="", keyed=False, in_prima=False, other_addresses=())  # fmt: skip
