"""The desk of a story: a running world, what the background does, and what people do on the pages."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import OrmQ

from connectors.sandbox.running import RunningSandbox, running
from connectors.sandbox.worlds.world import Plan, build
from connectors.sandbox.worlds.wrongs.wrong import Wrong
from connectors.sfmc.rows import RowWrite
from connectors.sync import connections, runner
from connectors.sync.models import SyncItem
from exceptions.action import Preview
from exceptions.models import ExceptionCase, Occurrence
from integration.mirror.models import CampaignOrder, PrimaOrder
from tests.connectors.sync.desk import booked_in_prima, connect, hurry, map_as

FLOWS = ("prima_reference", "campaign_orders", "orders_to_prima")
World = dict[str, Any]


def world(*wrongs: Wrong, right: int = 8, wrong: int = 2, seed: int = 7) -> World:
    """A small shop: so many right orders, and so many with one of these things wrong."""
    plan = Plan(
        name="story",
        description="A small shop with one trouble.",
        seed=seed,
        orders=right + wrong,
        customers=40,
        items=60,
        wrong_share=wrong / (right + wrong),
        wrongs=wrongs,
    )
    return build(plan)


@contextmanager
def desk(scenario: World) -> Iterator[RunningSandbox]:
    """A desk connected to this world, with its mappings, before the first sync."""
    with running(scenario) as sandbox:
        connect(sandbox)
        map_as(scenario)
        yield sandbox


def sync(*flows: str) -> None:
    """One round of the flows, all three that move orders when none is named."""
    for flow in flows or FLOWS:
        assert runner.run(flow) is not None


def until_settled(most: int = 12) -> None:
    """Time passes and the orders are tried again, until none waits any more."""
    for _ in range(most):
        if not SyncItem.objects.filter(state__in=["waiting", "working", "sending"]).exists():
            return
        hurry()
        sync("orders_to_prima")
    raise AssertionError("Orders still wait.")


def cluster() -> int:
    """Works off the queue of background tasks, as the cluster does; answers how many there were."""
    done = 0
    while queued := OrmQ.objects.order_by("pk").first():
        task = queued.task
        queued.delete()
        import_string(task["func"])(*task["args"], **task["kwargs"])
        done += 1
    return done


@dataclass(frozen=True, slots=True)
class At:
    """A person at a browser, doing things with cases on the pages."""

    client: Client

    def look(self, case: ExceptionCase, action: str, **typed: str) -> Preview:
        """The preview that the page shows."""
        page = self.client.post(_url(case, action), {**_version(case), **typed, "show_preview": 1})
        assert page.status_code == 200, _said(page)
        preview: Preview = page.context["preview"]
        return preview

    def act(self, case: ExceptionCase, action: str, **typed: str) -> str:
        """Does it: by way of the preview and its proof where there is one. Answers what it said."""
        sent: dict[str, Any] = {**_version(case), **typed}
        page = self.client.post(_url(case, action), sent)
        if page.status_code == 200 and page.context["previewed"]:
            assert f'value="{page.context["proof"]}"' in page.content.decode()
            sent |= {"proof": page.context["proof"], "confirm": "1"}
            page = self.client.post(_url(case, action), sent)
        assert page.status_code == 302, _said(page)
        shown = self.client.get(page["Location"])
        return str(next(iter(shown.context["messages"])))


def case_of(kind: str, **facts: str) -> ExceptionCase:
    """The one open case of this kind, with these facts."""
    return ExceptionCase.objects.get(
        kind=kind, open_count__gt=0, **{f"facts__{name}": value for name, value in facts.items()}
    )


def held() -> dict[str, list[str]]:
    """What is held, by order: the kinds of its open cases."""
    found: dict[str, set[str]] = {}
    waiting = Occurrence.objects.filter(closed_at__isnull=True, object="order")
    for key, kind in waiting.values_list("external_id", "case__kind"):
        found.setdefault(key, set()).add(kind)
    return {key: sorted(kinds) for key, kinds in found.items()}


def assert_nothing_lost(sandbox: RunningSandbox) -> None:
    """What arrived is in Prima or held; in Prima once; the desk and Prima say the same."""
    arrived = set(CampaignOrder.objects.values_list("key", flat=True))
    booked = Counter(booked_in_prima(sandbox))
    ours = set(PrimaOrder.objects.values_list("campaign_order__key", flat=True))
    stopped = set(SyncItem.objects.filter(state="held").values_list("external_id", flat=True))
    assert set(booked.values()) <= {1}
    assert set(booked) == ours
    assert not ours & stopped
    assert ours | stopped == arrived
    assert stopped == set(held())


def rows(sandbox: RunningSandbox, table: str) -> list[dict[str, Any]]:
    """The rows of a data extension of the world, as the shop wrote them."""
    tables = sandbox.scenario["sfmc"]["data_extensions"]
    return next(one.get("rows", []) for one in tables if one["key"] == table)


def campaign_writes(table: str, keys: dict[str, str], **columns: str) -> None:
    """The campaign writes a row, and says in the header when it did."""
    if table == "Campaign_Order":
        columns["ModifiedDate"] = timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    client = connections.sfmc()
    try:
        done = client.data_extensions.upsert_rows(table, [RowWrite(keys, columns)])
    finally:
        client.close()
    assert [one.message for one in done if not one.ok] == []


def _url(case: ExceptionCase, action: str) -> str:
    return reverse("act", args=[case.pk, action])


def _version(case: ExceptionCase) -> dict[str, int]:
    case.refresh_from_db()
    return {"version": case.version}


def _said(page: Any) -> str:
    """Why a page did not go on, for the failing test."""
    form = page.context and page.context.get("form")
    return f"{page.status_code} {form.errors.as_text() if form is not None else ''}"
