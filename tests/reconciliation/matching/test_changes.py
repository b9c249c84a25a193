"""What changed after it was matched, and matching only what changed."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from integration.mirror.documents import PrimaDocument
from reconciliation import match
from reconciliation.models import Change, Match, NearMatch, Period
from tests.factories.matching import CONTROL, DAY, account, document, line, receipt, statement

pytestmark = pytest.mark.django_db


def test_what_one_rule_left_unclear_and_another_makes_clear_is_matched_in_the_same_run():
    paid = document("", 300)
    receipt(paid, "t1", method="voucher", minor=300)
    named = document("", 300, transaction_id="t1")
    one = line("", 300, transaction_id="t1")

    match.run()

    made = Match.objects.get(line=one)
    assert (made.rule, made.document) == ("transaction_id", named)
    assert match.run().matches == 0


def test_running_twice_changes_nothing():
    line("A")
    document("A")
    line("B", 5)
    document("B")
    first = match.run()
    rows = list(Match.rows.order_by("id").values())
    near = list(NearMatch.objects.order_by("line_id").values("line", "rule", "reason"))

    again = match.run()

    assert (first.matches, again.matches, again.undone) == (1, 0, 0)
    assert list(Match.rows.order_by("id").values()) == rows
    assert list(NearMatch.objects.order_by("line_id").values("line", "rule", "reason")) == near


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"minor": 999}, "amount"),
        ({"currency": "EUR"}, "currency"),
        ({"external_ref": "B"}, "reference"),
        ({"deleted_at": "2026-11-01T00:00Z"}, "deleted"),
    ],
)
def test_a_document_that_changes_breaks_its_match(change, words):
    line("A")
    paper = document("A")
    match.run()
    type(paper).objects.filter(pk=paper.pk).update(**change)

    result = match.run(since=timezone.now())

    made = Match.objects.get()
    assert (result.undone, result.matches) == (1, 0)
    assert made.undone_at is not None
    assert made.undone_by is None
    assert made.undone_reason == f"The document changed after it was matched: {words}."
    assert not Change.objects.exists()


def test_a_line_that_changes_breaks_its_match_and_finds_another():
    one = line("A")
    document("A")
    other = document("B")
    match.run()
    type(one).objects.filter(pk=one.pk).update(reference="B")
    result = match.run(since=timezone.now())
    assert (result.undone, result.matches) == (1, 1)
    assert Match.objects.get(undone_at__isnull=True).document == other


def test_what_hung_on_what_changed_is_looked_at_again():
    waiting = line("CO-1")
    ours, other = document("CO-1", 1234), document("CO-1", 1234)
    match.run()
    assert not Match.objects.exists()

    PrimaDocument.objects.filter(pk=other.pk).update(external_ref="CO-2")
    match.run(since=timezone.now())

    made = Match.objects.get()
    assert (made.line, made.document) == (waiting, ours)


def test_an_invoice_that_a_receipt_names_no_more_is_looked_at_again():
    invoice = document("", 1234, customer_email="ann@example.com")
    paid = receipt(invoice, "t1")
    line("", transaction_id="t1", gross=1000)
    waiting = line("", customer_email="ann@example.com", gross=1234)
    match.run()
    assert not Match.objects.exists()

    PrimaDocument.objects.filter(pk=paid.pk).update(invoice_number="INV-9")
    match.run(since=timezone.now())

    made = Match.objects.get()
    assert (made.line, made.document) == (waiting, invoice)


def test_what_nothing_rests_on_may_change():
    line("A")
    paper = document("A")
    match.run()
    type(paper).objects.filter(pk=paper.pk).update(reason_code="x", read_at=timezone.now())
    assert match.run().undone == 0


def test_a_match_by_hand_stays_when_only_a_reference_changes(finance):
    one, paper = line("A"), document("B")
    match.by_hand([one], [paper], actor=finance, reason="It is.")
    type(paper).objects.filter(pk=paper.pk).update(external_ref="C")
    assert match.run().undone == 0
    type(paper).objects.filter(pk=paper.pk).update(minor=1)
    assert match.run().undone == 1


def test_a_match_in_a_locked_period_is_held_until_it_is_opened():
    line("A")
    paper = document("A")
    match.run()
    period = Period.objects.create(
        first_day=date(2026, 10, 1), last_day=date(2026, 10, 31), state=Period.State.LOCKED
    )
    type(paper).objects.filter(pk=paper.pk).update(minor=1)
    locked = match.run()
    assert (locked.undone, locked.held) == (0, 1)
    period.state = Period.State.OPEN
    period.save()
    opened = match.run(since=timezone.now())
    assert (opened.undone, opened.held) == (1, 0)


def test_new_lines_meet_old_documents_and_the_other_way_round():
    waiting_line, waiting_paper = line("A"), document("B")
    match.run()
    since = timezone.now()
    document("A")
    line("B", file=statement())
    result = match.run(since=since)
    assert (result.matches, result.whole) == (2, False)
    assert set(Match.objects.values_list("line__reference", flat=True)) == {"A", "B"}
    assert Match.objects.filter(line=waiting_line).exists()
    assert Match.objects.filter(document=waiting_paper).exists()


def test_a_late_receipt_brings_line_and_invoice_together():
    line("", transaction_id="pi_1")
    paper = document("A")
    match.run()
    since = timezone.now()
    receipt(paper, "pi_1")
    assert match.run(since=since).matches == 1


def test_a_late_credit_note_meets_a_refund_of_a_sale_matched_long_ago():
    line("A", transaction_id="pi_1")
    invoice = document("A")
    line("", -1234, kind="refund", parent_transaction_id="pi_1")
    match.run()
    since = timezone.now()
    document("", -1234, kind="credit_note", invoice_number=invoice.number)
    assert match.run(since=since).matches == 1


def test_a_scope_names_what_to_look_at():
    one, _ = line("A"), document("A")
    line("B")
    document("B")
    result = match.run(scope=match.Scope(lines=[one.pk]))
    assert result.matches == 1
    assert Match.objects.get().line == one


def test_where_too_much_hangs_together_everything_is_looked_at(monkeypatch):
    monkeypatch.setattr("reconciliation.matching.scope.MOST_ITEMS", 1)
    ours, far = line("CO-1"), line("CO-2")
    for reference in ("CO-1", "CO-2"):
        document(reference)
    result = match.run(scope=match.Scope(lines=[ours.pk]))
    assert result.whole
    assert set(Match.objects.values_list("line_id", flat=True)) == {ours.pk, far.pk}


def test_as_of_a_day_leaves_out_what_came_later():
    line("A", booked_on=DAY + timedelta(days=1))
    document("A")
    assert match.run(as_of=DAY).matches == 0
    assert match.run(as_of=DAY + timedelta(days=1)).matches == 1


def test_companies_do_not_meet():
    line("A", company="other")
    document("A")
    assert match.run().matches == 0
    assert match.run(company="other").matches == 0


def test_every_rule_has_words_and_its_yield_is_told_in_order():
    account("fee")
    line("", -30, kind="fee")
    line("A")
    document("A")
    result = match.run()
    assert [(each.rule, each.matches) for each in result.yields if each.matches] == [
        ("exact_reference", 1),
        ("fees", 1),
    ]
    assert all(rule.title and rule.reason.endswith(".") for rule in match.rules())
    assert match.title_of("by_hand") == "By hand"
    assert match.CONTROL == CONTROL


def test_a_run_for_one_company_leaves_the_reasons_of_another_in_place():
    ours, theirs = line("A"), line("A", company="north")
    for company in ("main", "north"):
        match.run(company=company)
    assert {each.line for each in NearMatch.objects.all()} == {ours, theirs}

    match.run(since=timezone.now(), scope=match.Scope(lines=[ours.pk]))

    assert {each.line for each in NearMatch.objects.all()} == {ours, theirs}
