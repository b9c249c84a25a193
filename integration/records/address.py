"""A postal address as both systems can hold it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """`country` is ISO 3166-1 alpha-2 once checked; before, it is what the source said."""

    name: str = ""
    lines: tuple[str, ...] = ()
    city: str = ""
    county: str = ""
    postcode: str = ""
    country: str = ""
    phone: str = ""


NO_ADDRESS = Address()
