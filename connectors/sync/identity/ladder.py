"""The ladder: which account is this contact? Pure, and the same for one order and a whole estate.

Steps from the surest down; the first that holds decides. Only equal identifiers link; likeness only
ever suggests. Two accounts that fit equally well write nothing.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from connectors.sync.identity import normal
from connectors.sync.identity.likeness import LEAST, Likeness, likeness
from connectors.sync.identity.traits import Traits

Outcome = Literal["same", "several", "maybe", "nobody"]
Step = Literal[
    "external_key", "account_code", "tax_number", "company_number", "email", "mobile", ""
]
Apart = Collection[tuple[str, str]]
"""(contact key, account code) in upper case: decided to be two customers."""

STEPS: Mapping[str, str] = {
    "link": "linked before",
    "external_key": "contact key stored at the account in Prima",
    "account_code": "account code given, and another detail agrees",
    "tax_number": "same tax number",
    "company_number": "same company number",
    "email": "same e-mail address and name",
    "mobile": "same mobile, name and postcode",
    "score": "similar",
}
MOST_SUGGESTED = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """`account` and `step` for "same"; `near` for "several" and "maybe", best first."""

    outcome: Outcome
    account: str = ""
    step: Step = ""
    agrees: tuple[str, ...] = ()
    near: tuple[Likeness, ...] = field(default=())


def decide(who: Traits, accounts: Iterable[Traits], apart: Apart = frozenset()) -> Verdict:
    """`accounts` are all who share an identifier with the contact, or may be like it.

    Their order does not matter. All who share an identifier must be among them, or else one that
    several have would look like one that is unique.
    """
    known = sorted(
        {one.key: one for one in accounts if not one.is_pool and not one.is_merged}.values(),
        key=lambda one: one.key,
    )
    free = {one.key for one in known if not is_vetoed(who, one, apart)}
    several: tuple[Traits, ...] = ()
    for step, shares, agrees in _LADDER:
        sharing = [one for one in known if shares(who, one)]
        open_ = [one for one in sharing if one.key in free]
        if len(sharing) == 1 and open_:
            told = agrees(who, sharing[0])
            if told and (not several or sharing[0] in several):
                return _one(who, sharing[0], step, told)
        elif len(open_) > 1 and not several:
            several = tuple(open_)
    if several:
        return Verdict("several", near=_likely(who, several, least=0))
    near = _likely(who, [one for one in known if one.key in free], least=LEAST)[:MOST_SUGGESTED]
    return Verdict("maybe", near=near) if near else Verdict("nobody")


def _one(who: Traits, account: Traits, step: Step, told: tuple[str, ...]) -> Verdict:
    """A lead that meets an account on hold is a person's to decide, unless Prima holds its key."""
    if who.is_lead and account.is_held and step != "external_key":
        return Verdict("maybe", near=_likely(who, [account], least=0))
    return Verdict("same", account.key, step, told)


def is_vetoed(who: Traits, account: Traits, apart: Apart = frozenset()) -> bool:
    """Two valid tax numbers, or a person's word, make two customers for good."""
    if who.vat and account.vat and who.vat != account.vat:
        return True
    return (who.key.upper(), account.key.upper()) in apart


def numbers_differ(who: Traits, account: Traits) -> bool:
    """Two numbers as written, valid or not, that cannot be one with and without its prefix."""
    ours, theirs = who.number, account.number
    if not ours or not theirs or (who.vat and who.vat == account.vat):
        return False
    return not (ours.endswith(theirs) or theirs.endswith(ours))


def names_agree(who: Traits, account: Traits) -> bool:
    """A company's whole name; a person's surname, when the first names do not contradict."""
    if account.is_company:
        return bool(who.company) and who.company == account.company
    if not who.surname or not f" {account.name}".endswith(f" {who.surname}"):
        return False
    return _may_be_one(who.given, account.given)


def _may_be_one(one: str, other: str) -> bool:
    """Father and son share a mailbox: "Jim" is not "Tim", but "J" may be "Jim"."""
    if not one or not other or one == other:
        return True
    return min(len(one), len(other)) == 1 and one[0] == other[0]


def _likely(who: Traits, accounts: Iterable[Traits], *, least: int) -> tuple[Likeness, ...]:
    found = [likeness(who, one) for one in accounts]
    likely = [one for one in found if one.score >= least]
    return tuple(sorted(likely, key=lambda one: (-one.score, one.account)))


def _same(name: str) -> "Callable[[Traits, Traits], bool]":
    def shares(who: Traits, account: Traits) -> bool:
        value = getattr(who, name)
        return bool(value) and value == getattr(account, name)

    return shares


def _has_our_key(who: Traits, account: Traits) -> bool:
    return bool(who.key) and who.key.upper() == account.held_key.upper()


def _is_named(who: Traits, account: Traits) -> bool:
    return bool(who.account) and who.account.upper() == account.key.upper()


def _shares_mobile(who: Traits, account: Traits) -> bool:
    is_same = bool(who.mobile) and who.mobile == account.mobile
    return is_same and bool(who.postcode) and who.postcode == account.postcode


def _shares_email(who: Traits, account: Traits) -> bool:
    return bool(who.email) and who.email == account.email and normal.is_personal(who.email)


def _certain(_who: Traits, _account: Traits) -> tuple[str, ...]:
    return ("key",)


def _another_detail(who: Traits, account: Traits) -> tuple[str, ...]:
    domain = normal.own_domain(who.email)
    told = (
        ("postcode", bool(who.postcode) and who.postcode == account.postcode),
        ("tax number", bool(who.vat) and who.vat == account.vat),
        ("e-mail domain", bool(domain) and domain == normal.own_domain(account.email)),
    )
    found = tuple(name for name, holds in told if holds)
    return ("account code", *found) if found else ()


def _number_alone(_who: Traits, _account: Traits) -> tuple[str, ...]:
    return ("number",)


def _email_and_name(who: Traits, account: Traits) -> tuple[str, ...]:
    if who.shares_email or numbers_differ(who, account) or not names_agree(who, account):
        return ()
    return ("e-mail", "name")


def _mobile_and_name(who: Traits, account: Traits) -> tuple[str, ...]:
    if who.shares_mobile or numbers_differ(who, account) or not names_agree(who, account):
        return ()
    return ("mobile", "postcode", "name")


_Shares = Callable[[Traits, Traits], bool]
_Agrees = Callable[[Traits, Traits], tuple[str, ...]]
_LADDER: tuple[tuple[Step, _Shares, _Agrees], ...] = (
    ("external_key", _has_our_key, _certain),
    ("account_code", _is_named, _another_detail),
    ("tax_number", _same("vat"), _number_alone),
    ("company_number", _same("company_number"), _number_alone),
    ("email", _shares_email, _email_and_name),
    ("mobile", _shares_mobile, _mobile_and_name),
)
