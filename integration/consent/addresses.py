"""Addresses in one form, and the keyed hash by which the ledger knows them.

The hash cannot be turned back, nor tried out without the key, so it may stay for ever: it is what
keeps a person suppressed whose data has been erased.
"""

import hmac
import re
import unicodedata
from hashlib import sha256

import phonenumbers
from django.conf import settings

PHONES = frozenset({"sms", "phone", "mobile"})
PERSON, ACCOUNT = "person:", "account:"
"""What stands for somebody's address where a channel has none: a durable key, or an account."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class UnusableAddress(ValueError):
    """Not an address of the channel; the text says so to a person."""


def person(uid: object) -> str:
    """The person themselves, whatever their address."""
    return f"{PERSON}{uid}"


def normalised(channel: str, address: str) -> str:
    """`email:ann@example.com`, `phone:+44…`, `post:…`; `person:` and `account:` stay as they are.

    Raises UnusableAddress: what cannot be understood must not be taken for somebody who may be
    written to.
    """
    text = unicodedata.normalize("NFKC", address).strip()
    if text.startswith((PERSON, ACCOUNT)):
        return text.casefold()
    if channel in PHONES:
        return f"phone:{_phone(text)}"
    if channel == "post":
        return f"post:{_post(text)}"
    if channel in ("email", "third_party", "all") and _EMAIL.fullmatch(text):
        return f"email:{text.casefold()}"
    raise UnusableAddress("This is no e-mail address.")


def address_hash(channel: str, address: str) -> str:
    """64 hexadecimal digits. Raises UnusableAddress."""
    return _keyed(normalised(channel, address))


def known_hash(channel: str, address: str) -> str:
    """The same, empty for what cannot be understood: it is no address anybody is known by."""
    try:
        return address_hash(channel, address)
    except UnusableAddress:
        return ""


def person_hash(uid: object) -> str:
    return _keyed(person(uid).casefold())


def _keyed(text: str) -> str:
    return hmac.new(settings.SUPPRESSION_KEY.encode(), text.encode(), sha256).hexdigest()


def _phone(text: str) -> str:
    try:
        number = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException as error:
        raise UnusableAddress("This is no telephone number.") from error
    if not phonenumbers.is_possible_number(number):
        raise UnusableAddress("This is no telephone number.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _post(text: str) -> str:
    words = re.sub(r"[^\w]+", " ", text.casefold()).split()
    if not words:
        raise UnusableAddress("This is no postal address.")
    return " ".join(words)
