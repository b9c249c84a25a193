"""Whose telephone number it is, in the mirror: however it is written there."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform

from integration.consent import addresses
from integration.consent.addresses import UnusableAddress
from integration.mirror.contacts import MOBILE, PHONE, SAME_DIGITS, Contact, last_digits
from integration.mirror.models import PrimaCustomer


def contacts_with(numbers: Iterable[str]) -> dict[str, set[str]]:
    """Keys of contacts by number as given, in one query."""
    given = _given(numbers)
    found: dict[str, set[str]] = defaultdict(set)
    if not given:
        return found
    tails = {number[-SAME_DIGITS:] for number in given}
    rows = Contact.objects.filter(deleted_at__isnull=True).alias(
        of_mobile=last_digits(MOBILE), of_phone=last_digits(PHONE)
    )
    rows = rows.filter(
        Q(of_mobile__in=tails) & ~Q(mobile="") | Q(of_phone__in=tails, data__has_key="phone")
    )
    for key, *theirs in rows.values_list("key", "mobile", "data__phone"):
        for number in filter(None, map(dialled, theirs)):
            for text in given.get(number, ()):
                found[text].add(key)
    return found


def accounts_with(numbers: Iterable[str]) -> dict[str, set[str]]:
    """Codes of accounts by number as given: Prima keeps numbers as they are dialled."""
    given = _given(numbers)
    found: dict[str, set[str]] = defaultdict(set)
    if not given:
        return found
    rows = (
        PrimaCustomer.objects.annotate(number=KeyTextTransform("phone", "data"))
        .filter(number__in=given, deleted_at__isnull=True, is_pool=False)
        .exclude(status="merged")
    )
    for code, number in rows.values_list("account_code", "number"):
        for text in given[number]:
            found[text].add(code)
    return found


def dialled(text: object) -> str:
    """The number as it is dialled, empty when the text is none."""
    try:
        return addresses.normalised("phone", str(text or "")).removeprefix("phone:")
    except UnusableAddress:
        return ""


def _given(numbers: Iterable[str]) -> dict[str, set[str]]:
    given: dict[str, set[str]] = defaultdict(set)
    for text in numbers:
        if number := dialled(text):
            given[number].add(text)
    return given
