"""An estate of which the truth is known: people and companies as two systems would hold them.

Contacts and accounts are made in pairs, and then spoilt the way life does it. What is who is written
beside them; the desk never sees it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from connectors.management.identity_bench.names import FIRM, FIRST, LAST, STREET, TRADE
from connectors.management.measuring.report import Tell

SEED = 20_261_125
KINDS: Mapping[str, int] = {
    "keyed": 6,
    "same_person": 25,
    "typo_in_name": 5,
    "typo_in_email": 4,
    "no_email": 7,
    "moved": 4,
    "company": 9,
    "shared_mailbox": 4,
    "household": 4,
    "same_name": 3,
    "twin_accounts": 2,
    "twin_contacts": 2,
    "wrong_number": 2,
}
"""Of a hundred contacts; the rest has no account."""


@dataclass(slots=True)
class Person:
    """Somebody as they are; each system holds its own, spoilt, copy."""

    first: str
    last: str
    email: str
    mobile: str
    street: str
    postcode: str
    company: str = ""
    vat: str = ""


@dataclass(slots=True)
class Estate:
    """Rows to write; `truth` has (contact key, account code, kind) of every true pair."""

    random: Random
    contacts: list[dict[str, Any]] = field(default_factory=list)
    accounts: list[dict[str, Any]] = field(default_factory=list)
    truth: list[tuple[str, str, str]] = field(default_factory=list)
    made: int = 0

    def contact(self, of: Person, **more: Any) -> str:
        key = f"CK-{len(self.contacts):07d}"
        told = {
            "key": key, "email": of.email, "first_name": of.first, "last_name": of.last,
            "company_name": of.company, "tax_number": of.vat, "mobile": of.mobile,
            "postcode": of.postcode, "data": {"country": "GB", "line1": of.street},
        }  # fmt: skip
        self.contacts.append({**told, **more})
        return key

    def account(self, of: Person, **more: Any) -> str:
        code = f"A{len(self.accounts):07d}"
        told: dict[str, Any] = {
            "account_code": code, "name": of.company or f"{of.first} {of.last}",
            "type": "company" if of.company else "person", "email": of.email,
            "phone": _dialled(of.mobile), "vat_number": of.vat, "street": of.street,
            "postcode": of.postcode, "held_key": "",
        }  # fmt: skip
        self.accounts.append({**told, **more})
        return code

    def pair(self, kind: str, contact: Person, account: Person, **more: Any) -> None:
        """One customer in both systems."""
        self.truth.append((self.contact(contact), self.account(account, **more), kind))

    def person(self) -> Person:
        """Somebody with an address, a mobile and a mailbox of their own."""
        self.made += 1
        random, number = self.random, self.made
        first, last = random.choice(FIRST), random.choice(LAST)
        domain = random.choice(("gmail.com", "outlook.com", "btinternet.com", "example.org"))
        return Person(
            first=first,
            last=last,
            email=f"{first}.{last}{number}@{domain}".lower(),
            mobile=f"07{400_000_000 + number:09d}",
            street=f"{random.randint(1, 250)} {random.choice(STREET)} Street",
            postcode=_postcode(random),
        )

    def firm(self) -> Person:
        """A company with a valid tax number and a domain of its own, and who buys for it."""
        who = self.person()
        name = f"{self.random.choice(FIRM)} {self.random.choice(TRADE)} {self.made} Ltd"
        domain = f"firm{self.made}.co.uk"
        return replace(
            who,
            company=name,
            vat=_vat(self.made),
            email=f"{who.first}.{who.last}@{domain}".lower(),
        )


def write(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Writes contacts, accounts and truth as lines of JSON."""
    estate = build(given["contacts"], given["accounts"], tell)
    folder = Path(given["folder"])
    for name in ("contacts", "accounts", "truth"):
        with (folder / name).open("w") as file:
            file.writelines(f"{json.dumps(row)}\n" for row in getattr(estate, name))
    return {
        "contacts": len(estate.contacts),
        "accounts": len(estate.accounts),
        "pairs": len(estate.truth),
    }


def build(contacts: int, accounts: int, tell: Tell) -> Estate:
    estate = Estate(Random(SEED))  # noqa: S311 - the same estate each time is the point
    for kind in _kinds(contacts):
        _MAKERS[kind](estate)
        if len(estate.contacts) % 10_000 == 0:
            tell(f"{len(estate.contacts):,} contacts")
    while len(estate.contacts) < contacts:
        estate.contact(estate.person())
    while len(estate.accounts) < accounts:
        estate.account(estate.person())
    estate.random.shuffle(estate.contacts)
    estate.random.shuffle(estate.accounts)
    return estate


