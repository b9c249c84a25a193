"""Personal data, masked for roles that need not see it."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

PERSONAL = frozenset(
    {
        "email", "first_name", "last_name", "phone", "customer_name", "company_name", "name", "tax_number",
        "invoice_name", "invoice_line1", "invoice_line2", "invoice_line3", "invoice_postcode",
        "delivery_name", "delivery_line1", "delivery_line2", "delivery_line3", "delivery_postcode",
        "lines_of_address", "attention", "postcode", "vat_number", "mobile",
        "address", "line1", "line2", "line3", "address_line1", "address_line2", "address_line3",
    }
)  # fmt: skip
_OF_THINGS = frozenset({"promotions", "discounts", "charges"})
"""What is listed there bears the name of a thing, not of a person."""
_QUOTED = re.compile(r"(?<=[“\"'])[^“”\"']+(?=[”\"'])")
_SHORTEST = 3
"""Characters by which the beginning of a value is still known as that."""


def masked(text: str) -> str:
    """The first letter of each word, the rest as dots; an address keeps its domain."""
    if "@" in text:
        name, _, domain = text.rpartition("@")
        return f"{name[:1]}•••@{domain}"
    return " ".join(f"{word[:1]}•••" for word in text.split())


def masked_payload(payload: Any, names: Collection[str] = PERSONAL, *, hide: bool = False) -> Any:
    """The payload with the values of personal fields masked; shape and keys stay.

    A column of Marketing Cloud is known as well as a field of ours: "FirstName" is "first_name".
    """
    if isinstance(payload, Mapping):
        return {
            key: masked_payload(
                value, _names_in(str(key), names), hide=hide or _is_personal(str(key), names)
            )
            for key, value in payload.items()
        }
    if isinstance(payload, Sequence) and not isinstance(payload, str):
        return [masked_payload(value, names, hide=hide) for value in payload]
    return masked(str(payload)) if hide and payload not in (None, "") else payload


def is_about_a_person(pointer: str) -> bool:
    """Whether a JSON Pointer leads to personal data: "/delivery_address/lines/0"."""
    return any(_is_personal(part, PERSONAL) for part in pointer.split("/") if part)


def masked_words(words: str, *payloads: Any) -> str:
    """A sentence about a record with what it repeats of the person masked, whole or in part.

    Town and country stay, which name nobody. Where no payload is left to tell what is personal,
    whatever is quoted is masked.
    """
    known = [payload for payload in payloads if payload is not None]
    if not known:
        return _QUOTED.sub(lambda hit: masked(hit.group()), words)
    values = {value for payload in known for value in _personal_values(payload, PERSONAL)}
    plain = {_plain(value) for value in values}
    words = _QUOTED.sub(lambda hit: _part_masked(hit.group(), plain), words)
    for value in sorted(values, key=len, reverse=True):
        flags = re.IGNORECASE if " " in value else re.NOFLAG
        words = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", masked(value), words, flags=flags)
    return words


def _part_masked(quoted: str, values: Collection[str]) -> str:
    """What is quoted may be cut off, and has lost what cannot be printed."""
    part = _plain(quoted)
    if len(part) < _SHORTEST or not any(value.startswith(part) for value in values):
        return quoted
    return masked(quoted)


def _personal_values(
    payload: Any, names: Collection[str], key: str = "", *, hide: bool = False
) -> Iterator[str]:
    if isinstance(payload, Mapping):
        for name, value in payload.items():
            inside = hide or _is_personal(str(name), names)
            yield from _personal_values(value, _names_in(str(name), names), str(name), hide=inside)
    elif isinstance(payload, Sequence) and not isinstance(payload, str):
        for value in payload:
            yield from _personal_values(value, names, key, hide=hide)
    elif hide and (key == "lines" or _is_personal(key, names)):
        value = "".join(filter(str.isprintable, str(payload or ""))).strip()
        if len(_plain(value)) >= _SHORTEST:
            yield value


def _names_in(key: str, names: Collection[str]) -> Collection[str]:
    return frozenset(names) - {"name"} if key in _OF_THINGS else names


def _is_personal(key: str, names: Collection[str]) -> bool:
    return _plain(key) in _all_plain(frozenset(names)) or _plain(key).endswith("address")


@lru_cache(maxsize=16)
def _all_plain(names: frozenset[str]) -> frozenset[str]:
    return frozenset(map(_plain, names))


def _plain(text: str) -> str:
    """Letters and digits alone, in one case."""
    return "".join(filter(str.isalnum, text)).casefold()
