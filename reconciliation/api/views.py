"""`/api/v1/reconciliation/…`: the same functions as the pages, and the same refusals."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from integration.accounts.gate import check, person
from integration.accounts.models import User
from integration.accounts.roles import May
from reconciliation import adjustments, by_hand
from reconciliation.adjustments import Proposal
from reconciliation.api import shapes
from reconciliation.by_hand import Chosen
from reconciliation.filters.adjustments import AdjustmentFilter
from reconciliation.filters.differences import DifferenceFilter
from reconciliation.limits import Limits
from reconciliation.models import Adjustment, Difference, Match
from reconciliation.refusals import NotYours, PeriodLocked, Refused, Stale

_REFUSALS = {
    403: shapes.ReconciliationRefusal,
    404: shapes.ReconciliationRefusal,
    409: shapes.ReconciliationRefusal,
    422: shapes.ReconciliationRefusal,
}
_TAGS = ["reconciliation"]


def _asked(name: str, words: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, description=words)


_NEXT = [
    OpenApiParameter("after", int, description="What the last page named."),
    OpenApiParameter("limit", int, description=f"How many; {shapes.MOST} at most, 100 else."),
]
_DIFFERENCES = [
    _asked("q", "Part of the key, title or campaign."),
    _asked("control", "One control."),
    _asked("category", "One category."),
    _asked("state", "One state, or “all”; without it, what is not closed."),
    _asked("currency", "As in GBP."),
    _asked("gateway", "One gateway; “-” for none."),
    _asked("period", "A month, as in 2026-10."),
]


class Desk(APIView):
    """Refuses in words: 403 not this person, 409 changed or locked meanwhile, 422 not so."""

    needs: ClassVar[dict[str, May]]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in self.needs:
            check(self.person, self.needs[request.method])

    @property
    def person(self) -> User:
        return person(self.request)

    def handle_exception(self, exc: Exception) -> Response:
        if not isinstance(exc, Refused):
            return super().handle_exception(exc)
        status = 422
        if isinstance(exc, NotYours):
            status = 403
        elif isinstance(exc, Stale | PeriodLocked):
            status = 409
        return Response({"detail": exc.message}, status=status)

    def given(self, shape: type[serializers.BaseSerializer]) -> dict[str, Any]:
        """The body as the shape reads it; what it does not take is answered with 400."""
        read = shape(data=self.request.data)
        read.is_valid(raise_exception=True)
        return dict(read.validated_data)


class Differences(Desk):
    needs: ClassVar = {"GET": May.VIEW_RECONCILIATION}

    @extend_schema(
        operation_id="list_differences",
        summary="Differences, newest first",
        parameters=[*_DIFFERENCES, *_NEXT],
        responses={200: shapes.DifferencePage, 403: shapes.ReconciliationRefusal},
        tags=_TAGS,
    )
    def get(self, request: Request) -> Response:
        found = DifferenceFilter(request.query_params, Difference.objects.all()).qs
        rows, after = _page(request, found)
        told = [shapes.difference(row, self.person) for row in rows]
        return Response({"differences": told, "after": after})


class OneDifference(Desk):
    needs: ClassVar = {"GET": May.VIEW_RECONCILIATION}

    @extend_schema(
        operation_id="read_difference",
        summary="One difference",
        responses={200: shapes.DifferenceShape, **_REFUSALS},
        tags=_TAGS,
    )
    def get(self, request: Request, pk: int) -> Response:
        row = get_object_or_404(Difference, pk=pk)
        return Response(shapes.difference(row, self.person))


class Proposals(Desk):
    needs: ClassVar = {"POST": May.RECONCILE}

    @extend_schema(
        operation_id="propose",
        summary="Propose an adjustment; a second person decides",
        request=shapes.ProposalShape,
        responses={201: shapes.AdjustmentShape, **_REFUSALS},
        tags=_TAGS,
    )
    def post(self, request: Request, pk: int) -> Response:
        difference, given = get_object_or_404(Difference, pk=pk), self.given(shapes.ProposalShape)
        proposal = Proposal(
            Adjustment.Kind(given["kind"]),
            given["reason"],
            ledger=given["ledger"],
            until=given["until"],
        )
        made = adjustments.propose(
            difference, proposal, actor=self.person, version=given["version"]
        )
        return Response(shapes.adjustment(made, self.person, Limits.now()), status=201)


class Matches(Desk):
    needs: ClassVar = {"POST": May.RECONCILE}

    @extend_schema(
        operation_id="match_by_hand",
        summary="Match lines and documents; proposed when the sides differ",
        request=shapes.MatchShape,
        responses={201: shapes.MatchedShape, **_REFUSALS},
        tags=_TAGS,
    )
    def post(self, request: Request) -> Response:
        given = self.given(shapes.MatchShape)
        made = by_hand.put_together(
            Chosen.of(given["lines"], given["documents"]), actor=self.person, reason=given["reason"]
        )
        if isinstance(made, Match):
            return Response({"match": made.pk, "adjustment": None}, status=201)
        told = shapes.adjustment(made, self.person, Limits.now())
        return Response({"match": None, "adjustment": told}, status=201)


class Adjustments(Desk):
    needs: ClassVar = {"GET": May.VIEW_RECONCILIATION}

    @extend_schema(
        operation_id="list_adjustments",
        summary="Proposals and what was decided, newest first",
        parameters=[_asked("state", "One state, or “all”; else what waits."), *_NEXT],
        responses={200: shapes.AdjustmentPage, 403: shapes.ReconciliationRefusal},
        tags=_TAGS,
    )
    def get(self, request: Request) -> Response:
        found = AdjustmentFilter(request.query_params, Adjustment.objects.all()).qs
        rows, after = _page(request, found)
        limits = Limits.now()
        told = [shapes.adjustment(row, self.person, limits) for row in rows]
        return Response({"adjustments": told, "after": after})


class Decision(Desk):
    """Approve, refuse or withdraw one; `step` comes with the address."""

    needs: ClassVar = {"POST": May.DECIDE_APPROVALS}
    step: ClassVar[Any] = None

    @extend_schema(
        summary="Decide one proposal",
        description="A proposer may only withdraw. The database refuses a proposer's own decision.",
        request=shapes.NoteShape,
        responses={200: shapes.AdjustmentShape, **_REFUSALS},
        tags=_TAGS,
    )
    def post(self, request: Request, pk: int) -> Response:
        row, given = get_object_or_404(Adjustment, pk=pk), self.given(shapes.NoteShape)
        made = type(self).step(row, actor=self.person, note=given["note"])
        return Response(shapes.adjustment(made, self.person, Limits.now()))


class Approve(Decision):
    step: ClassVar = staticmethod(adjustments.approve)


class Refuse(Decision):
    step: ClassVar = staticmethod(adjustments.refuse)


class Withdraw(Decision):
    step: ClassVar = staticmethod(adjustments.withdraw)


class Decisions(Desk):
    needs: ClassVar = {"POST": May.DECIDE_APPROVALS}

    @extend_schema(
        operation_id="decide_many",
        summary="Decide many proposals, each on its own",
        request=shapes.DecisionsShape,
        responses={200: shapes.DecidedShape, **_REFUSALS},
        tags=_TAGS,
    )
    def post(self, request: Request) -> Response:
        given = self.given(shapes.DecisionsShape)
        found = list(Adjustment.objects.filter(pk__in=given["ids"]))
        approving = given["decision"] == "approve"
        many = adjustments.approve_many if approving else adjustments.refuse_many
        left = many(found, actor=self.person, note=given["note"])
        kept = {row.pk for row, _ in left}
        return Response(
            {
                "decided": [row.pk for row in found if row.pk not in kept],
                "left": [{"id": row.pk, "why": why} for row, why in left],
            }
        )


def _page(request: Request, found: QuerySet[Any]) -> tuple[list[Any], int | None]:
    """By falling id from `after` on, and where the next page begins."""
    after, limit = (request.query_params.get(name, "") for name in ("after", "limit"))
    size = min(int(limit), shapes.MOST) if limit.isascii() and limit.isdecimal() else 100
    if after.isascii() and after.isdecimal():
        found = found.filter(pk__lt=min(int(after), 2**63 - 1))
    rows = list(found.order_by("-pk")[: max(size, 1) + 1])
    more = len(rows) > max(size, 1)
    rows = rows[: max(size, 1)]
    return rows, rows[-1].pk if more else None
