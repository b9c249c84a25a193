"""Reads about bookings of the bank, with the payouts that each is."""

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from reconciliation.models import BankLine, BankMatch

BELONGS = [
    ("payout", "A payout"),
    ("in", "No payout, money in"),
    ("out", "No payout, money out"),
]


def listed() -> QuerySet[BankLine]:
    """Newest first, with whether each is a payout, its payouts as `paid`, and its file."""
    paid = BankMatch.objects.select_related("payout").order_by("id")
    return (
        BankLine.objects.annotate(
            is_payout=Exists(BankMatch.objects.filter(bank_line=OuterRef("pk")))
        )
        .select_related("file")
        .prefetch_related(Prefetch("payout_matches", paid, to_attr="paid"))
    )


def belonging(found: QuerySet[BankLine], where: str) -> QuerySet[BankLine]:
    """`found` is `listed`, narrowed to one of `BELONGS`."""
    conditions = {
        "payout": Q(is_payout=True),
        "in": Q(is_payout=False, amount__gt=0),
        "out": Q(is_payout=False, amount__lt=0),
    }
    return found.filter(conditions[where])


def payouts_of(booking: BankLine) -> list[BankMatch]:
    """Of a booking of `listed`: the bank may book several payouts in one sum."""
    paid: list[BankMatch] = getattr(booking, "paid", [])
    return paid
