"""What two people of finance did before the demo begins: proposals, decisions, a locked month."""

from datetime import date, timedelta

from integration.accounts.models import User
from reconciliation import adjustments, checklist, periods
from reconciliation.adjustments import Proposal
from reconciliation.models import Adjustment, Difference, Period
from reconciliation.refusals import Refused

Kind = Adjustment.Kind
AGREED = -500
"""Minor units: what customers of the demo's world took off their bills."""


def sign_off(period: Period, first: User, second: User) -> Period:
    """Reviewed, explained where a point is not green, signed by both, locked."""
    period = periods.begin_review(period, actor=first, version=period.version)
    for point in checklist.of(period):
        if not point.settled:
            period = periods.explain(
                period, point.slug, actor=first, version=period.version,
                words="Looked at; it belongs to the sales of the next month.",
            )  # fmt: skip
    for person in (first, second):
        period = periods.sign(period, actor=person, version=period.version)
    return periods.lock(period, actor=second, version=period.version)


def decide(proposer: User, decider: User, days: tuple[date, date], today: date) -> int:
    """Some proposals about differences of these days; the first is approved, one is refused.

    Answers how many wait for a decision.
    """
    made = [
        *_proposed("bank_amount", _write_off("The bank kept a penny; not worth a letter."),
                   proposer, days),
        *_proposed("price_changed", _write_off("The price rose after the order; we keep to it."),
                   proposer, days),
        *_proposed("amount_off", _write_off("The customer took this off; agreed by telephone."),
                   proposer, days, amount=AGREED),
        *_proposed("missing_at_bank", Proposal(
            Kind.TIMING, "Worldpay says it sends the money again next week.",
            until=today + timedelta(days=9)), proposer, days),
    ]  # fmt: skip
    if made:
        adjustments.approve(made[0], actor=decider, note="Agreed.")
    if len(made) > 2:
        adjustments.refuse(
            made[1], actor=decider, note="Operations credits it; then both sides agree."
        )
    return len(made) - min(len(made), 1) - (len(made) > 2)


def _write_off(reason: str) -> Proposal:
    return Proposal(Kind.WRITE_OFF, reason, ledger="7900")


def _proposed(
    category: str,
    proposal: Proposal,
    actor: User,
    days: tuple[date, date],
    *,
    amount: int | None = None,
) -> list[Adjustment]:
    first, last = days
    found = Difference.objects.filter(
        category=category, state=Difference.State.OPEN, day__gte=first, day__lte=last
    ).order_by("day", "id")
    if amount is not None:
        found = found.filter(amount=amount)
    made = []
    for difference in found:
        try:
            made.append(
                adjustments.propose(difference, proposal, actor=actor, version=difference.version)
            )
        except Refused:  # Above the limit: it stays open, for people to see.
            continue
    return made
