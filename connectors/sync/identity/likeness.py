"""How alike a contact and an account are, with the reasons. It orders a queue, and links nobody."""

from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from connectors.sync.identity import normal
from connectors.sync.identity.traits import Traits

HIGH, LEAST = 75, 50
"""From which score a suggestion is likely, and below which none is made."""
_MOST = 99
_SIMILAR = 70


@dataclass(frozen=True, slots=True)
class Likeness:
    """`score` from 0 to 99. Nothing that is only alike is ever certain."""

    account: str
    score: int
    reasons: tuple[str, ...]


def likeness(who: Traits, account: Traits) -> Likeness:
    found = list(_reasons(who, account))
    score = min(_MOST, sum(weight for weight, _ in found))
    return Likeness(account.key, score, tuple(reason for _, reason in found))


def _reasons(who: Traits, account: Traits) -> Iterator[tuple[int, str]]:
    alike = _name(who, account)
    if alike == 100:
        yield 45, "same name"
    elif alike >= _SIMILAR:
        yield round(alike * 0.4), f"similar name ({alike} %)"
    if who.email and who.email == account.email:
        yield 35, "same e-mail address"
    elif (domain := normal.own_domain(who.email)) and domain == normal.own_domain(account.email):
        yield 15, "same e-mail domain"
    if who.number and who.number == account.number:
        yield 40, "same tax number as written"
    elif who.vat and who.vat == account.vat:
        yield 40, "same tax number"
    if {who.mobile, who.phone} & {account.mobile, account.phone} - {""}:
        yield 25, "same telephone number"
    yield from _home(who, account)


def _home(who: Traits, account: Traits) -> Iterator[tuple[int, str]]:
    if not who.postcode or who.postcode != account.postcode:
        return
    if who.street and who.street == account.street:
        yield 30, "same address"
    else:
        yield 20, "same postcode"


def _name(who: Traits, account: Traits) -> int:
    """In percent. A person who acts for a company may be known there by either name."""
    if not account.name:
        return 0
    whole = f"{who.given} {who.surname}".strip()
    tries = {who.name, whole} - {""}
    return max((int(fuzz.token_sort_ratio(one, account.name)) for one in tries), default=0)
