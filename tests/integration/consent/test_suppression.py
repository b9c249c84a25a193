"""The gate: who may be written to, and everything that must keep somebody out."""

import pytest
from django.db import DatabaseError, connection

from integration.consent import ledger, merging
from integration.consent.models import ConsentState
from integration.consent.permissions import permissions_of
from integration.consent.suppression import allowed
from integration.identity import keys
from integration.records.audience import Recipient
from tests.factories.consent import ago, flag, objection, opt_in, opt_out
from tests.factories.estates import contact

pytestmark = pytest.mark.django_db

ANN = Recipient("C-1", email="Ann@Example.com", mobile="07700 900123")
BEN = Recipient("C-2", email="ben@example.com")


def cleared(*who, channel="email", purpose="marketing"):
    return sorted(allowed(who, channel, purpose).cleared)


def test_whoever_said_no_is_kept_out_and_told_why():
    ledger.record([opt_out()])

    audience = allowed([ANN, BEN], "email", "marketing")

    assert audience.cleared == {"C-2"}
    assert audience.refused == {"C-1": "Opted out."}


def test_whoever_is_unsubscribed_there_is_kept_out_before_the_ledger_has_heard_of_it():
    """Taken in a few at a time: until then the copy of the contact says it."""
    contact("c-1", email="ann@example.com", status="Unsubscribed")

    audience = allowed([ANN, BEN], "email", "marketing")
    assert audience.cleared == {"C-2"}
    assert audience.refused == {"C-1": "Unsubscribed in Marketing Cloud."}
    assert cleared(ANN, channel="sms") == ["C-1"]

    ledger.record([opt_in(occurred_at=ago(hours=1))])
    assert cleared(ANN) == ["C-1"], "a yes that is on its way there"


def test_a_no_to_e_mail_is_no_no_to_text_messages():
    ledger.record([opt_out()])

    assert cleared(ANN, channel="sms") == ["C-1"]


def test_a_no_to_the_channel_is_a_no_to_every_purpose_of_it():
    ledger.record([opt_out(purpose="all")])

    assert cleared(ANN, purpose="newsletter") == []


def test_who_has_no_address_or_an_unreadable_one_is_kept_out():
    who = [Recipient("C-3"), Recipient("C-4", email="ann at home"), Recipient("C-5", mobile="12")]

    assert cleared(*who) == []
    assert cleared(*who, channel="sms") == []


@pytest.mark.parametrize("first", [True, False])
def test_whoever_would_be_written_to_at_two_addresses_is_judged_by_both(first):
    ledger.record([opt_out("old@example.com")])
    two = [Recipient("C-1", email="old@example.com"), ANN]

    audience = allowed(two if first else two[::-1], "email", "marketing")

    assert audience.cleared == frozenset()
    assert audience.refused == {"C-1": "Opted out."}


def test_an_objection_follows_the_person_to_a_new_address_and_every_channel():
    customer = keys.link("C-1", "A1", method="test", actor=None)
    ledger.record([objection("old@example.com", customer_uid=customer.uid)])

    moved = Recipient("c-1", email="new@example.com", mobile="07700 900999")
    assert cleared(moved, BEN) == ["C-2"]
    assert cleared(moved, channel="sms") == []


def test_a_no_to_everything_is_one_to_every_address_of_who_is_no_customer_yet():
    ledger.record(
        [
            opt_in("07700900123", channel="sms", occurred_at=ago(hours=1)),
            objection(occurred_at=ago()),
        ]
    )

    for channel in ("email", "sms", "mobile", "phone"):
        assert allowed([ANN, BEN], channel, "marketing").refused["C-1"] == "Objected."
    assert permissions_of([ANN])["C-1"].sms is False


def test_a_yes_does_not_follow_to_a_new_address():
    ledger.record([opt_in("old@example.com", occurred_at=ago(hours=1))])

    permissions = permissions_of([Recipient("C-1", email="new@example.com")])

    assert permissions["C-1"].email is False


