"""The trail on a page: who may see it, its filters, its pages, its file."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from integration.accounts.models import User
from integration.audit.models import AuditEntry
from integration.audit.trail import record

Signed = Callable[[User], Client]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("operations", 403),
        ("marketing", 403),
        ("finance", 200),
        ("admin_person", 200),
        ("auditor", 200),
    ],
)
@pytest.mark.parametrize("name", ["audit", "audit-export"])
def test_the_trail_opens_for_those_who_may_see_it(
    request: pytest.FixtureRequest, client_for: Signed, who: str, status: int, name: str
) -> None:
    answer = client_for(request.getfixturevalue(who)).get(reverse(name))
    assert answer.status_code == status


def test_the_page_narrows_by_person_action_day_and_target(
    auditor: User, finance: User, client_for: Signed
) -> None:
    # given
    with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC), tick=False):
        record("mapping added", actor=finance, label="SKU-1")
    record("mapping ended", actor=auditor, label="SKU-2")
    client = client_for(auditor)

    def seen(**query: str | int) -> list[str]:
        page = client.get(reverse("audit"), query)
        return [entry.action for entry in page.context["entries"]]

    # then
    assert seen() == ["mapping ended", "mapping added"]
    assert seen(person=finance.pk) == ["mapping added"]
    assert seen(action="mapping ended") == ["mapping ended"]
    assert seen(until="2026-03-01") == ["mapping added"]
    assert seen(since="2026-03-02") == ["mapping ended"]
    assert seen(target="sku-2") == ["mapping ended"]
    assert seen(target="nothing like it") == []


def test_older_entries_follow_without_a_gap_while_new_ones_arrive(
    auditor: User, client_for: Signed
) -> None:
    # given
    numbers = [record(f"step {n}", actor=None).pk for n in range(105)]
    client = client_for(auditor)
    first = client.get(reverse("audit"))

    # when
    record("arrived in between", actor=None)
    second = client.get(f"{reverse('audit')}?{first.context['more']}")

    # then
    shown = [entry.pk for page in (first, second) for entry in page.context["entries"]]
    assert shown == numbers[::-1]
    assert second.context["more"] == ""


def test_a_broken_chain_is_shouted_out(auditor: User, client_for: Signed) -> None:
    # given
    entry = record("kept", actor=None)
    sound = client_for(auditor).get(reverse("audit")).content.decode()
    assert "Unbroken" in sound
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_auditentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_auditentry SET actor_name = 'nobody'")

    # then
    page = client_for(auditor).get(reverse("audit")).content.decode()
    assert f"The trail breaks at entry {entry.pk}: its content was altered." in page


def test_the_file_is_complete_harmless_and_itself_audited(
    auditor: User, client_for: Signed
) -> None:
    # given
    record("mapping added", actor=None, label='=HYPERLINK("http://evil.example")', sku="A,1")

    # when
    answer = client_for(auditor).get(reverse("audit-export"), {"action": "mapping added"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]

    # then
    assert lines[0] == "number,time (UTC),person,action,kind of thing,key,name,details,hash"
    assert len(lines) == 2
    assert ""","'=HYPERLINK(""http://evil.example"")",""" in lines[1]
    exported = AuditEntry.objects.get(action="audit trail exported")
    assert (exported.actor, exported.details) == (auditor, {"filter": {"action": "mapping added"}})


def test_html_in_an_entry_is_shown_as_text(auditor: User, client_for: Signed) -> None:
    record("kept", actor=None, label="<script>alert(1)</script>", note="<b>x</b>")
    page = client_for(auditor).get(reverse("audit")).content.decode()
    assert "<script>alert" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
