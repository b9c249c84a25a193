"""Background tasks on the admin site are called by what they do, and are only to look at."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django_q.models import Failure, OrmQ, Schedule, Success, Task
from django_q.tasks import async_task

from connectors.sync import timetable
from connectors.sync.flow import flows
from connectors.sync.models import Cursor, FlowSetting, SyncItem, SyncRun
from integration.schedules import ON_DEMAND, OTHER, RUN_FLOW, TIMETABLE, title_of, work_of

pytestmark = pytest.mark.django_db
KEYS = "Customer keys to Prima"
FOLDED = re.compile(r"<details.*?</details>", re.DOTALL)
LISTS = ("schedule", "success", "failure", "ormq")


def task(pk: str, func: str, *args: Any, success: bool = True, result: Any = None) -> Task:
    now = timezone.now()
    made: Task = Task.objects.create(
        id=pk, name="kitten-delta", func=func, args=args, success=success, result=result,
        started=now, stopped=now,
    )  # fmt: skip
    return made


@pytest.fixture
def busy() -> dict[str, models.Model]:
    """One row in each list, of the flow that brings customers' keys to Prima."""
    timetable.synchronise()
    done = task("a" * 32, RUN_FLOW, "customer_keys", result="succeeded")
    broken = task("b" * 32, RUN_FLOW, "customer_keys", success=False, result="Traceback: a.b@x.org")
    async_task(RUN_FLOW, "customer_keys")
    Schedule.objects.filter(name=f"desk: {KEYS}").update(task=done.pk)
    return {
        "schedule": Schedule.objects.get(name=f"desk: {KEYS}"),
        "success": Success.objects.get(pk=done.pk),
        "failure": Failure.objects.get(pk=broken.pk),
        "ormq": OrmQ.objects.get(),
    }


def test_every_flow_is_called_alike_by_the_timetable_and_on_its_page():
    assert {slug: title_of(slug) for slug in flows()} == {
        slug: flow.title for slug, flow in flows().items()
    }
    assert title_of("flow_of_before") == "flow_of_before"


def test_every_piece_of_background_work_has_a_name_and_its_page_exists():
    sources = [
        path.read_text()
        for floor in ("integration", "connectors", "reconciliation", "exceptions")
        for path in Path(floor).rglob("*.py")
    ]
    begun = {name for text in sources for name in re.findall(r'async_task\(\s*"([\w.]+)"', text)}
    named = {*begun, *(entry.task for entry in TIMETABLE), *ON_DEMAND} - {RUN_FLOW}

    assert len(begun) > 4
    for name in named:
        work = work_of(name)
        assert work != OTHER, name
        try:
            assert not work.page or reverse(work.page)
        except NoReverseMatch:
            pytest.fail(f"{name} leads to a page that is not there")
    assert work_of(RUN_FLOW, ("customer_keys",)).title == KEYS
    assert work_of("os.system", ("x",)) == OTHER


@pytest.mark.parametrize("who", ["admin_person", "auditor"])
@pytest.mark.parametrize("name", LISTS)
def test_lists_and_pages_say_what_was_done_and_fold_the_rest_away(
    name, who, request, client_for, busy
):
    client = client_for(request.getfixturevalue(who))

    listed = client.get(reverse(f"admin:django_q_{name}_changelist")).content.decode()
    page = client.get(
        reverse(f"admin:django_q_{name}_change", args=[busy[name].pk])
    ).content.decode()

    place = f'{reverse("syncs")}#flow-customer_keys"'
    for text in (listed, FOLDED.sub("", page)):
        assert KEYS in text
        assert place in text
        assert "connectors.sync" not in text
        assert "kitten-delta" not in text
        assert "Traceback" not in text
        assert not re.search(r"\d{4}-\d\d-\d\d \d\d:", text)
        assert not {"worker", "UTC", "history/"} & set(re.findall(r"worker|UTC|history/", text))
    assert RUN_FLOW in page
    assert "a.b@x.org" not in page


def test_the_timetable_says_how_often_and_how_it_went(client_for, admin_person, busy):
    page = client_for(admin_person).get(reverse("admin:django_q_schedule_changelist"))

    text = page.content.decode()
    assert "every 10 min" in text
    assert "every 1 day" in text
    assert reverse("admin:django_q_success_change", args=["a" * 32]) in text
    FlowSetting.objects.filter(flow="customer_keys").update(enabled=False)
    timetable.synchronise()
    page = client_for(admin_person).get(reverse("admin:django_q_schedule_changelist"))
    assert "switched off" in page.content.decode()


