"""Reads about payouts: the list, one payout's steps from gross to bank, and its lines."""

from dataclasses import dataclass

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Concat

from integration.core.money import from_minor
from integration.records.payout import LineKind
from reconciliation.matching.rule import CONTROL
from reconciliation.models import BankMatch, Difference, GatewayLine, Match, Payout

PAID = LineKind.PAYOUT.value
PAGE = 50
KEY = Concat("gateway", Value("|"), "account", Value("|"), "line_id")
"""How the control of payouts calls a line."""
# What a document or an account of the ledger has to answer.
MATCHABLE = tuple(kind.value for kind in LineKind if not kind.only_moves)
WORDS = {
    LineKind.CHARGE: "Sales",
    LineKind.REFUND: "Refunds",
    LineKind.CHARGEBACK: "Chargebacks",
    LineKind.CHARGEBACK_REVERSAL: "Chargebacks returned",
    LineKind.ADJUSTMENT: "Adjustments",
    LineKind.RESERVE: "Held in reserve",
    LineKind.RESERVE_RELEASE: "Released from reserve",
    LineKind.TRANSFER: "Transfers",
    LineKind.CONVERSION: "Currency conversion",
    LineKind.OTHER: "Other movements",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One bar: what is added or taken, or with `is_total` what it comes to. Minor units."""

    label: str
    amount: int
    count: int | None = None
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """Two figures that should be the same, and what lies between them. Minor units."""

    label: str
    difference: int
    words: str


def matched_lines() -> QuerySet[Match]:
    """For `Exists`: the line of the outer query is in a match that was not undone."""
    return Match.rows.filter(line=OuterRef("pk"), undone_at__isnull=True)


def adjusted() -> Q:
    """For lines with their `key`: two people adjusted what differed, and it does not differ anew."""
    told = Difference.objects.filter(control=CONTROL).order_by()
    done = told.filter(state=Difference.State.ADJUSTED).values("key")
    return Q(key__in=done) & ~Q(key__in=told.filter(closed_at__isnull=True).values("key"))


def open_lines() -> QuerySet[GatewayLine]:
    """Those that a document or an account still has to answer, with the `key` of their differences."""
    lines = GatewayLine.objects.filter(kind__in=MATCHABLE).alias(key=KEY)
    return lines.filter(~Exists(matched_lines().order_by()), ~adjusted())


def listed() -> QuerySet[Payout]:
    """Payouts with whether any line is open, any is matched, and the bank has it."""
    lines = GatewayLine.objects.filter(payout=OuterRef("pk"), kind__in=MATCHABLE)
    return Payout.objects.annotate(
        has_open=Exists(open_lines().filter(payout=OuterRef("pk"))),
        has_matched=Exists(lines.filter(Exists(matched_lines()))),
        at_bank=Exists(BankMatch.objects.filter(payout=OuterRef("pk"))),
    )


def by_state(found: QuerySet[Payout], state: str) -> QuerySet[Payout]:
    """`found` is `listed`, narrowed to one of `state_of`'s words or what the bank says."""
    conditions = {
        "matched": Q(has_open=False, has_matched=True),
        "partly": Q(has_open=True, has_matched=True),
        "open": Q(has_open=True, has_matched=False),
        "empty": Q(has_open=False, has_matched=False),
        "not_at_bank": Q(at_bank=False) & ~Q(arriving=0),
        "differs": Q(stated__isnull=False) & ~Q(stated=F("computed")) & Q(line_count__gt=0),
    }
    return found.alias(arriving=Coalesce("stated", "computed")).filter(conditions[state])


def at_bank(payout: Payout) -> tuple[str, str]:
    """Tone and words for whether a payout of `listed` arrived."""
    if getattr(payout, "at_bank", False):
        return "done", "Arrived"
    return ("waiting", "Not seen yet") if payout.due else ("paused", "Nothing to arrive")


def state_of(payout: Payout) -> tuple[str, str]:
    """Tone and words for a payout of `listed`."""
    has_open, has_matched = (
        getattr(payout, "has_open", False),
        getattr(payout, "has_matched", False),
    )
    if has_open:
        return ("partly", "Partly matched") if has_matched else ("open", "Open")
    if has_matched:
        return "done", "Matched"
    return "paused", "Nothing to match" if payout.line_count else "Without lines"


def listed_lines() -> QuerySet[GatewayLine]:
    """Lines with whether each is matched, newest import first; a payout's own line is left out."""
    return (
        GatewayLine.objects.exclude(kind=PAID)
        .select_related("payout")
        .annotate(is_matched=Exists(matched_lines().order_by()))
        .alias(key=KEY)
        .annotate(is_adjusted=ExpressionWrapper(adjusted(), BooleanField()))
        .order_by("-id")
    )


def lines_of(payout: Payout) -> QuerySet[GatewayLine]:
    """In the order of the file, with whether each is matched and by which rule's match."""
    match = matched_lines().order_by()
    return (
        GatewayLine.objects.filter(payout=payout)
        .annotate(is_matched=Exists(match))
        .alias(key=KEY)
        .annotate(is_adjusted=ExpressionWrapper(adjusted(), BooleanField()))
        .order_by("row", "id")
    )


def open_lines_of(payout: Payout) -> QuerySet[GatewayLine]:
    return lines_of(payout).filter(pk__in=open_lines().filter(payout=payout).values("pk"))


def page_of(
    lines: QuerySet[GatewayLine], after: tuple[int, int] | None
) -> tuple[list[GatewayLine], str]:
    """A page of lines behind a row, and the key of the next page; empty when there is none."""
    if after is not None:
        row, pk = after
        lines = lines.filter(Q(row__gt=row) | Q(row=row, id__gt=pk))
    found = list(lines[: PAGE + 1])
    more = len(found) > PAGE
    found = found[:PAGE]
    return found, f"{found[-1].row}-{found[-1].pk}" if more else ""


def steps_of(payout: Payout, bank: BankMatch | None) -> list[Step]:
    """From gross through what was taken off to what was paid. The steps add up to the last."""
    sums = {
        row["kind"]: row
        for row in GatewayLine.objects.filter(payout=payout)
        .exclude(kind=PAID)
        .values("kind")
        .order_by()
        .annotate(Count("id"), Sum("gross"), Sum("fee"), Sum("fee_tax"), Sum("net"))
    }
    steps = [
        Step(words, int(sums[kind]["gross__sum"]), int(sums[kind]["id__count"]))
        for kind, words in WORDS.items()
        if kind in sums
    ]
    own = sums.get(LineKind.FEE)
    tax = sum(int(row["fee_tax__sum"]) for row in sums.values())
    fees = -sum(int(row["fee__sum"]) for row in sums.values()) + tax
    fees += int(own["gross__sum"]) if own else 0
    if fees:
        steps.append(Step("Fees", fees))
    if tax:
        steps.append(Step("VAT on fees", -tax))
    net = sum(step.amount for step in steps)
    if sums:
        steps.append(Step("Net of the lines", net, is_total=True))
    elif payout.stated is not None:
        net = payout.stated
    if payout.stated is not None:
        steps += _to("Paid out", net, payout.stated)
    if bank is not None:
        due = net if payout.stated is None else payout.stated
        steps += _to("At the bank", due, arrived(payout, bank))
    return steps


def _to(label: str, before: int, after: int) -> list[Step]:
    """A total, and before it what lies between it and the last one, if anything does."""
    gap = [Step("Unexplained", after - before)] if after != before else []
    return [*gap, Step(label, after, is_total=True)]


def bank_of(payout: Payout) -> BankMatch | None:
    found = BankMatch.objects.filter(payout=payout).select_related("bank_line__file")
    return found.first()


def beside(bank: BankMatch) -> list[Payout]:
    """The other payouts that the bank booked in the same sum."""
    same = Payout.objects.filter(bank_match__bank_line=bank.bank_line_id)
    return list(same.exclude(pk=bank.payout_id)[:PAGE])


def arrived(payout: Payout, bank: BankMatch) -> int:
    """The bank may book several payouts in one sum: this one's part is it less what is lacking."""
    return payout.due - bank.difference


def gaps_of(payout: Payout, bank: BankMatch | None) -> list[Gap]:
    """What is not explained, to the penny, from the lines to the bank."""
    gaps = []
    if payout.stated is not None and payout.line_count:
        gaps.append(
            Gap(
                "Lines and payout",
                payout.stated - payout.computed,
                "What was paid less what the lines come to.",
            )
        )
    if bank is not None:
        gaps.append(
            Gap("Payout and bank", -bank.difference, "What arrived less what was paid out.")
        )
    if not payout.line_count:
        return gaps
    open_lines = open_lines_of(payout)
    told = open_lines.order_by().aggregate(count=Count("id"), net=Sum("net"))
    count = told["count"]
    words = "Every line is matched or adjusted."
    if count:
        words = f"{count:,} line{' is' if count == 1 else 's are'} neither matched nor adjusted."
    gaps.append(Gap("Lines and invoices", told["net"] or 0, words))
    return gaps


def major(minor: int | None, currency: str) -> str:
    """For pages and exports: minor units as an amount."""
    return "" if minor is None else str(from_minor(minor, currency))
