"""How the flows do, for pages: read in a handful of queries, told in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.utils import timezone

from connectors.sync.context import why_not_now
from connectors.sync.flow import Flow, flows, setting_of
from connectors.sync.models import Connection, FlowSetting, OrderEvent, SyncItem, SyncRun
from connectors.sync.order_events.noting import FLOW as EVENTS

Tone = Literal["good", "warning", "bad", "off"]
_DONE_WELL = [SyncRun.Status.SUCCEEDED, SyncRun.Status.PARTLY]
_WAITING = Q(state=SyncItem.State.WAITING)


@dataclass(frozen=True, slots=True)
class FlowHealth:
    """One flow. `failing_since` is the first failure since the last success."""

    flow: Flow
    setting: FlowSetting
    tone: Tone
    message: str
    last_run: SyncRun | None
    last_success_at: datetime | None
    failing_since: datetime | None
    is_silent: bool
    waiting: int
    oldest_waiting_at: datetime | None
    held: int
    rests_until: datetime | None


@dataclass(frozen=True, slots=True)
class _Facts:
    last_run: SyncRun | None
    succeeded_at: datetime | None
    failing_since: datetime | None
    waiting: int
    oldest: datetime | None
    held: int


def health(now: datetime | None = None) -> list[FlowHealth]:
    """Every flow, in six queries."""
    now = now or timezone.now()
    connections = {row.system: row for row in Connection.objects.all()}
    settings = {row.flow: row for row in FlowSetting.objects.all()}
    last = {run.pk: run for run in _last_runs()}
    by_flow = {run.flow: run for run in last.values()}
    succeeded = dict(
        SyncRun.objects.filter(status__in=_DONE_WELL)
        .values_list("flow")
        .annotate(at=Max("finished_at"))
    )
    failing = _failing_since()
    backlog = _backlog()
    found = []
    for slug, flow in flows().items():
        waiting, oldest, held = backlog.get(slug, (0, None, 0))
        facts = _Facts(
            by_flow.get(slug), succeeded.get(slug), failing.get(slug), waiting, oldest, held
        )
        found.append(_health(flow, settings.get(slug) or setting_of(flow), facts, connections, now))
    return found


def _last_runs() -> list[SyncRun]:
    """One look into the index for each flow: there is half a million of runs."""
    newest = [
        SyncRun.objects.filter(flow=slug).order_by("-started_at", "-pk").values("pk")[:1]
        for slug in flows()
    ]
    first, *others = newest
    pks = first.union(*others, all=True)
    return list(SyncRun.objects.filter(pk__in=pks).defer("traceback"))


def _failing_since() -> dict[str, datetime]:
    """For flows whose last word was a failure: when that began."""
    success = (
        SyncRun.objects.filter(flow=OuterRef("flow"), status__in=_DONE_WELL)
        .order_by("-started_at")
        .values("started_at")[:1]
    )
    rows = (
        SyncRun.objects.filter(status=SyncRun.Status.FAILED)
        .annotate(good_at=Subquery(success))
        .filter(Q(good_at__isnull=True) | Q(started_at__gt=Subquery(success)))
        .values_list("flow")
        .annotate(since=Min("started_at"))
    )
    return dict(rows)


def _backlog() -> dict[str, tuple[int, datetime | None, int]]:
    """Items by flow, and order events, which are rows of their own."""
    items = _counted(SyncItem.objects.all(), F("flow"), "created_at")
    events = _counted(OrderEvent.objects.all(), Value(EVENTS), "noted_at")
    rows = items.union(events, all=True)
    return {flow: (waiting, oldest, held) for flow, waiting, oldest, held in rows}


def _counted(rows: QuerySet[Any], flow: Any, since: str) -> Any:
    return (
        rows.filter(state__in=[SyncItem.State.WAITING, SyncItem.State.HELD])
        .order_by()
        .annotate(by=flow)
        .values_list("by")
        .annotate(
            waiting=Count("pk", filter=_WAITING),
            oldest=Min(since, filter=_WAITING),
            held=Count("pk", filter=~_WAITING),
        )
    )


def _health(
    flow: Flow,
    setting: FlowSetting,
    facts: _Facts,
    connections: Mapping[str, Any],
    now: datetime,
) -> FlowHealth:
    silence = timedelta(minutes=setting.silent_after_minutes)
    is_silent = facts.last_run is None or (facts.succeeded_at or now - silence) <= now - silence
    rests_until = _rests_until(flow, connections, now)
    tone, message = _words(flow, setting, facts, is_silent=is_silent, rests_until=rests_until)
    trouble = _connection_trouble(flow, connections)
    if trouble and tone != "off":
        tone, message = "bad", trouble
    return FlowHealth(
        flow=flow,
        setting=setting,
        tone=tone,
        message=message,
        last_run=facts.last_run,
        last_success_at=facts.succeeded_at,
        failing_since=facts.failing_since,
        is_silent=is_silent and tone != "off",
        waiting=facts.waiting,
        oldest_waiting_at=facts.oldest,
        held=facts.held,
        rests_until=rests_until,
    )


def _words(
    flow: Flow,
    setting: FlowSetting,
    facts: _Facts,
    *,
    is_silent: bool,
    rests_until: datetime | None,
) -> tuple[Tone, str]:
    rest = why_not_now(setting, by_hand=False)
    if rest:
        return "off", rest
    if rests_until is not None:
        return "bad", "The other system failed several times and is given a rest."
    if facts.failing_since is not None and facts.last_run is not None:
        return "bad", facts.last_run.message or "It fails; see its last run."
    if facts.last_run is None:
        return "warning", "It has not run yet."
    if is_silent:
        return "bad", f"No success for more than {setting.silent_after_minutes} minutes."
    if facts.waiting:
        return "good", f"{facts.waiting:,} waiting for the next run."
    return "good", "Up to date."


def _rests_until(flow: Flow, connections: Mapping[str, Any], now: datetime) -> datetime | None:
    ends = [
        connections[system].open_until
        for system in flow.systems
        if system in connections and connections[system].open_until
    ]
    return max((end for end in ends if end > now), default=None)


def _connection_trouble(flow: Flow, connections: Mapping[str, Any]) -> str:
    for system in flow.systems:
        name = Connection.System(system).label
        if system not in connections:
            return f"There is no connection to {name} yet. Add it in admin."
        if not connections[system].enabled:
            return f"The connection to {name} is switched off in admin."
    return ""