def test_lists_take_few_queries_however_long(
    client_for, admin_person, busy, django_assert_max_num_queries
):
    for number in range(40):
        task(f"{number:032}", RUN_FLOW, "customer_keys")
    client = client_for(admin_person)

    for name in LISTS:
        with django_assert_max_num_queries(12):
            client.get(reverse(f"admin:django_q_{name}_changelist"))


@pytest.mark.parametrize("who", ["admin_person", "auditor"])
def test_nobody_names_a_function_to_be_run_or_sends_a_task_again(who, request, client_for, busy):
    """Refused for everybody: what is named here would run with the rights of the desk itself."""
    client = client_for(request.getfixturevalue(who))
    before = [list(model.objects.order_by("pk").values()) for model in (Schedule, Task, OrmQ)]
    schedule = busy["schedule"]
    new = {"func": "os.system", "args": "('true',)", "schedule_type": "O", "repeats": "1"}

    answers = [
        client.post(reverse("admin:django_q_schedule_add"), new).status_code,
        client.post(reverse("admin:django_q_schedule_change", args=[schedule.pk]), new).status_code,
        client.post(reverse("admin:django_q_schedule_delete", args=[schedule.pk]), {}).status_code,
        client.post(reverse("admin:django_q_ormq_delete", args=[busy["ormq"].pk]), {}).status_code,
    ]
    for name in ("success", "failure"):
        client.post(
            reverse(f"admin:django_q_{name}_changelist"),
            {"action": "resubmit_task", "_selected_action": [busy[name].pk]},
        )

    assert set(answers) == {403}
    assert [
        list(model.objects.order_by("pk").values()) for model in (Schedule, Task, OrmQ)
    ] == before


def test_cursors_of_parts_of_a_flow_are_called_in_words_too(client_for, auditor):
    told = {
        "prima_orders.snapshot": "Orders of Prima, read as a whole",
        "prima_consents.everything": "Opt-outs listed by Prima, all of it, once more",
        "contacts.whole_since": "Contacts from Marketing Cloud, read as a whole, since when",
        "consent.standing": "People unsubscribed before the desk came",
        "stock_class.2": "Stock of class 2",
        "something_new": "Something new",
    }
    for name in told:
        Cursor.objects.create(flow=name)

    page = client_for(auditor).get(reverse("admin:sync_cursor_changelist")).content.decode()

    for name, title in told.items():
        assert f">{title}</a>" in page
        assert str(Cursor.objects.get(flow=name)) == title
        assert name not in page


def test_an_item_in_doubt_is_told_in_words(client_for, admin_person):
    now = timezone.now()
    for key, doubt in (("A1", True), ("A2", False)):
        SyncItem.objects.create(
            flow="customer_keys", external_id=key, in_doubt=doubt, created_at=now, changed_at=now
        )

    page = client_for(admin_person).get(reverse("admin:sync_syncitem_changelist"))

    shown = page.content.decode()
    assert '<td class="field-doubt">yes</td>' in shown
    assert "icon-no" not in shown


def test_rows_of_flows_are_called_as_their_flow_is(client_for, auditor):
    now = timezone.now()
    rows: list[models.Model] = [
        SyncRun.objects.create(flow="customer_keys", started_at=now),
        SyncItem.objects.create(
            flow="customer_keys", external_id="A1", created_at=now, changed_at=now
        ),
        Cursor.objects.create(flow="customer_keys"),
        FlowSetting.objects.get_or_create(flow="customer_keys")[0],
    ]
    client = client_for(auditor)

    for row in rows:
        assert str(row).startswith(KEYS)
        at = f"admin:sync_{row._meta.model_name}"
        listed = client.get(reverse(f"{at}_changelist"), {"q": ""}).content.decode()
        page = client.get(reverse(f"{at}_change", args=[row.pk])).content.decode()
        for text in (listed, FOLDED.sub("", page)):
            assert KEYS in text, row
        assert "customer_keys" not in FOLDED.sub("", page), row
    narrowed = client.get(reverse("admin:sync_syncrun_changelist"), {"flow": "stray_lines"})
    assert narrowed.context["cl"].result_count == 0
