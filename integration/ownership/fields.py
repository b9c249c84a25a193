"""The fields of a customer that both systems may hold, and who keeps them unless admin says otherwise.

A postal address is one field: half of an address is never right.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

System = Literal["sfmc", "prima"]
Owner = Literal["prima", "sfmc", "hub"]
OnOther = Literal["put_back", "propose", "fill"]


@dataclass(frozen=True, slots=True)
class Rule:
    """Who keeps a field, and what a change elsewhere does. `domain` is that of its mapped values."""

    owner: Owner
    on_other: OnOther
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """`compared` is False for what only one of the systems has a place for."""

    slug: str
    label: str
    default: Rule
    compared: bool = True
    personal: bool = False


_EVERY = (
    Field("name", "Name", Rule("prima", "propose"), personal=True),
    Field("tax_number", "Tax number", Rule("prima", "propose"), personal=True),
    Field("address", "Invoice address", Rule("prima", "propose"), personal=True),
    Field("email", "E-mail", Rule("sfmc", "propose"), personal=True),
    Field("phone", "Telephone", Rule("prima", "fill"), personal=True),
    Field("currency", "Currency", Rule("prima", "put_back")),
    Field("payment_terms", "Payment terms", Rule("prima", "put_back", "terms")),
    Field("account", "Account code", Rule("prima", "put_back"), compared=False),
    Field("price_list", "Price list", Rule("prima", "put_back"), compared=False),
    Field("hold", "Hold", Rule("prima", "put_back"), compared=False),
    Field("mobile", "Mobile", Rule("sfmc", "put_back"), compared=False, personal=True),
    Field("interests", "Interests", Rule("sfmc", "put_back"), compared=False),
)
FIELDS: Mapping[str, Field] = {field.slug: field for field in _EVERY}
COMPARED: tuple[str, ...] = tuple(field.slug for field in _EVERY if field.compared)
"""In the order of lists."""


def label_of(slug: str) -> str:
    """The field in words; one that is no more keeps its name."""
    found = FIELDS.get(slug)
    return found.label if found else slug.replace("_", " ").capitalize()
