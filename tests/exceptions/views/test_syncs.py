"""The pages of the syncs: watching, pausing and starting runs, and what calls were spent."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from connectors.sync import spending
from connectors.sync.flow import flow_of, setting_of
from connectors.sync.models import Connection, FlowSetting, SyncRun
from exceptions.syncs import watching
from integration.accounts.models import User
from integration.audit.models import AuditEntry

SignIn = Callable[[User], Client]
FLOW = "products_to_sfmc"


@pytest.fixture
def run(db: None) -> SyncRun:
    """A run a minute old that has done a quarter of its work."""
    now = timezone.now()
    setting_of(flow_of(FLOW))
    return SyncRun.objects.create(
        flow=FLOW, started_at=now - timedelta(seconds=60), heartbeat_at=now, seen=600, total=2_400
    )


def test_a_run_shows_how_far_it_is_how_fast_and_how_long_it_takes(
    run: SyncRun, client_for: SignIn, marketing: User
) -> None:
    page = client_for(marketing).get(reverse("run", args=[run.pk])).content.decode()

    assert "600 of 2,400 records · 10.0 a second" in page
    assert "3 min left" in page
    assert 'value="25"' in page
    assert 'hx-trigger="every 2s"' in page
    assert '<meta http-equiv="refresh"' in page


def test_a_run_that_is_over_is_not_asked_for_again(
    run: SyncRun, client_for: SignIn, marketing: User
) -> None:
    SyncRun.objects.update(finished_at=timezone.now(), status="succeeded", seen=2_400)
    body = client_for(marketing).get(reverse("run-body", args=[run.pk])).content.decode()

    assert "hx-trigger" not in body
    assert "left" not in body


def test_a_run_that_succeeded_is_not_shown_as_half_done(
    run: SyncRun, client_for: SignIn, marketing: User
) -> None:
    SyncRun.objects.update(finished_at=timezone.now(), status="succeeded")
    done = client_for(marketing).get(reverse("run-body", args=[run.pk])).content.decode()
    SyncRun.objects.update(status="failed")
    failed = client_for(marketing).get(reverse("run-body", args=[run.pk])).content.decode()

    assert "600 records" in done
    assert "<progress" not in done
    assert "600 of 2,400 records" in failed


def test_without_a_total_nobody_guesses(run: SyncRun) -> None:
    run.total = None
    pace = watching.pace_of(run, timezone.now())
    assert (pace.left, pace.percent) == (None, None)
    assert pace.rate == pytest.approx(10, abs=0.1)


def test_operations_pause_a_flow_and_let_it_go_on(client_for: SignIn, operations: User) -> None:
    client = client_for(operations)

    page = client.post(reverse("pause-flow", args=[FLOW]), follow=True).content.decode()
    assert "is paused. A run under way ends after its batch." in page
    assert "Paused by Olive Field; it goes on" in page
    assert f"Let {flow_of(FLOW).title} go on" in page

    page = client.post(reverse("run-now", args=[FLOW]), follow=True).content.decode()
    assert "cannot start. Paused by Olive Field" in page
    assert not OrmQ.objects.exists()

    client.post(reverse("continue-flow", args=[FLOW]))
    assert FlowSetting.objects.get(flow=FLOW).paused_at is None
    assert OrmQ.objects.count() == 1
    told = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert told[-2:] == ["flow paused", "flow continued"]


@pytest.mark.parametrize("who", ["finance", "marketing", "auditor"])
@pytest.mark.parametrize("name", ["pause-flow", "continue-flow", "run-now"])
def test_who_may_not_run_flows_changes_nothing(
    name: str, who: str, client_for: SignIn, request: pytest.FixtureRequest, run: SyncRun
) -> None:
    FlowSetting.objects.update(paused_at=timezone.now(), paused_by="x")
    before = FlowSetting.objects.values().get()

    answer = client_for(request.getfixturevalue(who)).post(reverse(name, args=[FLOW]))

    assert answer.status_code == 403
    assert FlowSetting.objects.values().get() == before
    assert not OrmQ.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("name", ["pause-flow", "continue-flow", "run-now"])
def test_a_flow_that_is_none_is_told_in_words(
    name: str, client_for: SignIn, operations: User
) -> None:
    page = client_for(operations).post(reverse(name, args=["no-such"]), follow=True)

    assert "There is no flow" in page.content.decode()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("flow", "queue"), [("orders_to_prima", "desk"), ("consent_from_prima", "consent")]
)
def test_a_flow_that_is_started_or_let_go_on_waits_in_the_queue_of_its_lane(
    flow: str, queue: str, client_for: SignIn, operations: User
) -> None:
    client = client_for(operations)

    for step in ("run-now", "pause-flow", "continue-flow"):
        assert client.post(reverse(step, args=[flow])).status_code == 302

    assert list(OrmQ.objects.values_list("key", flat=True)) == [queue, queue]


def test_who_starts_a_flow_is_named_at_its_run(client_for: SignIn, operations: User) -> None:
    client_for(operations).post(reverse("run-now", args=[FLOW]))

    assert OrmQ.objects.get().task["args"] == (FLOW, "Olive Field")


@pytest.fixture
def spent(db: None) -> None:
    Connection.objects.create(
        system="prima", base_url="https://p.example/v1/m", client_id="c", calls_per_day=400
    )
    Connection.objects.create(system="sfmc", base_url="https://s.example/", client_id="c")
    spending.add("orders_to_prima", {"prima": [300, 2, 1]})
    spending.add("prima_stock", {"prima": [75, 0, 0]})


def test_the_calls_of_a_day_by_flow_and_their_share_of_the_budget(
    spent: None, client_for: SignIn, auditor: User
) -> None:
    page = client_for(auditor).get(reverse("sync-load"))

    prima, sfmc = page.context["systems"]
    assert (prima.calls, prima.used, prima.failed, prima.slowed) == (375, 94, 2, 1)
    assert [(line.title, line.spent.calls, line.percent) for line in prima.lines] == [
        ("Orders to Prima", 300, 80),
        ("Stock from Prima", 75, 20),
    ]
    text = page.content.decode()
    assert "Nearly spent" in text
    assert "Calls to Prima by hour" in text
    assert sfmc.calls == 0
    assert "No flow called Marketing Cloud on this day" in text


def test_another_day_is_empty_and_one_that_has_not_come_is_today(
    spent: None, client_for: SignIn, auditor: User
) -> None:
    client, today = client_for(auditor), timezone.localdate()
    before = client.get(reverse("sync-load"), {"on": str(today - timedelta(days=1))})
    later = client.get(reverse("sync-load"), {"on": str(today + timedelta(days=9))})
    nonsense = client.get(reverse("sync-load"), {"on": "soon"})

    assert before.context["systems"][0].calls == 0
    assert later.context["day"] == nonsense.context["day"] == today


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_calls_are_exported(spent: None, client_for: SignIn, auditor: User, form: str) -> None:
    answer = client_for(auditor).get(reverse("sync-load"), {"export": form})
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]

    assert answer.status_code == 200
    if form == "csv":
        assert "Prima,Orders to Prima,300,2,1" in content.decode()


def test_the_page_of_calls_takes_the_same_few_questions_however_many_flows(
    spent: None,
    client_for: SignIn,
    auditor: User,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    client = client_for(auditor)
    for number in range(20):
        spending.add(f"flow-{number}", {"sfmc": [number + 1, 0, 0]})
    client.get(reverse("sync-load"))

    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        client.get(reverse("sync-load"))