def test_a_later_evidenced_yes_lets_them_in_again_and_a_flag_does_not():
    ledger.record([opt_out(occurred_at=ago(hours=2))])

    ledger.record([flag()])
    assert cleared(ANN) == []
    ledger.record([opt_in(occurred_at=ago(hours=1))])
    assert cleared(ANN) == ["C-1"]


def test_the_suppression_holds_although_the_states_are_gone():
    ledger.record([opt_out()])
    ConsentState.objects.all().delete()

    assert cleared(ANN) == []


def test_a_service_message_goes_to_whoever_has_an_address():
    ledger.record([opt_out()])

    assert cleared(ANN, Recipient("C-3"), purpose="service") == ["C-1"]


def test_where_marketing_needs_a_yes_silence_is_a_no(settings):
    settings.MARKETING_NEEDS_OPT_IN = True
    ledger.record([opt_in("ben@example.com", occurred_at=ago(hours=1))])

    assert cleared(ANN, BEN) == ["C-2"]


def test_the_merged_person_gets_the_more_restrictive_of_both_once():
    one = keys.link("C-1", "A1", method="test", actor=None)
    two = keys.link("C-2", "A2", method="test", actor=None)
    ledger.record([objection(customer_uid=one.uid)])
    ledger.record([opt_in("ben@example.com", customer_uid=two.uid, occurred_at=ago(hours=1))])

    assert merging.carry_over(one.uid, two.uid, actor="mark") != []
    assert merging.carry_over(one.uid, two.uid, actor="mark") == []

    assert cleared(BEN) == []


def test_an_opt_out_follows_the_person_and_a_yes_lifts_it_where_it_was_said():
    customer = keys.link("C-1", "A1", method="test", actor=None)
    keys.link("C-2", "A1", method="test", actor=None)
    ledger.record([opt_out(customer_uid=customer.uid, occurred_at=ago(hours=2))])
    assert cleared(ANN, BEN) == []
    assert cleared(ANN, channel="sms") == ["C-1"]

    ledger.record([opt_in("ben@example.com", customer_uid=customer.uid, occurred_at=ago(hours=1))])

    assert cleared(ANN, BEN) == ["C-2"]


def test_a_bounce_is_of_the_address_and_follows_nobody():
    customer = keys.link("C-1", "A1", method="test", actor=None)
    keys.link("C-2", "A1", method="test", actor=None)

    ledger.record([opt_out(action="bounce", customer_uid=customer.uid)])

    assert cleared(ANN, BEN) == ["C-2"]


def test_a_merger_carries_every_no_with_its_moment_not_only_the_worst():
    one = keys.link("C-1", "A1", method="test", actor=None)
    two = keys.link("C-2", "A2", method="test", actor=None)
    ledger.record([objection(customer_uid=one.uid, occurred_at=ago(hours=3))])
    ledger.record([opt_out(customer_uid=one.uid, occurred_at=ago(hours=1))])
    ledger.record([opt_in("ben@example.com", customer_uid=two.uid, occurred_at=ago(hours=2))])
    assert cleared(BEN) == ["C-2"]

    merging.carry_over(one.uid, two.uid, actor="mark")

    assert cleared(BEN) == []


def test_permissions_for_the_contact_table_are_what_the_ledger_says():
    ledger.record(
        [
            opt_in(occurred_at=ago(hours=1)),
            opt_out("07700900123", channel="sms"),
            opt_out("ben@example.com"),
        ]
    )

    found = permissions_of([ANN, BEN])

    assert found["C-1"].row()["email_consent"] is True
    assert found["C-1"].sms is False
    assert found["C-1"].is_restricted is False
    assert found["C-2"].is_restricted is True
    assert found["C-2"].at is not None


def test_a_database_that_does_not_answer_clears_nobody():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE consent_suppression RENAME TO gone")

    with pytest.raises(DatabaseError):
        allowed([ANN], "email", "marketing")


def test_a_thousand_recipients_take_four_queries(django_assert_num_queries):
    many = [Recipient(f"C-{n}", email=f"p{n}@example.com") for n in range(1_000)]

    with django_assert_num_queries(4):
        assert len(allowed(many, "email", "marketing").cleared) == 1_000
    with django_assert_num_queries(3):
        permissions_of(many)
