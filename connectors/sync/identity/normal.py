"""What people typed, in the form that is compared. Nothing here guesses: what is unclear is empty."""

import re
import unicodedata
from functools import lru_cache

from connectors.sync.orders.phone import dialled
from connectors.sync.orders.tax_number import compact

ROLE_ADDRESSES = frozenset(
    [
        "accounts",
        "accountspayable",
        "admin",
        "ap",
        "billing",
        "bookings",
        "buying",
        "contact",
        "customerservice",
        "enquiries",
        "finance",
        "hello",
        "help",
        "hr",
        "info",
        "invoice",
        "invoices",
        "mail",
        "marketing",
        "noreply",
        "no-reply",
        "office",
        "order",
        "orders",
        "postmaster",
        "purchasing",
        "reception",
        "sales",
        "service",
        "shop",
        "support",
        "team",
        "webmaster",
    ]
)
"""Mailboxes that belong to an office, not to a person."""
PUBLIC_DOMAINS = frozenset(
    [
        "aol.com",
        "btinternet.com",
        "btopenworld.com",
        "fastmail.com",
        "gmail.com",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "googlemail.com",
        "hotmail.co.uk",
        "hotmail.com",
        "icloud.com",
        "live.co.uk",
        "live.com",
        "mac.com",
        "mail.com",
        "me.com",
        "msn.com",
        "ntlworld.com",
        "orange.fr",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "sky.com",
        "talktalk.net",
        "tiscali.co.uk",
        "virginmedia.com",
        "web.de",
        "yahoo.co.uk",
        "yahoo.com",
        "yahoo.de",
        "yahoo.fr",
        "ymail.com",
    ]
)
"""Where everybody may have a mailbox; sharing one says nothing."""
_TITLES = frozenset(
    [
        "dr",
        "frau",
        "herr",
        "lady",
        "lord",
        "miss",
        "mme",
        "monsieur",
        "mr",
        "mrs",
        "ms",
        "mx",
        "prof",
        "rev",
        "sir",
    ]
)
_FORMS = {
    "limited": "ltd",
    "incorporated": "inc",
    "corporation": "corp",
    "company": "co",
    "and": "",
    "the": "",
}
_WORDS = re.compile(r"\w+")
_MOBILE = re.compile(r"(?:\+44|0044|0)(7\d{9})")
_NOT_A_CODE = re.compile(r"[\W_]+")


def words(text: str) -> str:
    """Small letters, single spaces, no punctuation: "O'Neill-Smith" is "o neill smith"."""
    return " ".join(_WORDS.findall(_folded(text)))


def person(name: str) -> str:
    """The words of a person's name without their title."""
    told = words(name).split()
    while len(told) > 1 and told[0] in _TITLES:
        told = told[1:]
    return " ".join(told)


def company(name: str) -> str:
    """The words of a company's name, its form written one way."""
    told = (_FORMS.get(word, word) for word in words(name).split())
    return " ".join(word for word in told if word)


def email(address: str) -> str:
    return address.strip().casefold()


def is_personal(address: str) -> bool:
    """Whether a normalised address is that of somebody in particular."""
    mailbox, _, domain = address.partition("@")
    return bool(domain) and mailbox.partition("+")[0] not in ROLE_ADDRESSES


def own_domain(address: str) -> str:
    """The domain of a normalised address, when not everybody may have a mailbox there."""
    domain = address.rpartition("@")[2] if "@" in address else ""
    return "" if domain in PUBLIC_DOMAINS else domain


def phone(text: str, country: str) -> str:
    """As carriers dial it (E.164), or empty."""
    if not text.strip():
        return ""
    plain = re.sub(r"[\s()\-.]", "", text)
    if found := _MOBILE.fullmatch(plain):
        return f"+44{found[1]}" if country in ("", "GB") or plain[0] != "0" else ""
    return dialled(text, country or "GB")


def is_mobile(number: str) -> bool:
    """Of British numbers only, which tell; others are taken for what they are said to be."""
    return number.startswith("+447") or (bool(number) and not number.startswith("+44"))


def tax_number(text: str, country: str) -> str:
    """The valid number with its prefix, or empty. XI and GB numbers are of one register."""
    if not text.strip():
        return ""
    found = compact(text, country or "GB") or ""
    return f"GB{found[2:]}" if found.startswith("XI") else found


def bare(text: str) -> str:
    """Letters and digits of a number as it was written, valid or not."""
    return _NOT_A_CODE.sub("", text).upper()


def company_number(text: str) -> str:
    """Eight characters; a number of digits is filled with zeros from the left."""
    plain = bare(text)
    if plain.isdecimal():
        plain = plain.zfill(8)
    return plain if re.fullmatch(r"[A-Z]{0,2}\d{6,8}", plain) and plain.strip("0") else ""


def postcode(text: str) -> str:
    return bare(text)


@lru_cache(maxsize=4096)
def street(line: str) -> str:
    """The first line of an address as it is compared: "12 high st" for "12, High Street"."""
    short = {"street": "st", "road": "rd", "avenue": "ave", "lane": "ln", "saint": "st"}
    return " ".join(short.get(word, word) for word in words(line).split())


def _folded(text: str) -> str:
    flat = unicodedata.normalize("NFKD", text.replace("ß", "ss")).casefold()
    return "".join(sign for sign in flat if not unicodedata.combining(sign))
