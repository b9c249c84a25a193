"""What a person puts together: done at once when both sides agree, else put before a second one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from integration.accounts.models import User
from integration.mirror.models import PrimaDocument
from reconciliation import adjustments, counterparts, match
from reconciliation.adjustments import Proposal, Sum
from reconciliation.control import controls
from reconciliation.models import Adjustment, Difference, GatewayLine, Match, Tolerance
from reconciliation.refusals import Refused
from reconciliation.running import look_again


@dataclass(frozen=True, slots=True)
class Chosen:
    """The lines and documents a person ticked."""

    lines: Sequence[GatewayLine]
    documents: Sequence[PrimaDocument]

    @classmethod
    def of(cls, lines: Sequence[int], documents: Sequence[int]) -> "Chosen":
        return cls(
            list(GatewayLine.objects.filter(pk__in=lines)),
            list(PrimaDocument.objects.filter(pk__in=documents)),
        )

    @property
    def everything(self) -> list[GatewayLine | PrimaDocument]:
        return [*self.lines, *self.documents]

    @property
    def gap(self) -> int:
        """Lines minus documents, in minor units."""
        return sum(line.gross for line in self.lines) - match.worth(self.documents)


def put_together(
    chosen: Chosen, *, actor: User, reason: str, difference: Difference | None = None
) -> Match | Adjustment:
    """A match when the sums agree within the tolerance; otherwise a proposal. Raises Refused."""
    if not chosen.everything or _agrees(chosen):
        made = match.by_hand(chosen.lines, chosen.documents, actor=actor, reason=reason)
        look_again(controls()[match.CONTROL], counterparts.keys_of(made))
        return made
    if len({(one.company, one.currency) for one in chosen.everything}) > 1:
        raise Refused(
            "Choose one company and one currency; what the exchange rate made of it is an"
            " adjustment."
        )
    proposal = Proposal(
        kind=Adjustment.Kind.MATCH,
        reason=reason,
        payload={
            "lines": [line.pk for line in chosen.lines],
            "documents": [paper.pk for paper in chosen.documents],
            "words": _words(chosen),
        },
    )
    first = chosen.everything[0]
    about = Sum(chosen.gap, first.currency, first.company, _day(chosen))
    if difference is None:
        difference = _difference_of(chosen)
    if difference is None:
        _refuse_adjusted(chosen)
    return adjustments.propose_match(proposal, about, difference=difference, actor=actor)


def undo(made: Match, *, actor: User, reason: str) -> None:
    """What was in it is open again, so nothing is hidden and one person may do it."""
    match.undo(made, actor=actor, reason=reason)
    look_again(controls()[match.CONTROL], counterparts.keys_of(made))


def _agrees(chosen: Chosen) -> bool:
    """To the penny, or within what the control may swallow in this currency."""
    if chosen.gap == 0:
        return True
    currency = chosen.everything[0].currency
    rows = Tolerance.objects.filter(control=match.CONTROL, currency__in=[currency, "*"])
    found = {row.currency: row for row in rows}
    allowed = found.get(currency, found.get("*"))
    if allowed is None or abs(chosen.gap) > allowed.absolute:
        return False
    base = abs(sum(line.gross for line in chosen.lines) - chosen.gap)
    return not allowed.relative or abs(chosen.gap) * 100 <= allowed.relative * base


def _day(chosen: Chosen) -> date:
    return max([line.booked_on for line in chosen.lines] or [one.date for one in chosen.documents])


def _difference_of(chosen: Chosen) -> Difference | None:
    return _told_of(chosen).filter(closed_at__isnull=True).first()


def _refuse_adjusted(chosen: Chosen) -> None:
    """Raises Refused for what was adjusted: the same amount would be booked a second time."""
    if adjusted := _told_of(chosen).filter(state=Difference.State.ADJUSTED).first():
        raise Refused(f"“{adjusted.title}” was adjusted already: {adjusted.closed_by}.")


def _told_of(chosen: Chosen) -> QuerySet[Difference]:
    keys = [counterparts.key_of_line(line) for line in chosen.lines]
    keys += [f"document|{paper.prima_id}" for paper in chosen.documents]
    return Difference.objects.filter(control=match.CONTROL, key__in=keys)


def _words(chosen: Chosen) -> str:
    lines = ", ".join(line.line_id for line in chosen.lines[:5])
    papers = ", ".join(str(paper) for paper in chosen.documents[:5])
    return f"{lines or 'nothing'} with {papers or 'nothing'}"
