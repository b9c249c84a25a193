"""The telephone number as carriers dial it."""

from functools import lru_cache

import phonenumbers


@lru_cache(maxsize=8192)
def dialled(text: str, country: str) -> str:
    """+441132496000 for "0113 249 6000" in GB; empty for what can be no number."""
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
