"""What comes back of a chargeback: to the account it was booked to, and never twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from reconciliation import match
from reconciliation.models import GatewayLine, Match, NearMatch
from tests.factories.matching import DAY, account, document, line

pytestmark = pytest.mark.django_db


def booked_to_account() -> list[GatewayLine]:
    found_ = Match.objects.filter(rule="chargebacks", undone_at__isnull=True).order_by("id")
    return [each.line for each in found_ if each.line is not None]


def test_what_comes_back_months_later_with_the_reference_alone_goes_to_the_same_account():
    account("chargeback", "8100")
    line("CO-1", transaction_id="pi_1")
    document("CO-1")
    back = line("CO-1", -1234, kind="chargeback", transaction_id="dp_1")
    match.run()
    again = line("co 1", 1234, kind="chargeback_reversal", booked_on=DAY + timedelta(days=48))
    match.run(since=timezone.now(), scope=match.Scope(lines=[again.pk]))
    assert booked_to_account() == [back, again]


def test_what_came_back_twice_of_one_chargeback_is_booked_for_neither():
    account("chargeback", "8100")
    line("CO-1", transaction_id="pi_1")
    document("CO-1")
    back = line("CO-1", -1234, kind="chargeback", parent_transaction_id="pi_1")
    match.run()
    one = line("", 1234, kind="chargeback_reversal", parent_transaction_id="pi_1")
    line("CO-1", 1234, kind="chargeback_reversal")
    match.run()
    assert booked_to_account() == [back]
    assert NearMatch.objects.get(line=one).reason.startswith(
        "No chargeback of this amount is known that it would give back"
    )


def test_a_second_chargeback_and_its_reversal_follow_the_first_ones():
    account("chargeback", "8100")
    line("CO-1", transaction_id="pi_1")
    document("CO-1")
    came = []
    for kind, gross in (("chargeback", -1234), ("chargeback_reversal", 1234)) * 2:
        came.append(line("CO-1", gross, kind=kind))
        match.run()
    assert booked_to_account() == came
    line("CO-1", 1234, kind="chargeback_reversal")
    match.run()
    assert booked_to_account() == came


def test_a_reversal_of_another_amount_or_gateway_is_not_booked():
    account("chargeback", "8100")
    line("CO-1", transaction_id="pi_1")
    document("CO-1")
    back = line("CO-1", -1234, kind="chargeback")
    match.run()
    line("CO-1", 1200, kind="chargeback_reversal")
    line("CO-1", 1234, kind="chargeback_reversal", gateway="adyen")
    match.run()
    assert booked_to_account() == [back]
