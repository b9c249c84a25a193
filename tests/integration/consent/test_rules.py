"""The rules of consent, whatever comes in whatever order."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.consent import rules
from integration.consent.rules import Claim, Standing, joined, weigh

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOURCES = ["desk"]
EVIDENCE = {"method": "form", "wording": "news 1", "source_ref": "f 1", "source": "desk"}
moments = st.integers(-60, 60).map(lambda minutes: NOON + timedelta(minutes=minutes))
standings = st.builds(Standing, *(st.none() | moments for _ in range(5)))


def claim(action, at=NOON, **changes):
    told = {"channel": "email", "purpose": "marketing", "received_at": NOON, **changes}
    return Claim(action=action, occurred_at=at, **told)


@given(standings, standings, standings)
def test_events_may_come_in_any_order_and_twice(one, two, three):
    found = {joined(order) for order in permutations([one, two, three])}

    assert len(found) == 1
    assert joined([one, one]) == one
    assert joined([found.pop(), two, three]) == joined([one, two, three])


@given(standings, moments)
def test_an_opt_out_restricts_unless_an_opt_in_is_plainly_later(standing, at):
    after = standing.joined(Standing(opt_out=at))

    later = standing.opt_in is not None and standing.opt_in > at + rules.SKEW
    assert later or after.restricted_by()


@given(standings, moments)
def test_an_opt_in_never_makes_anything_more_restrictive_nor_lifts_what_came_later(standing, at):
    after = standing.joined(Standing(opt_in=at))

    if not standing.restricted_by():
        assert not after.restricted_by()
    for action in rules.RESTRICTIONS:
        moment = getattr(standing, action)
        if moment is not None and moment >= (after.opt_in or at) - rules.SKEW:
            assert after.restricted_by()


@pytest.mark.parametrize("action", rules.RESTRICTIONS)
def test_a_restriction_always_counts_and_in_doubt_from_when_it_was_told(action):
    assert weigh(claim(action), SOURCES).counts_at == NOON
    assert weigh(claim(action, at=None), SOURCES).counts_at == NOON
    assert weigh(claim(action, at=NOON + timedelta(days=9)), SOURCES).counts_at == NOON
    assert weigh(claim(action, at=NOON - timedelta(days=9)), SOURCES).counts_at is not None


def test_an_opt_in_with_evidence_counts_from_when_it_was_given():
    at = NOON - timedelta(days=1)

    assert weigh(claim("opt_in", at=at, **EVIDENCE), SOURCES).counts_at == at


@pytest.mark.parametrize("missing", ["method", "wording", "source_ref"])
def test_an_opt_in_without_evidence_does_not_count(missing):
    weight = weigh(claim("opt_in", **{**EVIDENCE, missing: ""}), SOURCES)

    assert weight.counts_at is None
    assert weight.why_not.startswith("It lacks")


@pytest.mark.parametrize(
    "changes",
    [
        {"at": None},
        {"source": "somewhere"},
        {"at": NOON + timedelta(minutes=6)},
        {"channel": "all"},
        {"purpose": "all"},
    ],
)
def test_an_opt_in_that_is_in_doubt_does_not_count(changes):
    weight = weigh(claim("opt_in", **{**EVIDENCE, **changes}), SOURCES)

    assert weight.counts_at is None
    assert weight.why_not


def test_moments_within_the_skew_of_clocks_are_in_doubt():
    out = Standing(opt_out=NOON)

    assert out.joined(Standing(opt_in=NOON + rules.SKEW)).state() == "opted_out"
    late = NOON + rules.SKEW + timedelta(seconds=1)
    assert out.joined(Standing(opt_in=late)).state() == "opted_in"


def test_the_worst_restriction_names_the_state():
    both = Standing(opt_out=NOON, objection=NOON - timedelta(days=1), bounce=NOON)

    assert both.state() == "objected"
    assert both.since() == NOON - timedelta(days=1)
    assert Standing().state() == ""
