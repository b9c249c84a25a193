"""Whatever the lines and documents are: order is nothing, nothing is used twice, sums agree."""

import random
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integration.mirror.documents import PrimaDocument
from reconciliation import match
from reconciliation.models import GatewayLine, Match, NearMatch
from tests.factories.matching import DAY, account, document, line, rate, statement, tolerance

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

REFERENCES = st.sampled_from(["", "CO-1", "co 1", "CO-2"])
AMOUNTS = st.sampled_from([100, 101, 200, 300, 300, 500])
PEOPLE = st.sampled_from(["", "ann@example.com", "bob@example.com"])
TRANSACTIONS = st.sampled_from(["", "t1", "t2"])
CURRENCIES = st.sampled_from(["GBP", "GBP", "GBP", "EUR"])
DAYS = st.integers(0, 9).map(lambda days: DAY + timedelta(days=days))
_OUTGOING = ("refund", "chargeback", "fee", "credit_note")

LINES = st.fixed_dictionaries(
    {
        "reference": REFERENCES,
        "gross": AMOUNTS,
        "kind": st.sampled_from(
            ["charge", "charge", "charge", "refund", "chargeback", "chargeback_reversal", "fee"]
        ),
        "customer_email": PEOPLE,
        "transaction_id": TRANSACTIONS,
        "parent_transaction_id": TRANSACTIONS,
        "currency": CURRENCIES,
        "booked_on": DAYS,
    }
)
DOCUMENTS = st.fixed_dictionaries(
    {
        "reference": REFERENCES,
        "minor": AMOUNTS,
        "kind": st.sampled_from(["invoice", "invoice", "invoice", "credit_note", "receipt"]),
        "customer_email": PEOPLE,
        "transaction_id": TRANSACTIONS,
        "invoice_number": st.sampled_from(["", "N0", "N1", "N2"]),
        "method": st.sampled_from(["", "voucher"]),
        "currency": CURRENCIES,
        "date": DAYS,
    }
)
# What becomes of a line or document later, by its place in the world.
CHANGES = st.lists(
    st.one_of(
        st.tuples(
            st.just("line"),
            st.integers(0, 8),
            st.one_of(
                st.fixed_dictionaries({"gross": st.just(300)}),
                st.fixed_dictionaries({"reference": REFERENCES}),
                st.fixed_dictionaries({"transaction_id": TRANSACTIONS}),
                st.fixed_dictionaries({"parent_transaction_id": TRANSACTIONS}),
            ),
        ),
        st.tuples(
            st.just("document"),
            st.integers(0, 6),
            st.one_of(
                st.fixed_dictionaries({"minor": st.just(300)}),
                st.fixed_dictionaries({"external_ref": REFERENCES}),
                st.fixed_dictionaries({"transaction_id": TRANSACTIONS}),
                st.fixed_dictionaries({"deleted_at": st.just(datetime(2026, 10, 30, tzinfo=UTC))}),
            ),
        ),
    ),
    max_size=4,
)
WORLDS = st.tuples(st.lists(LINES, max_size=9), st.lists(DOCUMENTS, max_size=7))
# Sales charged back and given back, each known by the sale, the dispute or the reference alone.
DISPUTES: st.SearchStrategy[Any] = st.tuples(
    st.lists(
        st.fixed_dictionaries(
            {
                "reference": st.sampled_from(["", "CO-1", "co 1"]),
                "gross": st.sampled_from([100, 100, 200]),
                "kind": st.sampled_from(
                    ["charge", "chargeback", "chargeback", "chargeback_reversal"]
                ),
                "transaction_id": TRANSACTIONS,
                "parent_transaction_id": TRANSACTIONS,
            }
        ),
        min_size=3,
        max_size=9,
    ),
    st.just([]),
)
World = tuple[list[dict[str, Any]], list[dict[str, Any]]]

some = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@contextmanager
def forgotten():
    """What is inside never happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def put(world: World, order: int = 0, part: int | None = None, file: Any = None) -> None:
    """The world, or one half of it, in this order; every row keeps its own name."""
    rows = [("line", place, row) for place, row in enumerate(world[0])]
    rows += [("document", place, row) for place, row in enumerate(world[1])]
    if part is not None:
        rows = rows[part::2]
    random.Random(order).shuffle(rows)
    for side, place, row in rows:
        if side == "line":
            _line(place, row, file)
        else:
            _document(place, row)


def set_up() -> None:
    tolerance(absolute=1, relative="1")
    rate("0.85")
    for purpose in ("fee", "fx", "chargeback"):
        account(purpose)


def outcome() -> list[tuple[Any, ...]]:
    """Every active match, by the names of what is in it."""
    return sorted(
        (
            each.rule,
            tuple(sorted(each.all_lines().values_list("line_id", flat=True))),
            tuple(sorted(each.all_documents().values_list("prima_id", flat=True))),
            each.left_total,
            each.right_total,
            each.fx_difference,
        )
        for each in Match.objects.filter(undone_at__isnull=True)
    )


def reasons() -> list[tuple[str, str, str]]:
    return sorted(NearMatch.objects.values_list("line__line_id", "rule", "reason"))


@some
@given(WORLDS, st.integers(1, 1000))
def test_the_order_of_rows_changes_nothing(world, order):
    found = []
    for turn in (0, order):
        with forgotten():
            set_up()
            put(world, turn)
            match.run()
            found.append((outcome(), reasons()))
    assert found[0] == found[1]


@some
@given(WORLDS)
def test_nothing_is_used_twice_and_both_sides_agree(world):
    with forgotten():
        set_up()
        put(world)
        match.run()
        active = Match.rows.filter(undone_at__isnull=True)
        for side in ("line_id", "document_id"):
            used = Counter(active.exclude(**{side: None}).values_list(side, flat=True))
            assert all(times == 1 for times in used.values())
        for made in Match.objects.all():
            _sums_agree(made)
            _is_of_its_stage(made)


@some
@given(WORLDS)
def test_every_line_is_matched_or_has_its_reason(world):
    with forgotten():
        set_up()
        put(world)
        match.run()
        matched = set(Match.rows.exclude(line=None).values_list("line_id", flat=True))
        near = set(NearMatch.objects.values_list("line_id", flat=True))
        assert matched | near == set(GatewayLine.objects.values_list("id", flat=True))
        assert not matched & near


@some
@given(WORLDS)
def test_a_second_run_changes_nothing(world):
    with forgotten():
        set_up()
        put(world)
        match.run()
        first, near = list(Match.rows.order_by("id").values()), reasons()
        match.run()
        assert list(Match.rows.order_by("id").values()) == first
        assert reasons() == near


@some
@given(WORLDS, CHANGES)
def test_a_run_over_what_changed_finds_what_a_run_over_everything_would(world, changed):
    _finds_the_same(world, changed)


@some
@given(DISPUTES, CHANGES)
def test_so_it_does_of_chargebacks_and_what_came_back_of_them(world, changed):
    _finds_the_same(world, changed)


@some
@given(DISPUTES, st.integers(1, 1000))
def test_no_more_comes_back_than_was_charged_back(world, order):
    with forgotten():
        set_up()
        for part in (0, 1):
            put(world, order, part=part, file=statement())
            match.run()
        booked = GatewayLine.objects.filter(matches__rule="chargebacks")
        backs = list(booked.filter(kind="chargeback"))
        taken: dict[int, GatewayLine] = {}
        for each in booked.filter(kind="chargeback_reversal"):
            assert _place(each, backs, taken, set())


def _place(
    given_back: GatewayLine, backs: list[GatewayLine], taken: dict[int, GatewayLine], seen: set[int]
) -> bool:
    """Finds it a chargeback of its own, moving others aside where they have another."""
    for back in backs:
        if back.pk in seen or not _may_give_back(given_back, back):
            continue
        seen.add(back.pk)
        if back.pk not in taken or _place(taken[back.pk], backs, taken, seen):
            taken[back.pk] = given_back
            return True
    return False


def _may_give_back(line: GatewayLine, back: GatewayLine) -> bool:
    parent, reference = line.parent_transaction_id, line.reference.upper().replace(" ", "")
    by_sale = parent != "" and parent in (back.parent_transaction_id, back.transaction_id)
    same = reference.replace("-", "") == back.reference_key
    return line.gross == -back.gross and (by_sale or (reference != "" and same))


def _finds_the_same(world: World, changed: list[tuple[str, int, dict[str, Any]]]) -> None:
    found = []
    for incremental in (True, False):
        with forgotten():
            set_up()
            put(world, part=0, file=statement())
            match.run()
            since = timezone.now()
            put(world, part=1, file=statement())
            for side, place, fields in changed:
                _change(side, place, fields)
            match.run(since=since if incremental else None)
            found.append((outcome(), reasons()))
            if incremental:
                assert match.run().matches == 0
    assert found[0] == found[1]


def _change(side: str, place: int, fields: dict[str, Any]) -> None:
    if side == "line":
        GatewayLine.objects.filter(line_id=f"L{place}").update(**fields)
    else:
        PrimaDocument.objects.filter(prima_id=f"p{place}").update(**fields)


def _sums_agree(made: Match) -> None:
    lines, papers = list(made.all_lines()), list(made.all_documents())
    right = sum(-abs(p.minor) if p.kind == "receipt" else p.minor for p in papers)
    assert made.difference == made.left_total - made.right_total
    assert abs(made.difference) <= 1
    if papers:
        assert made.right_total == right
        assert {paper.currency for paper in papers} == {made.currency}
    if made.rule in ("foreign_currency", "foreign_refund"):
        assert {one.currency for one in lines} == {made.fx_currency}
    else:
        assert made.left_total == sum(one.gross for one in lines)
        assert {one.currency for one in lines} <= {made.currency}


def _is_of_its_stage(made: Match) -> None:
    """What follows sales matches none of them, or sales would have to be tried again."""
    after_sales = next(rule.after_sales for rule in match.rules() if rule.slug == made.rule)
    of_sales = made.all_lines().filter(kind="charge").exists() or made.all_documents().filter(
        kind="invoice"
    )
    assert bool(of_sales) is not after_sales


def _line(place: int, row: dict[str, Any], file: Any) -> None:
    fields = dict(row)
    gross = fields.pop("gross") * (-1 if fields["kind"] in _OUTGOING else 1)
    at = datetime(2026, 10, 20, 12, place, tzinfo=UTC)
    line(
        fields.pop("reference"), gross, line_id=f"L{place}", occurred_at=at,
        **({"file": file} if file else {}), **fields,
    )  # fmt: skip


def _document(place: int, row: dict[str, Any]) -> None:
    fields = dict(row)
    minor = fields.pop("minor") * (-1 if fields["kind"] in _OUTGOING else 1)
    document(fields.pop("reference"), minor, prima_id=f"p{place}", number=f"N{place}", **fields)
