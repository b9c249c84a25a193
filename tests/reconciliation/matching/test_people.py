"""Matching by hand, taking apart, and two people at the same line."""

import threading
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from integration.audit.models import AuditEntry
from reconciliation import match
from reconciliation.models import GatewayLine, Match, NearMatch, Period
from reconciliation.refusals import PeriodLocked, Refused
from tests.factories.matching import credit_note, document, line
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db


def test_several_lines_and_documents_are_matched_by_hand(finance):
    lines = [line("A", 100), line("B", 250), line("C", 40)]
    papers = [document("X", 300), document("Y", 95)]
    match.run()
    assert NearMatch.objects.count() == 3

    made = match.by_hand(lines, papers, actor=finance, reason="Paid together.")

    assert set(made.all_lines()) == set(lines)
    assert set(made.all_documents()) == set(papers)
    assert (made.left_total, made.right_total, made.difference) == (390, 395, -5)
    assert (made.rule, made.made_by, made.reason) == ("by_hand", finance, "Paid together.")
    assert Match.objects.count() == 1
    assert not NearMatch.objects.exists()
    assert AuditEntry.objects.get(action="match made by hand").actor == finance
    assert match.run().matches == 0


def test_currencies_are_not_mixed(finance):
    with pytest.raises(Refused, match="EUR and GBP cannot be in one match"):
        match.by_hand(
            [line("A")], [document("A", currency="EUR")], actor=finance, reason="Looks right."
        )
    assert not Match.rows.exists()


def test_what_is_matched_already_is_refused_and_says_who_was_first(finance, finance2):
    one, paper, other = line("A"), document("X"), document("Y")
    match.by_hand([one], [paper], actor=finance, reason="Mine.")
    with pytest.raises(Refused, match=f"Line {one.line_id} is matched already: .* was first"):
        match.by_hand([one], [other], actor=finance2, reason="Mine.")
    with pytest.raises(Refused, match=f"{paper} is matched already"):
        match.by_hand([line("B")], [paper], actor=finance2, reason="Mine.")
    assert Match.rows.count() == 1


def test_only_finance_matches_and_says_why(operations, finance):
    one, paper = line("A"), document("X")
    with pytest.raises(Refused, match="Only finance"):
        match.by_hand([one], [paper], actor=operations, reason="Looks right.")
    with pytest.raises(Refused, match="Say why"):
        match.by_hand([one], [paper], actor=finance, reason=" ")
    with pytest.raises(Refused, match="Choose"):
        match.by_hand([], [], actor=finance, reason="Looks right.")
    assert not Match.rows.exists()


def test_a_document_that_prima_no_longer_has_is_refused(finance):
    from_prima = document("X", deleted_at="2026-11-01T00:00Z")
    with pytest.raises(Refused, match="Prima no longer has"):
        match.by_hand([line("A")], [from_prima], actor=finance, reason="Looks right.")


def test_a_match_that_a_person_took_apart_is_not_made_again(finance):
    one, paper = line("A"), document("A")
    match.run()
    undone = match.undo(Match.objects.get(), actor=finance, reason="Another customer.")
    assert (undone.undone_by, undone.undone_reason) == (finance, "Another customer.")
    assert match.run().matches == 0
    assert match.run(since=undone.undone_at).matches == 0
    # and: by hand it may be made again
    assert match.by_hand([one], [paper], actor=finance, reason="It was right.").pk


def test_undoing_a_large_match_frees_all_of_it(finance, finance2):
    lines = [line("A", 400), line("A", 600)]
    document("A", 1000)
    match.run()
    made = Match.objects.get()
    match.undo(made, actor=finance, reason="No.")
    assert not Match.rows.filter(undone_at__isnull=True).exists()
    with pytest.raises(Refused, match="has undone this match already"):
        match.undo(made, actor=finance2, reason="No.")
    match.by_hand(lines[:1], [], actor=finance, reason="Alone.")


def test_a_shut_period_refuses_hands_and_the_database_refuses_all(finance):
    line("A")
    document("A")
    match.run()
    made = Match.objects.get()
    Period.objects.create(
        first_day=date(2026, 10, 1), last_day=date(2026, 10, 31), state=Period.State.LOCKED
    )
    with pytest.raises(PeriodLocked, match="October 2026 is locked"):
        match.undo(made, actor=finance, reason="No.")
    with pytest.raises(PeriodLocked):
        match.by_hand([line("B")], [document("B")], actor=finance, reason="Late.")
    for change in (
        lambda: Match.rows.update(undone_at="2026-11-01T00:00Z"),
        lambda: Match.rows.all().delete(),
        lambda: Match.rows.create(
            control="x", rule="x", currency="GBP", left_total=0, right_total=0,
            line=line("C"), day=date(2026, 10, 31), made_at="2026-11-01T00:00Z",
        ),
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match="locked"), transaction.atomic():
            change()
    made.refresh_from_db()
    assert made.undone_at is None


def test_what_comes_late_is_booked_in_the_next_open_period():
    Period.objects.create(
        first_day=date(2026, 10, 1), last_day=date(2026, 10, 31), state=Period.State.LOCKED
    )
    line("A")
    document("A")
    match.run()
    assert Match.objects.get().day == date(2026, 11, 1)


def test_what_is_matched_is_never_deleted():
    one, paper = line("A"), document("A")
    match.run()
    for row in (one, paper):
        with pytest.raises(IntegrityError, match="matched"), transaction.atomic():
            type(row).objects.filter(pk=row.pk)._raw_delete("default")


def test_candidates_are_ranked_with_reasons():
    one = line("CO-1", 1300, customer_email="ann@example.com")
    same_reference = document("CO-1", 1234)
    same_amount = document("CO-2", 1300, customer_email="ANN@example.com")
    document("CO-3", 77)
    taken = document("CO-1", 50)
    line_of_taken = line("CO-9", 50)
    match.by_hand([line_of_taken], [taken], actor=_fiona(), reason="It is.")

    ranked = match.candidates(one)

    assert [(each.document, each.difference) for each in ranked] == [
        (same_reference, 66),
        (same_amount, 0),
    ]
    assert ranked[0].reasons == ("Same reference",)
    assert ranked[1].reasons == ("Same amount", "Same customer")


def test_a_credit_note_ranks_low_for_a_charge():
    one = line("CO-1")
    credit_note("CO-1")
    (candidate,) = match.candidates(one)
    assert "Money in the other direction" in candidate.reasons


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_the_same_line_the_second_gets_a_sentence():
    people = [PersonFactory.create(username=name, roles=["finance"]) for name in ("f1", "f2")]
    one = line("A")
    papers = [document("X"), document("Y")]
    gate, said = threading.Barrier(2), []

    def at_once(place: int) -> None:
        try:
            gate.wait()
            match.by_hand([one], [papers[place]], actor=people[place], reason="Mine.")
            said.append("done")
        except Refused as refused:
            said.append(refused.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=at_once, args=(place,)) for place in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert "done" in said
    assert [words for words in said if "is matched already" in words]
    assert Match.rows.count() == 1
    assert GatewayLine.objects.count() == 1


def _fiona():
    return PersonFactory.create(username="fiona", roles=["finance"])