def _kinds(contacts: int) -> Iterator[str]:
    for _ in range(contacts // 100):
        for kind, times in KINDS.items():
            # A kind that makes two contacts at once is made half as often.
            yield from [kind] * (times // (2 if kind in _DOUBLE else 1))


def _keyed(estate: Estate) -> None:
    """Prima holds the contact's key; nothing else needs to agree."""
    who = estate.person()
    key = estate.contact(who)
    code = estate.account(replace(who, email="", mobile=""), held_key=key)
    estate.truth.append((key, code, "keyed"))


def _same_person(estate: Estate) -> None:
    who = estate.person()
    estate.pair("same_person", who, replace(who, email=who.email.upper(), mobile=""))


def _typo_in_name(estate: Estate) -> None:
    """The name is misspelt in Prima; address and mobile agree."""
    who = estate.person()
    estate.pair("typo_in_name", who, replace(who, last=_typo(estate.random, who.last)))


def _typo_in_email(estate: Estate) -> None:
    """A slip in the mailbox; name, mobile and postcode agree."""
    who = estate.person()
    mailbox, _, domain = who.email.partition("@")
    wrong = f"{_typo(estate.random, mailbox)}@{domain}"
    estate.pair("typo_in_email", who, replace(who, email=wrong))


def _no_email(estate: Estate) -> None:
    """Prima has no address; half have the mobile."""
    who = estate.person()
    mobile = who.mobile if estate.random.random() < 0.5 else ""
    estate.pair("no_email", who, replace(who, email="", mobile=mobile))


def _moved(estate: Estate) -> None:
    """Another address and another mailbox; the mobile stayed."""
    who = estate.person()
    new = replace(estate.person(), first=who.first, last=who.last, mobile=who.mobile)
    estate.pair("moved", new, who)


def _company(estate: Estate) -> None:
    """Prima has the office's mailbox; the tax number is written differently in the two."""
    who = estate.firm()
    office = replace(who, email=f"accounts@{who.email.partition('@')[2]}", mobile="")
    estate.pair(
        "company", replace(who, vat=f"GB {who.vat[2:5]} {who.vat[5:9]} {who.vat[9:]}"), office
    )


def _shared_mailbox(estate: Estate) -> None:
    """Two people at one firm, each an account of their own, both under info@."""
    firm = estate.firm()
    shared = f"info@{firm.email.partition('@')[2]}"
    for _ in range(2):
        who = replace(estate.person(), email=shared)
        estate.pair("shared_mailbox", who, replace(who, mobile=""))


def _household(estate: Estate) -> None:
    """Two of one surname share home and mailbox; only one of them is known to both systems."""
    one = estate.person()
    other = replace(one, first=_another(estate.random, one.first), mobile=estate.person().mobile)
    estate.pair("household", one, one)
    estate.contact(other)


def _same_name(estate: Estate) -> None:
    """Two strangers of one name, in one town; each system knows one of them."""
    one = estate.person()
    other = replace(estate.person(), first=one.first, last=one.last, postcode=one.postcode)
    estate.contact(one)
    estate.account(other)


def _twin_accounts(estate: Estate) -> None:
    """One customer opened twice in Prima: nobody can say which account is meant."""
    who = estate.person()
    key = estate.contact(who)
    for _ in range(2):
        estate.truth.append((key, estate.account(who), "twin_accounts"))


def _twin_contacts(estate: Estate) -> None:
    """One person filled in two forms."""
    who = estate.person()
    keys = [estate.contact(who), estate.contact(who)]
    code = estate.account(who)
    estate.truth += [(key, code, "twin_contacts") for key in keys]


def _wrong_number(estate: Estate) -> None:
    """Two firms of almost one name in one street, each with a number of its own."""
    one, other = estate.firm(), estate.firm()
    estate.contact(replace(one, vat=one.vat))
    estate.account(
        replace(one, vat=other.vat, email=f"office@{other.email.partition('@')[2]}", mobile="")
    )


_DOUBLE = frozenset({"shared_mailbox", "household", "twin_contacts"})
_MAKERS = {
    "keyed": _keyed,
    "same_person": _same_person,
    "typo_in_name": _typo_in_name,
    "typo_in_email": _typo_in_email,
    "no_email": _no_email,
    "moved": _moved,
    "company": _company,
    "shared_mailbox": _shared_mailbox,
    "household": _household,
    "same_name": _same_name,
    "twin_accounts": _twin_accounts,
    "twin_contacts": _twin_contacts,
    "wrong_number": _wrong_number,
}


def _typo(random: Random, word: str) -> str:
    """Two neighbours swapped, a letter doubled or one left out; never the first."""
    at = random.randrange(1, max(2, len(word) - 1))
    way = random.randrange(3)
    if way == 0 and at + 1 < len(word) and word[at] != word[at + 1]:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + word[at] * 2 + word[at + 1 :] if way == 1 else word[:at] + word[at + 1 :]


def _another(random: Random, first: str) -> str:
    return random.choice([name for name in FIRST if name[0] != first[0]])


def _postcode(random: Random) -> str:
    area = random.choice(("LS", "BD", "HX", "WF", "HD", "YO", "M", "OL", "BL", "S"))
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    inward = f"{random.randint(1, 9)}{random.choice(letters)}{random.choice(letters)}"
    return f"{area}{random.randint(1, 28)} {inward}"


def _vat(number: int) -> str:
    """A valid British number for each number."""
    digits = f"{1_000_000 + number:07d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(8, 1, -1), strict=True))
    return f"GB{digits}{97 - total % 97:02d}"


def _dialled(mobile: str) -> str:
    return f"+44{mobile[1:]}" if mobile else ""
