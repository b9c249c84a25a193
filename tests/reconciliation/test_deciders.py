"""What a person may approve is the same in the count, in the list and one by one."""

from itertools import product

import pytest
from django.urls import reverse

from integration.core.waiting import Waiting
from reconciliation import adjustments, deciders
from reconciliation.models import Adjustment, AdjustmentLimit
from tests.factories.reconciliation import difference

pytestmark = pytest.mark.django_db
KINDS = ("write_off", "fee", "timing")
CURRENCIES = ("GBP", "EUR", "JPY")
AMOUNTS = (-6_000, -5_000, 100, 5_000, 5_001, 90_000, 90_001)
LIMITS = (
    ("write_off", "GBP", "finance", 5_000), ("write_off", "GBP", "controller", 90_000),
    ("write_off", "*", "controller", 5_000), ("fee", "*", "finance", 5_000),
    ("fee", "EUR", "controller", 90_000), ("fee", "EUR", "finance", 0),
)  # fmt: skip


@pytest.fixture
def proposed(finance, controller, finance2) -> list[Adjustment]:
    """One of each kind, currency and amount, by turns of three people."""
    for kind, currency, role, amount in LIMITS:
        AdjustmentLimit.objects.create(kind=kind, currency=currency, role=role, amount=amount)
    people = (finance, controller, finance2)
    made = []
    for number, (kind, currency, amount) in enumerate(product(KINDS, CURRENCIES, AMOUNTS)):
        about = difference(f"CO-{number}", currency=currency, amount=amount, state="proposed")
        who = people[number % 3]
        made.append(
            Adjustment.objects.create(
                difference=about, kind=kind, amount=amount, currency=currency, company="main",
                day=about.day, reason="Known.", proposer=who, proposer_name=str(who),
                proposed_at=about.first_seen_at,
            )
        )  # fmt: skip
    return made


@pytest.mark.parametrize("who", ["finance", "controller", "finance2", "operations", "auditor"])
def test_every_person_is_told_the_same_everywhere(proposed, who, request, client_for):
    user = request.getfixturevalue(who)
    mine = {one.pk for one in proposed if not adjustments.why_not_approve(one, user)}
    own = {one.pk for one in proposed if one.proposer == user}
    others = {one.pk for one in proposed} - mine - own

    found = Adjustment.objects.all()
    assert set(found.filter(deciders.for_you(user)).values_list("pk", flat=True)) == mine
    assert deciders.waiting(user) == Waiting(len(mine), len(own), len(others))
    client = client_for(user)
    for decide, wanted in (("me", mine), ("own", own), ("others", others)):
        page = client.get(reverse("adjustments"), {"decide": decide})
        assert page.context["table"].page.paginator.count == len(wanted)


def test_what_is_counted_is_worth_counting(proposed, finance, controller):
    """The table above tells the people apart, or the test before says little."""
    assert deciders.waiting(finance) != deciders.waiting(controller)
    assert deciders.waiting(finance).mine > 0


def test_a_whole_list_narrowed_to_ones_own_decisions_is_decided_at_once(
    proposed, finance, client_for
):
    before = deciders.waiting(finance)

    client_for(finance).post(
        reverse("adjustments-decide"),
        {"whole": "1", "query": "decide=me", "decision": "refuse", "note": "Not these."},
    )

    assert deciders.waiting(finance) == Waiting(0, before.own, before.others)
    assert Adjustment.objects.filter(state="refused").count() == before.mine


def test_what_is_decided_is_nobodys_to_decide(proposed, finance):
    Adjustment.objects.filter(pk=proposed[0].pk).update(state="proposed")
    Adjustment.objects.exclude(pk=proposed[0].pk).delete()
    adjustments.withdraw(proposed[0], actor=finance)

    assert deciders.waiting(finance) == Waiting()
