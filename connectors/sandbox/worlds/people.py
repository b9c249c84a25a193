"""The customers of a world: persons and companies, at home and abroad."""

import unicodedata
from dataclasses import dataclass, replace
from random import Random

from connectors.sandbox.worlds import words
from connectors.sandbox.worlds.vat_numbers import vat_number

ABROAD = ("IE", "DE", "FR", "NL")
_INWARD = "ABDEFGHJLNPQRSTUWXYZ"


@dataclass(frozen=True, slots=True)
class Place:
    """An address: as it stands on an order and in Prima."""

    name: str
    lines: tuple[str, ...]
    city: str
    county: str
    postcode: str
    country: str


@dataclass(frozen=True, slots=True)
class Person:
    """A customer as both systems know them. `keyed`: Prima holds the contact key.

    `company` is empty for persons. `in_prima` false: Marketing Cloud alone knows them.
    """

    number: int
    first_name: str
    last_name: str
    email: str
    phone: str
    home: Place
    company: str = ""
    vat: str = ""
    terms: str = ""
    keyed: bool = True
    in_prima: bool = True
    hold: str = "none"
    hold_reason: str = ""
    is_pool: bool = False
    other_addresses: tuple[Place, ...] = ()

    @property
    def contact_key(self) -> str:
        return f"CK-{self.number:06d}"

    @property
    def account_code(self) -> str:
        return f"{'C' if self.company else 'P'}{self.number:06d}"

    @property
    def name(self) -> str:
        return self.company or f"{self.first_name} {self.last_name}"

    @property
    def country(self) -> str:
        return self.home.country

    @property
    def currency(self) -> str:
        return "GBP" if self.country == "GB" else "EUR"


class Population:
    """Makes customers one after the other, each with a number, e-mail and VAT number of its own."""

    def __init__(self, random: Random, after: int = 100_000) -> None:
        self.random = random
        self._number = after
        self._companies: set[str] = set()

    def customers(self, count: int) -> list[Person]:
        """A town's worth: two in five are companies, one in eight lives abroad."""
        return [self._customer() for _ in range(count)]

    def person(self, country: str = "GB", *, keyed: bool = True) -> Person:
        number = self._next_number()
        first, last = self._names(country)
        home = self.place(country, f"{first} {last}")
        gift = self.place(country, f"{first} {last}") if self.random.random() < 0.2 else None
        return Person(
            number=number,
            first_name=first,
            last_name=last,
            email=f"{plain(first)}.{plain(last)}{number % 100_000}@example.{self._ending()}",
            phone=self._phone(country, home),
            home=home,
            keyed=keyed,
            other_addresses=(gift,) if gift else (),
        )

    def company(
        self, country: str = "GB", *, northern_irish: bool = False, terms: str = ""
    ) -> Person:
        contact = self.person(country)
        name = self._company_name(country)
        home = self.place(country, name, northern_irish=northern_irish)
        prefix = "XI" if northern_irish else country
        return replace(
            contact,
            company=name,
            email=f"{plain(contact.first_name)}.{plain(contact.last_name)}"
            f"@{plain(name)[:30]}.example.org",
            home=home,
            other_addresses=(),
            vat=vat_number(self.random, prefix),
            terms=terms,
        )

    def place(self, country: str, name: str, *, northern_irish: bool = False) -> Place:
        if country != "GB":
            return self._place_abroad(country, name)
        towns = words.NORTHERN_IRELAND if northern_irish else words.TOWNS
        city, county, outward, _ = self.random.choice(towns)
        street = f"{self.random.randint(1, 199)} {self.random.choice(words.STREETS)}"
        house = (self.random.choice(words.HOUSES),) if self.random.random() < 0.2 else ()
        inward = str(self.random.randint(1, 9)) + "".join(self.random.choices(_INWARD, k=2))
        return Place(name, (*house, street), city, county, f"{outward} {inward}", "GB")

    def _customer(self) -> Person:
        chance = self.random.random()
        country = self.random.choice(ABROAD) if self.random.random() < 0.12 else "GB"
        if chance >= 0.4:
            # Persons may be known to Prima by e-mail and name only; companies never.
            return self.person(country, keyed=self.random.random() < 0.85)
        terms = "30D" if self.random.random() < 0.4 else ""
        irish = country == "GB" and self.random.random() < 0.08
        return self.company(country, northern_irish=irish, terms=terms)

    def _next_number(self) -> int:
        self._number += 1
        return self._number

    def _names(self, country: str) -> tuple[str, str]:
        if country == "GB":
            return self.random.choice(words.FIRST_NAMES), self.random.choice(words.LAST_NAMES)
        first, last = words.ABROAD[country]
        return self.random.choice(first.split()), self.random.choice(last.split())

    def _company_name(self, country: str) -> str:
        while True:
            first = self.random.choice(words.COMPANY_FIRST)
            second = self.random.choice(words.COMPANY_SECOND)
            name = f"{first} {second} {words.COMPANY_FORM[country]}"
            if name not in self._companies:
                self._companies.add(name)
                return name

    def _place_abroad(self, country: str, name: str) -> Place:
        street = self.random.choice(words.STREETS_ABROAD[country])
        house = str(self.random.randint(1, 140))
        line = f"{house} {street}" if country in ("IE", "FR") else f"{street} {house}"
        city = self.random.choice(words.TOWNS_ABROAD[country])
        digits = str(self.random.randint(20_000, 89_999))
        postcode = {
            "IE": f"D{digits[:2]} A{digits[2:4]}F",
            "DE": digits,
            "FR": digits,
            "NL": f"{digits[:4]} {''.join(self.random.choices('ABDEGHJKLN', k=2))}",
        }[country]
        return Place(name, (line,), city, "", postcode, country)

    def _phone(self, country: str, home: Place) -> str:
        """British numbers come from the ranges kept free for drama; abroad none is given."""
        if country != "GB":
            return ""
        area = next(town[3] for town in words.TOWNS if home.postcode.startswith(town[2]))
        return f"+44{area}{self.random.randint(0, 999):03d}"

    def _ending(self) -> str:
        return self.random.choice(("com", "org", "net"))


def plain(text: str) -> str:
    """Letters and digits only, for the left side of an e-mail address."""
    flat = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    return "".join(sign for sign in flat.lower() if sign.isalnum())
