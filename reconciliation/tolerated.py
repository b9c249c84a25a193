"""Whose the difference of a match is: swallowed by a tolerance, or booked by two people."""

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from reconciliation.models import Adjustment, Match

_MATCH = Cast(KeyTextTransform("match", "payload"), BigIntegerField())


def swallowing() -> QuerySet[Match]:
    """Matches in which a tolerance swallowed something; what two people booked with one is none."""
    booked = Adjustment.objects.filter(
        kind=Adjustment.Kind.MATCH, state=Adjustment.State.APPROVED, payload__has_key="match"
    )
    return Match.objects.exclude(difference=0).exclude(pk__in=booked.values_list(_MATCH))


def standing(approved: QuerySet[Adjustment]) -> QuerySet[Adjustment]:
    """Without what was booked with a match that somebody has undone since."""
    undone = Match.objects.filter(pk=OuterRef("made"), undone_at__isnull=False)
    return approved.alias(made=_MATCH).filter(~Q(kind=Adjustment.Kind.MATCH) | ~Exists(undone))
