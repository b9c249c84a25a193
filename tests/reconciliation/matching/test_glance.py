"""What is paired at a glance in a run over everything, and what is left to the rules after it."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from integration.mirror.documents import PrimaDocument
from reconciliation import match
from reconciliation.matching.glance import MANY
from reconciliation.models import GatewayLine, Match, NearMatch, Period
from tests.factories.matching import DAY, document, line, tolerance

pytestmark = pytest.mark.django_db

_INDEXES = "SELECT indexdef FROM pg_indexes WHERE tablename = 'reconciliation_match' ORDER BY 1"


def rules_used() -> dict[str, int]:
    used: dict[str, int] = {}
    for rule in Match.objects.values_list("rule", flat=True):
        used[rule] = used.get(rule, 0) + 1
    return used


def index_definitions() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES)
        return [definition for (definition,) in cursor.fetchall()]


def many_sales() -> None:
    """So many that the first run fills the table of matches before its indexes are built."""
    one = line("R0", line_id="S0")
    paper = document("R0", prima_id="S0", number="S0")
    now = timezone.now()
    GatewayLine.objects.bulk_create(
        GatewayLine(
            file=one.file, gateway=one.gateway, line_id=f"S{place}", kind="charge",
            gross=one.gross, net=one.net, currency="GBP", occurred_at=one.occurred_at,
            booked_on=DAY, reference=f"R{place}",
        )
        for place in range(1, MANY)
    )  # fmt: skip
    PrimaDocument.objects.bulk_create(
        PrimaDocument(
            prima_id=f"S{place}", kind="invoice", number=f"S{place}", date=DAY, currency="GBP",
            gross=paper.gross, minor=paper.minor, external_ref=f"R{place}", data={}, read_at=now,
            confirmed_at=now,
        )
        for place in range(1, MANY)
    )  # fmt: skip


@pytest.mark.slow
def test_a_large_first_run_leaves_every_guard_of_the_matches_in_place():
    many_sales()
    before = index_definitions()

    result = match.run()

    assert (result.matches, result.open_lines) == (MANY, 0)
    assert index_definitions() == before
    made = Match.objects.first()
    assert made is not None
    for side in ({"line": made.line}, {"document": made.document}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Match.objects.create(
                control=made.control, rule=made.rule, currency="GBP", left_total=1, right_total=1,
                day=DAY, made_at=timezone.now(), **side,
            )  # fmt: skip
    assert Match.rows.count() == MANY
    assert match.run().matches == 0


@pytest.mark.slow
def test_references_read_in_two_halves_lose_none_at_the_middle():
    many_sales()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE reconciliation_gatewayline")
        cursor.execute(
            "SELECT histogram_bounds::text::text[] FROM pg_stats"
            " WHERE tablename = 'reconciliation_gatewayline' AND attname = 'reference_key'"
        )
        (bounds,) = cursor.fetchone() or ([],)
    assert len(bounds) > 2  # Without statistics all is one range, and this test says nothing.
    twice = line("R0", 77, line_id="again")

    result = match.run()

    assert (result.matches, result.open_lines) == (MANY, 1)
    assert NearMatch.objects.get().line == twice
    paired = Match.objects.values_list("line__reference", "document__external_ref")
    assert all(ours == theirs for ours, theirs in paired)


@pytest.mark.slow
def test_a_large_first_run_books_nothing_into_a_locked_period():
    many_sales()
    Period.objects.create(
        first_day=date(2026, 10, 1), last_day=date(2026, 10, 31), state=Period.State.LOCKED
    )
    assert match.run().matches == MANY
    assert set(Match.objects.values_list("day", flat=True)) == {date(2026, 11, 1)}


def test_a_reference_that_hundreds_have_on_both_sides_is_taken_oldest_first():
    for place in range(300):
        line("N/A", line_id=f"L{place:03}")
        document("N/A", number=f"N{place:03}")
    result = match.run()
    assert (result.matches, result.open_lines) == (300, 0)
    pairs = Match.objects.values_list("line__line_id", "document__number")
    assert all(one[1:] == other[1:] for one, other in pairs)
    assert rules_used() == {"repeated_reference": 300}


@pytest.mark.parametrize(
    ("left", "right", "rule"),
    [
        ({"reference": "CO-1"}, {"reference": "CO-1"}, "exact_reference"),
        ({"reference": "co 1"}, {"reference": "CO-1"}, "normalised_reference"),
        ({"reference": "CO-1", "gross": 1236}, {"reference": "CO-1"}, "exact_reference"),
        ({"reference": "CO-1", "gross": 1237}, {"reference": "CO-1"}, ""),
        ({"reference": "CO-1", "currency": "EUR"}, {"reference": "CO-1"}, ""),
    ],
)
def test_one_on_each_side_is_a_pair_only_when_reference_amount_and_currency_say_so(
    left, right, rule
):
    tolerance(absolute=2, relative="1")
    line(**left)
    document(**right)
    match.run()
    assert rules_used() == ({rule: 1} if rule else {})
    assert NearMatch.objects.count() == (0 if rule else 1)


def test_another_spelling_of_the_same_reference_leaves_the_pair_to_the_rules():
    exact, other = line("CO-1"), line("co 1", 99)
    paper = document("CO-1")
    match.run()
    made = Match.objects.get()
    assert (made.line, made.document) == (exact, paper)
    assert NearMatch.objects.get().line == other


def test_what_is_matched_already_is_not_looked_at_again_and_what_came_is():
    line("CO-1")
    document("CO-1")
    match.run()
    line("CO-1")
    line("CO-2")
    document("CO-2")
    result = match.run()
    assert (result.matches, result.open_lines) == (1, 1)
    assert "may have come twice" in NearMatch.objects.get().reason


def test_a_pair_taken_apart_is_not_found_at_a_glance_again(finance):
    line("CO-1")
    document("CO-1")
    match.run()
    match.undo(Match.objects.get(), actor=finance, reason="Another order.")
    assert match.run().matches == 0
    assert NearMatch.objects.count() == 1


def test_what_came_beside_a_pair_taken_apart_is_matched_and_none_is_forgotten(finance):
    first, paper = line("CO-1"), document("CO-1")
    match.run()
    match.undo(Match.objects.get(), actor=finance, reason="Another order.")
    later, owed = line("CO-1", 700), document("CO-1", 700)
    stray = line("CO-1", 55)

    result = match.run()

    made = Match.objects.get(undone_at__isnull=True)
    assert (made.line, made.document) == (later, owed)
    assert result.open_lines == 2
    assert {each.line for each in NearMatch.objects.all()} == {first, stray}
    assert not Match.objects.filter(undone_at=None, document=paper).exists()
