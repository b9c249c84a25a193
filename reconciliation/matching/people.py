"""What a person matches by hand or takes apart, with a reason, one at a time."""

from collections.abc import Collection
from datetime import date

from django.utils import timezone

from integration.accounts.models import User
from integration.accounts.roles import May
from integration.audit import trail
from integration.mirror.documents import PrimaDocument
from reconciliation import periods
from reconciliation.matching.desk import alone
from reconciliation.matching.rule import BY_HAND, CONTROL
from reconciliation.models import GatewayLine, Match, NearMatch
from reconciliation.refusals import PeriodLocked, Refused


def by_hand(
    lines: Collection[GatewayLine],
    documents: Collection[PrimaDocument],
    *,
    actor: User,
    reason: str,
) -> Match:
    """One match of all of these. What the sides differ by is kept as its difference.

    Raises Refused when somebody matched one of them meanwhile, when their currencies or companies
    differ, and PeriodLocked when the day lies in a period that is signed or locked.
    """
    _need(actor, reason)
    with alone():
        ours = list(
            GatewayLine.objects.filter(pk__in=[line.pk for line in lines])
            .select_for_update(no_key=True)
            .order_by("occurred_at", "gateway", "account", "line_id")
        )
        theirs = list(
            PrimaDocument.objects.filter(pk__in=[document.pk for document in documents])
            .select_for_update(no_key=True)
            .order_by("date", "number")
        )
        company, currency = _one_kind(ours, theirs)
        _still_open(ours, theirs)
        day = max([line.booked_on for line in ours] or [paper.date for paper in theirs])
        _takes_bookings(company, day)
        match = _stored(ours, theirs, Match(
            control=CONTROL,
            rule=BY_HAND,
            company=company,
            currency=currency,
            left_total=sum(line.gross for line in ours),
            right_total=worth(theirs),
            day=day,
            made_at=timezone.now(),
            made_by=actor,
            made_by_name=str(actor),
            reason=reason.strip(),
        ))  # fmt: skip
        NearMatch.objects.filter(line__in=ours).delete()
        trail.record(
            "match made by hand",
            actor=actor,
            target=match,
            lines=[line.line_id for line in ours],
            documents=[paper.number for paper in theirs],
            difference=match.difference,
            reason=match.reason,
        )
        return match


def undo(match: Match, *, actor: User, reason: str) -> Match:
    """Takes it apart; no rule puts the same lines and documents together again."""
    _need(actor, reason)
    with alone():
        kept = Match.objects.select_for_update().get(pk=match.pk)
        if kept.undone_at is not None:
            raise Refused(f"{kept.undone_by_name} has undone this match already.")
        _takes_bookings(kept.company, kept.day)
        undone = {
            "undone_at": timezone.now(),
            "undone_by": actor,
            "undone_by_name": str(actor),
            "undone_reason": reason.strip(),
        }
        Match.rows.filter(head=kept).update(**undone)
        Match.rows.filter(pk=kept.pk).update(**undone)
        kept.refresh_from_db()
        trail.record("match undone", actor=actor, target=kept, rule=kept.rule, reason=reason)
        return kept


def _need(actor: User, reason: str) -> None:
    if not actor.may(May.RECONCILE):
        raise Refused("Only finance matches by hand and undoes matches.")
    if not reason.strip():
        raise Refused("Say why; it is kept with the match.")


def _one_kind(lines: list[GatewayLine], documents: list[PrimaDocument]) -> tuple[str, str]:
    """The company and the currency that all of them share."""
    if not lines and not documents:
        raise Refused("Choose what belongs together first.")
    everything: list[GatewayLine | PrimaDocument] = [*lines, *documents]
    companies = {each.company for each in everything}
    currencies = sorted({each.currency for each in everything})
    if len(currencies) > 1:
        raise Refused(
            f"{' and '.join(currencies)} cannot be in one match. Choose one currency;"
            " what the exchange rate made of it is an adjustment."
        )
    if len(companies) > 1:
        raise Refused("These belong to different companies.")
    if gone := [paper.number for paper in documents if paper.deleted_at is not None]:
        raise Refused(f"Prima no longer has {', '.join(gone)}.")
    return companies.pop(), currencies[0]


def _still_open(lines: list[GatewayLine], documents: list[PrimaDocument]) -> None:
    active = Match.rows.filter(undone_at__isnull=True)
    taken = (
        active.filter(line__in=lines).select_related("line", "document").first()
        or active.filter(document__in=documents).select_related("line", "document").first()
    )
    if taken is None:
        return
    if taken.line is not None and taken.line in lines:
        name = f"Line {taken.line.line_id}"
    else:
        name = str(taken.document)
    raise Refused(f"{name} is matched already: {taken.made_by_name} was first. Look again.")


def _takes_bookings(company: str, day: date) -> None:
    shut = periods.shut_at(company, day)
    if shut is not None:
        raise PeriodLocked(f"{shut} is {shut.get_state_display().lower()}. Open it again first.")


def _stored(lines: list[GatewayLine], documents: list[PrimaDocument], head: Match) -> Match:
    head.difference = head.left_total - head.right_total
    head.line = lines[0] if lines else None
    head.document = documents[0] if documents else None
    head.save()
    tail = max(len(lines), len(documents))
    Match.rows.bulk_create(
        Match(
            head=head,
            line=lines[place] if place < len(lines) else None,
            document=documents[place] if place < len(documents) else None,
            left_total=0,
            right_total=0,
            **{name: getattr(head, name) for name in _SHARED},
        )
        for place in range(1, tail)
    )
    return head


_SHARED = (
    "control", "rule", "company", "currency", "day", "made_at", "made_by", "made_by_name", "reason",
)  # fmt: skip


def worth(documents: Collection[PrimaDocument]) -> int:
    """What they come to, in minor units: a receipt beside an invoice is a voucher, which pays.

    A receipt without one (a deposit, a payment by itself) is what the gateway took.
    """
    kinds = PrimaDocument.Kind
    pays = any(each.kind == kinds.INVOICE for each in documents)
    return sum(
        -abs(each.minor) if pays and each.kind == kinds.RECEIPT else each.minor
        for each in documents
    )
