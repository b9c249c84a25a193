"""Connections on the admin site: secrets go in and never come out, addresses are checked."""

import pytest

from connectors.sandbox.running import RunningSandbox
from connectors.sync.models import Connection, FlowSetting
from integration.audit.models import AuditEntry

ADD = "/admin/sync/connection/add/"


def form(**changed: str) -> dict[str, str]:
    return {
        "system": "prima",
        "base_url": "http://127.0.0.1:9/prima/v1/main",
        "client_id": "desk",
        "client_secret": "top-secret",
        "account_id": "",
        "inbound_secret": "",
        "enabled": "on",
        "calls_per_second": "10",
        "timeout_seconds": "30",
        **changed,
    }


@pytest.fixture
def at_admin(client_for, admin_person):
    return client_for(admin_person)


def test_a_secret_goes_in_encrypted_and_never_comes_out(at_admin):
    # when
    answer = at_admin.post(ADD, form())

    # then
    assert answer.status_code == 302
    row = Connection.objects.get()
    assert row.client_secret == "top-secret"
    page = at_admin.get(f"/admin/sync/connection/{row.pk}/change/")
    assert page.status_code == 200
    assert b"top-secret" not in page.content
    assert all("top-secret" not in str(entry.details) for entry in AuditEntry.objects.all())


def test_an_empty_secret_keeps_the_one_that_is_set_and_a_new_one_forgets_the_token(at_admin):
    # given
    at_admin.post(ADD, form())
    row = Connection.objects.get()
    Connection.objects.update(access_token="old")

    # when
    at_admin.post(
        f"/admin/sync/connection/{row.pk}/change/", form(client_secret="", timeout_seconds="9")
    )

    # then
    row.refresh_from_db()
    assert (row.client_secret, row.timeout_seconds, row.access_token) == ("top-secret", 9, "old")

    # when
    at_admin.post(f"/admin/sync/connection/{row.pk}/change/", form(client_secret="newer"))

    # then
    row.refresh_from_db()
    assert (row.client_secret, row.access_token) == ("newer", "")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://prima.example.com/prima/v1/main", "must begin with https://"),
        ("https://10.0.0.8/prima/v1/main", "inside a private network"),
        ("https://169.254.169.254/latest/meta-data", "inside a private network"),
        ("https://[::1]/prima", "inside a private network"),
    ],
)
def test_an_address_that_is_not_allowed_is_refused_in_words(at_admin, url: str, why: str):
    answer = at_admin.post(ADD, form(base_url=url))
    assert answer.status_code == 200
    assert why in answer.content.decode()
    assert not Connection.objects.exists()


def test_a_connection_can_be_tested(happy_day: RunningSandbox, at_admin):
    # when
    rows = list(Connection.objects.values_list("pk", flat=True))
    answer = at_admin.post(
        "/admin/sync/connection/", {"action": "try_out", "_selected_action": rows}, follow=True
    )

    # then
    page = answer.content.decode()
    assert "Prima answered: contract 1, rest adapter." in page
    assert "Marketing Cloud answered and accepted the sign-in." in page


def test_others_may_not_touch_connections(client_for, operations, auditor):
    for person, status in ((operations, 403), (auditor, 403)):
        answer = client_for(person).post(ADD, form())
        assert answer.status_code in (302, status)
        assert not Connection.objects.exists()


def test_lists_of_runs_items_and_exchanges_open_and_cannot_be_changed(at_admin, db):
    for name in ("syncrun", "syncitem", "exchange", "cursor", "flowsetting", "connection"):
        assert at_admin.get(f"/admin/sync/{name}/").status_code == 200
    for name in ("syncrun", "syncitem", "exchange", "cursor", "flowsetting"):
        assert at_admin.get(f"/admin/sync/{name}/add/").status_code == 403


def test_settings_are_called_as_their_flows_are(at_admin, db):
    setting = FlowSetting.objects.create(flow="stray_lines", every_minutes=60)
    FlowSetting.objects.create(flow="no_more", every_minutes=60)

    listed = at_admin.get("/admin/sync/flowsetting/").content.decode()
    opened = at_admin.get(f"/admin/sync/flowsetting/{setting.pk}/change/").content.decode()

    assert "Order lines without an order" in listed
    assert "no_more" in listed
    assert "Order lines without an order" in opened


def test_a_changed_setting_changes_the_schedule(at_admin, db):
    # given
    from django_q.models import Schedule  # noqa: PLC0415

    setting = FlowSetting.objects.create(flow="stray_lines", every_minutes=60)

    # when
    values = {"enabled": "on", "every_minutes": "5", "batch_size": "200", "max_attempts": "8",
              "silent_after_minutes": "30", "priority": "2"}  # fmt: skip
    answer = at_admin.post(f"/admin/sync/flowsetting/{setting.pk}/change/", values)

    # then
    assert answer.status_code == 302
    assert Schedule.objects.get(args="('stray_lines',)").minutes == 5
