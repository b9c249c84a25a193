"""Remembered decisions that two keys are not the same customer."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from integration.accounts.models import User
from integration.audit import trail
from integration.identity.models import CustomerLink, Distinction

Key = tuple[str, str]
"""A system and the key there."""


def written(key: Key) -> str:
    """ "sfmc:CK-1": the key as decisions are kept, whatever its case."""
    system, value = key
    return f"{system}:{value.strip().upper()}"


def pair(one: Key, other: Key) -> tuple[str, str]:
    """Both keys as written, the smaller first: from whichever side it is asked."""
    first, second = sorted((written(one), written(other)))
    return first, second


def tell_apart(one: Key, other: Key, *, actor: User, reason: str) -> Distinction:
    """Remembers that these are two customers. Saying it again changes nothing."""
    first, second = pair(one, other)
    kept, made = Distinction.objects.get_or_create(
        one=first,
        other=second,
        withdrawn_at=None,
        defaults={
            "reason": reason[:250],
            "decided_by": str(actor)[:150],
            "decided_at": timezone.now(),
        },
    )
    if made:
        trail.record("not the same customer", actor=actor, target=kept, reason=reason)
    return kept


def take_back(kept: Distinction, *, actor: User) -> None:
    """The two may be suggested and linked again."""
    kept.withdrawn_by, kept.withdrawn_at = str(actor)[:150], timezone.now()
    kept.save(update_fields=["withdrawn_by", "withdrawn_at"])
    trail.record("not the same customer: taken back", actor=actor, target=kept)


def are_apart(one: Iterable[Key], other: Iterable[Key]) -> Distinction | None:
    """A decision that keeps any of these keys apart from any of those."""
    left, right = [written(key) for key in one], [written(key) for key in other]
    return Distinction.objects.filter(
        Q(one__in=left, other__in=right) | Q(one__in=right, other__in=left),
        withdrawn_at__isnull=True,
    ).first()


def accounts_apart(contact_keys: Iterable[str]) -> frozenset[tuple[str, str]]:
    """(contact key, account code) in upper case that were told apart, for these contacts."""
    sfmc, prima = CustomerLink.System.SFMC, CustomerLink.System.PRIMA
    contacts = [written((sfmc, key)) for key in contact_keys if key]
    rows = Distinction.objects.filter(
        other__in=contacts, one__startswith=f"{prima}:", withdrawn_at__isnull=True
    ).values_list("one", "other")
    return frozenset(
        (other.removeprefix(f"{sfmc}:"), one.removeprefix(f"{prima}:")) for one, other in rows
    )
