"""The ledger in the database: kept for ever, effective at once, and rebuilt the same."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exceptions.models import ExceptionCase
from integration.consent import addresses, ledger, projection
from integration.consent.addresses import UnusableAddress
from integration.consent.models import (
    ConsentAddress,
    ConsentEvent,
    ConsentEvidence,
    ConsentState,
    Propagation,
    Suppression,
)
from integration.consent.rules import STATES, Standing
from tests.factories.consent import ago, flag, objection, opt_in, opt_out, wording

pytestmark = pytest.mark.django_db


def state(address="ann@example.com", channel="email", purpose="marketing"):
    return projection.state_of(addresses.address_hash(channel, address), channel, purpose)


def test_an_opt_out_is_suppressed_in_the_same_transaction_and_sets_out_to_both_systems():
    [event] = ledger.record([opt_out()])

    assert state() == "opted_out"
    assert Suppression.objects.get().reason == "opt_out"
    rows = Propagation.objects.filter(event=event)
    assert sorted(rows.values_list("target", "step", "is_restriction")) == [
        ("prima", "write", True),
        ("sfmc", "write", True),
    ]
    assert all(row.suppressed_at == row.seen_at == event.received_at for row in rows)


def test_the_ledger_holds_no_address_in_clear():
    ledger.record([opt_out("Ann@Example.com", ip_address="192.0.2.7", note="by the link")])

    row = ConsentEvent.objects.values().get()
    assert "ann@" not in str(row).lower()
    assert ConsentAddress.objects.get().address == "Ann@Example.com"
    assert ConsentEvidence.objects.get().ip_address == "192.0.2.7"


def test_told_twice_it_is_one_event():
    told = opt_out()

    assert len(ledger.record([told, told])) == 1
    assert ledger.record([told]) == []
    assert ConsentEvent.objects.count() == 1
    assert Propagation.objects.count() == 2


def test_an_evidenced_later_opt_in_counts_and_an_earlier_one_does_not():
    ledger.record([opt_out(occurred_at=ago(hours=2))])

    ledger.record([opt_in(occurred_at=ago(hours=3))])
    assert state() == "opted_out"
    ledger.record([opt_in(occurred_at=ago(hours=1))])
    assert state() == "opted_in"


def test_an_older_opt_out_that_arrives_late_does_not_undo_a_later_opt_in():
    ledger.record([opt_in(occurred_at=ago(hours=1))])

    ledger.record([opt_out(occurred_at=ago(hours=2))])

    assert state() == "opted_in"


def test_a_bare_flag_changes_nothing_and_is_a_case():
    ledger.record([opt_out(occurred_at=ago(hours=2))])
    sent = Propagation.objects.count()

    [event] = ledger.record([flag()])

    assert event.counts_at is None
    assert state() == "opted_out"
    assert Propagation.objects.count() == sent
    assert ExceptionCase.objects.get().kind == "unsupported_opt_in"


def test_an_opt_in_to_a_wording_nobody_kept_is_unsupported():
    wording()

    [event] = ledger.record([opt_in(wording="newsletter 4")])

    assert "the wording" in event.unsupported
    assert event.wording_named == "newsletter 4"


def test_an_objection_is_to_everything_and_stays_with_the_person():
    uid = uuid4()

    ledger.record([objection(customer_uid=uid)])

    assert state(channel="email") == "objected"
    assert state(channel="email", purpose="anything") == "objected"
    assert state(f"person:{uid}", "sms") == "objected"
    assert Propagation.objects.count() == 2


def test_what_is_no_address_is_refused_and_nothing_is_kept():
    with pytest.raises(UnusableAddress), transaction.atomic():
        ledger.record([opt_out("nobody")])

    assert not ConsentEvent.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consent_consentevent SET action = 'opt_in'",
        "DELETE FROM consent_consentevent",
        "UPDATE consent_wording SET text = 'Other words'",
        "DELETE FROM consent_wording",
        "DELETE FROM consent_suppression",
        "UPDATE consent_suppression SET since = since - interval '1 day'",
        "UPDATE consent_suppression SET address_hash = 'another'",
    ],
)
def test_the_database_refuses_to_change_what_happened(statement):
    wording()
    ledger.record([opt_out()])

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert state() == "opted_out"


def test_rebuilt_states_are_those_that_were_stored_and_a_tampered_one_shows():
    ledger.record([opt_out(), opt_in("ben@example.com"), objection("cy@example.com")])
    before = list(
        ConsentState.objects.order_by("address_hash").values_list("address_hash", "state")
    )
    call_command("check_consent")

    ConsentState.objects.filter(state="opted_out").update(state="opted_in")
    with pytest.raises(CommandError, match="1 states"):
        call_command("check_consent")
    call_command("rebuild_consent")

    call_command("check_consent")
    after = list(ConsentState.objects.order_by("address_hash").values_list("address_hash", "state"))
    assert after == before


moments = st.none() | st.integers(0, 40).map(
    lambda minutes: timezone.now().replace(microsecond=0) - timedelta(minutes=minutes)
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from(sorted(STATES)), moments), min_size=1, max_size=6))
def test_the_database_and_the_rules_name_the_same_state(told):
    address = f"{uuid4().hex}@example.com"
    makers = {"opt_in": opt_in, "objection": objection}
    events = ledger.record(
        [makers.get(action, opt_out)(address, action=action, occurred_at=at) for action, at in told]
    )

    rows = ConsentState.objects.filter(address_hash=addresses.address_hash("email", address))
    for row in rows:
        of_scope = [
            event
            for event in events
            if (event.channel, event.purpose) == (row.channel, row.purpose)
        ]
        expected = Standing()
        for event in of_scope:
            expected = expected.joined(Standing(**{event.action: event.counts_at}))
        assert row.standing() == expected
        assert row.state == expected.state()
    assert projection.differences() == []


def test_a_thousand_events_take_as_many_queries_as_ten(django_assert_max_num_queries):
    with django_assert_max_num_queries(22):
        ledger.record([opt_out(f"p{number}@example.com") for number in range(10)])
    with django_assert_max_num_queries(22):
        ledger.record([opt_out(f"q{number}@example.com") for number in range(1_000)])

    assert Suppression.objects.count() == 1_010


@pytest.mark.parametrize(
    ("channel", "address"), [("sms", "07700 900123"), ("post", "1 High Street, Leeds LS1 4DL")]
)
def test_an_objection_may_be_made_by_any_address(channel, address):
    [event] = ledger.record([objection(address, channel=channel)])

    assert (event.channel, event.address_hash) == ("all", addresses.address_hash(channel, address))
    assert Suppression.objects.get().reason == "objection"
