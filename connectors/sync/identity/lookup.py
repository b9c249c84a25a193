"""Finds in the mirror who shares an identifier with some contacts, by the indexes it has."""

from collections.abc import Iterable, Sequence

from django.db.models import Count, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Upper

from connectors.sync.identity.traits import Traits
from integration.mirror.models import Contact, PrimaCustomer

MOST_OF_ONE = 50
"""Accounts that share a mailbox with more than this are never anybody's in particular."""


def accounts() -> QuerySet[PrimaCustomer]:
    """All that Prima still has, ready for `sharing`."""
    return PrimaCustomer.objects.filter(deleted_at__isnull=True).annotate(
        upper_email=Upper("email"), dialled=KeyTextTransform("phone", "data")
    )


def sharing(whos: Sequence[Traits]) -> Q:
    """Accounts with the e-mail address, tax number, mobile, key or code of one of these."""
    keys = {who.key for who in whos} - {""}
    emails = {who.email.upper() for who in whos} - {""}
    numbers = {form for who in whos for form in _written(who.vat)}
    mobiles = {who.mobile for who in whos} - {""}
    codes = {who.account for who in whos} - {""}
    condition = Q(contact_key__in=keys) & ~Q(contact_key="")
    if emails:
        condition |= Q(upper_email__in=emails) & ~Q(email="")
    if numbers:
        condition |= Q(vat_number__in=numbers) & ~Q(vat_number="")
    if mobiles:
        condition |= Q(dialled__in=mobiles)
    if codes:
        condition |= Q(account_code__in=codes)
    return condition


def shared_emails(emails: Iterable[str]) -> frozenset[str]:
    """Those of the addresses (small letters) that more than one contact has."""
    wanted = {one.upper() for one in emails if one}
    rows = (
        Contact.objects.filter(deleted_at__isnull=True)
        .exclude(email="")
        .annotate(upper=Upper("email"))
        .filter(upper__in=wanted)
        .values("upper")
        .annotate(many=Count("key"))
        .filter(many__gt=1)
        .order_by()
        .values_list("upper", flat=True)
    )
    return frozenset(one.casefold() for one in rows)


def _written(vat: str) -> tuple[str, ...]:
    """The ways a valid number may stand at an account: with its prefix, without, Northern Irish."""
    if not vat:
        return ()
    return (vat, vat[2:], f"XI{vat[2:]}") if vat.startswith("GB") else (vat, vat[2:])
