"""`/api/v1/campaigns/preflight`: the same checks as on the page, and the same refusals."""

from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exceptions.preflight import comparison, running
from exceptions.preflight.api import shapes
from exceptions.preflight.models import Preflight, PreflightRun
from exceptions.problems import Refused
from exceptions.storable import text
from integration.accounts.gate import check, person
from integration.accounts.models import User
from integration.accounts.roles import May

_TAGS = ["campaigns"]
_REFUSALS = {403: shapes.RefusalShape, 404: shapes.RefusalShape, 409: shapes.RefusalShape}
_ASKED = [
    OpenApiParameter("run", int, description="The number of a check; the last one without it."),
    OpenApiParameter("check", str, description="Only the findings of one check."),
    OpenApiParameter("after", int, description="What the last page named."),
    OpenApiParameter("limit", int, description=f"How many; {shapes.MOST} at most, 100 else."),
]


class NewCheck(APIView):
    @extend_schema(
        operation_id="check_campaign",
        summary="Check a campaign before it is sent",
        description="It is checked in the background; nothing is sent and nothing is booked.",
        request=shapes.PlanShape,
        responses={202: shapes.BegunShape, **_REFUSALS},
        tags=_TAGS,
    )
    def post(self, request: Request) -> Response:
        user = person(request)
        check(user, May.CHECK_CAMPAIGNS)
        read = shapes.PlanShape(data=request.data)
        read.is_valid(raise_exception=True)
        with transaction.atomic():
            row = _written(dict(read.validated_data), user)
            run = running.begin(row, actor=user)
        return _begun(run)


class CheckAgain(APIView):
    @extend_schema(
        operation_id="check_campaign_again",
        summary="Check the campaign again",
        request=None,
        responses={202: shapes.BegunShape, **_REFUSALS},
        tags=_TAGS,
    )
    def post(self, request: Request, pk: int) -> Response:
        user = person(request)
        check(user, May.CHECK_CAMPAIGNS)
        try:
            return _begun(running.begin(get_object_or_404(Preflight, pk=pk), actor=user))
        except Refused as refused:
            return Response({"detail": refused.message}, status=409)


class Outcome(APIView):
    @extend_schema(
        operation_id="read_campaign_check",
        summary="How a check stands, and what it found",
        parameters=_ASKED,
        responses={200: shapes.RunShape, **_REFUSALS},
        tags=_TAGS,
    )
    def get(self, request: Request, pk: int) -> Response:
        user = person(request)
        check(user, May.VIEW_CAMPAIGNS)
        runs = PreflightRun.objects.filter(preflight=pk)
        number = _whole(request, "run", 0)
        run = get_object_or_404(runs.filter(number=number) if number else runs[:1])
        return Response(_told(request, run, user))


def _written(told: dict[str, Any], user: User) -> Preflight:
    promotions = [
        {**one, "value": "" if one["value"] is None else f"{one['value'].normalize():f}"}
        for one in told.pop("promotions")
    ]
    skus = list({one["sku"].upper(): dict(one) for one in told.pop("skus")}.values())
    return Preflight.objects.create(
        **told,
        skus=skus,
        promotions=promotions,
        created_by=user,
        created_by_name=text(str(user), 150),
    )


def _begun(run: PreflightRun) -> Response:
    url = reverse("api-preflight", args=[run.preflight_id], query={"run": run.number})
    return Response({"id": run.preflight_id, "run": run.number, "url": url}, status=202)


def _told(request: Request, run: PreflightRun, user: User) -> dict[str, Any]:
    earlier = comparison.before(run)
    limit = min(_whole(request, "limit", 100), shapes.MOST)
    found = run.findings.filter(pk__gt=_whole(request, "after", 0)).order_by("pk")
    if only := request.query_params.get("check", ""):
        found = found.filter(check_slug=only)
    rows = list(found[:limit])
    return {
        "id": run.preflight_id,
        "run": run.number,
        "state": run.state,
        "verdict": run.verdict,
        "message": run.message,
        "contacts": run.contacts,
        "compared_with": earlier.number if earlier else None,
        "checks": shapes.checks(run, comparison.changes(run, earlier) if earlier else None),
        "findings": [shapes.finding(row, user) for row in rows],
        "after": rows[-1].pk if len(rows) == limit else None,
    }


def _whole(request: Request, name: str, default: int) -> int:
    asked = request.query_params.get(name, "")
    is_number = asked.isascii() and asked.isdecimal() and 0 < len(asked) < 10
    return int(asked) if is_number else default
