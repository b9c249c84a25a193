"""The comparison finds what has drifted, heals by policy, and raises what cannot be healed once."""

import pytest
from django.core.management import call_command
from django.db.models import F
from django.utils import timezone

from connectors.sandbox.running import RunningSandbox
from connectors.sync import runner
from connectors.sync.contacts import comparing, looking
from connectors.sync.models import Cursor, SyncRun
from exceptions.models import ExceptionCase
from integration.mirror.models import Contact, PrimaCustomer
from integration.ownership.models import Comparison, Drift, Proposal, Standing
from tests.connectors.sync.contacts.both import (
    cloud_says,
    in_cloud,
    opt_out,
    pair,
    sync,
    until_settled,
)
from tests.connectors.sync.desk import at_prima


def compare() -> Comparison:
    done = runner.run("compare_contacts")
    assert done is not None
    assert (done.traceback, done.status) == ("", "succeeded")
    return Comparison.objects.latest("pk")


def test_systems_that_agree_show_no_drift(settled: RunningSandbox):
    done = compare()

    assert done.pairs > 20
    assert (done.differing, done.found, done.by_field) == (0, 0, {})
    assert not Drift.objects.exists()


def test_what_was_lost_on_the_way_is_found_and_healed_by_policy(settled: RunningSandbox):
    # given: the contact was changed, and nobody told the desk
    contact, account = pair()
    data = {**contact.data, "currency": "USD"}
    Contact.objects.filter(pk=contact.pk).update(data=data)
    cloud_says(contact.key, Currency="USD")

    # when
    first = compare()

    # then
    assert (first.differing, first.by_field, first.found) == (1, {"currency": 1}, 1)
    row = Drift.objects.get()
    assert (row.sfmc_value, row.prima_value, row.state) == (
        "USD",
        account.data["currency"],
        "under_way",
    )

    # and when
    until_settled()
    sync()
    second = compare()

    # then
    assert in_cloud(contact.key)["currency"] == account.data["currency"]
    assert (second.differing, second.healed) == (0, 1)
    row.refresh_from_db()
    assert row.healed_at is not None


def test_what_has_been_written_is_no_drift_before_the_next_comparison(settled: RunningSandbox):
    # given: one value is on its way, another waits for a person
    contact, _ = pair()
    cloud_says(contact.key, CompanyName="Another Idea Ltd")
    sync()
    contact.refresh_from_db()
    Contact.objects.filter(pk=contact.pk).update(data={**contact.data, "currency": "USD"})
    cloud_says(contact.key, Currency="USD")
    compare()
    assert set(Drift.objects.values_list("field", "state")) == {
        ("currency", "under_way"),
        ("name", "proposed"),
    }

    # when
    until_settled()
    sync()
    runner.run("customers")

    # then: nobody looks twice in a minute
    assert not Drift.objects.filter(healed_at__isnull=False).exists()

    # and when
    Drift.objects.update(last_seen_at=F("last_seen_at") - looking.LOOKED_AT)
    runner.run("customers")

    # then
    assert Drift.objects.get(healed_at__isnull=False).field == "currency"
    assert Drift.objects.get(healed_at__isnull=True).state == "proposed"
    assert compare().healed == 1


def test_a_difference_that_waits_for_a_person_says_so_and_is_one(settled: RunningSandbox):
    contact, _ = pair()
    cloud_says(contact.key, CompanyName="Another Idea Ltd")
    sync()

    first, second = compare(), compare()

    assert Drift.objects.get().state == "proposed"
    assert (first.found, second.found, second.differing) == (1, 0, 1)
    assert Proposal.objects.count() == 1


def test_what_does_not_hold_is_one_case_that_closes_by_itself(settled: RunningSandbox):
    # given: something in Marketing Cloud changes the currency back as soon as it is put right
    contact, account = pair()
    for _ in range(2):
        cloud_says(contact.key, Currency="USD")
        sync()

    # when
    compare()
    compare()

    # then
    case = ExceptionCase.objects.get()
    assert (case.kind, case.status, case.open_count) == ("contact_drift", "open", 1)
    assert case.facts["field"] == "currency"
    assert Drift.objects.get().state == "stuck"

    # and once that stops
    cloud_says(contact.key, Currency=account.data["currency"])
    sync()
    compare()
    case.refresh_from_db()
    assert case.status == "resolved"


def test_a_customer_missing_on_one_side_is_a_case(settled: RunningSandbox):
    contact, account = pair()
    Contact.objects.filter(pk=contact.pk).update(deleted_at=timezone.now())

    compare()

    row = Drift.objects.get()
    assert (row.field, row.state, row.account_code) == ("contact", "gone", account.account_code)
    assert ExceptionCase.objects.get().kind == "contact_drift"

    Contact.objects.filter(pk=contact.pk).update(deleted_at=None)
    compare()
    assert ExceptionCase.objects.get().status == "resolved"


def test_what_consent_holds_back_is_told_apart_and_is_no_case(settled: RunningSandbox):
    # given somebody opted out, which has not arrived in Marketing Cloud, and then changed in Prima
    contact, account = pair()
    opt_out(contact.email)
    at_prima(settled, "PATCH", f"customers/{account.account_code}", name="Quiet Now Ltd")
    sync()

    # when
    compare()

    # then
    states = dict(Drift.objects.values_list("field", "state"))
    assert states == {"name": "consent", "consent": "under_way"}
    assert SyncRun.objects.filter(flow="compare_contacts").latest("pk").sent == 0
    assert not ExceptionCase.objects.exists()
    assert in_cloud(contact.key)["companyname"] == account.name


def test_a_comparison_cut_short_goes_on_where_it_was(settled: RunningSandbox):
    keys = list(Contact.objects.order_by("key").values_list("key", flat=True))
    Comparison.objects.create(started_at=timezone.now(), pairs=7)
    Cursor.objects.create(flow=comparing.AFTER, value=keys[-3])

    done = compare()

    assert Comparison.objects.count() == 1
    assert done.pairs <= 9
    assert not Cursor.objects.filter(flow=comparing.AFTER).exists()


def test_the_command_says_what_differs(settled: RunningSandbox, capsys: pytest.CaptureFixture[str]):
    contact, _ = pair()
    cloud_says(contact.key, CompanyName="Another Idea Ltd")
    sync()

    call_command("compare_contacts")

    said = capsys.readouterr().out
    assert "1 differ" in said
    assert "Name: 1" in said


def test_a_page_of_pairs_costs_the_same_however_many(
    settled: RunningSandbox, django_assert_max_num_queries
):
    at_prima(settled, "PATCH", f"customers/{pair()[1].account_code}", name="New Name Ltd")
    runner.run("prima_reference")
    assert Standing.objects.count() > 20
    assert PrimaCustomer.objects.count() > 20
    with django_assert_max_num_queries(75):
        compare()
