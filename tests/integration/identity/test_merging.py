"""Two customers become one, and two again exactly as they were."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integration.audit.models import AuditEntry
from integration.identity import distinctions, keys, merging
from integration.identity.merging import NotMergeable
from integration.identity.models import Customer, CustomerLink, Merger

pytestmark = pytest.mark.django_db


def rows(customer):
    return sorted(
        CustomerLink.objects.filter(customer=customer).values_list(
            "pk", "system", "company", "key", "state", "retired_by", "retired_at"
        )
    )


def pair():
    kept = keys.link("CK-1", "A1", method="email", actor=None)
    gone = keys.link("CK-2", "A2", method="email", actor=None)
    return kept, gone


def test_every_key_of_the_merged_customer_leads_to_the_kept_one(operations):
    kept, gone = pair()

    merging.merge(kept, gone, actor=operations, reason="One person")

    assert keys.resolve("sfmc", "CK-2") == kept
    assert keys.resolve("prima", "A2") == kept
    assert keys.accounts_by_contact(["CK-1", "CK-2"]) == {"CK-1": "A1", "CK-2": "A1"}
    gone.refresh_from_db()
    assert keys.survivor(gone) == kept
    assert AuditEntry.objects.filter(action="customers merged").exists()


def test_the_trail_calls_customers_by_their_keys(operations):
    kept, gone = pair()
    Customer.objects.update(name="Ruth Thompson")

    merger = merging.merge(kept, gone, actor=operations, reason="One")
    merging.undo(merger, actor=operations, reason="Two")
    keys.link("CK-3", "A1", method="by hand", actor=operations)
    keys.unlink("CK-1", actor=operations, reason="Her mother")
    with pytest.raises(NotMergeable) as refusal:
        merging.merge(kept, kept, actor=operations, reason="One")

    entries = AuditEntry.objects.filter(actor=operations)
    assert {entry.target_label for entry in entries} == {str(kept.pk)}
    assert set(entries.values_list("action", flat=True)) == {
        "customers merged", "customers taken apart", "customer linked", "customer unlinked",
    }  # fmt: skip
    told = [*entries.values_list("details", flat=True), refusal.value.message]
    assert "Thompson" not in str(told)


@pytest.mark.parametrize("role", ["kept", "gone"])
def test_a_refusal_says_which_of_the_two_it_is_without_naming_anybody(role, operations):
    kept, gone = pair()
    Customer.objects.update(name="Ruth Thompson")
    other = keys.link("CK-3", "A3", method="email", actor=None)
    merging.merge(other, kept if role == "kept" else gone, actor=operations, reason="One")

    with pytest.raises(NotMergeable) as refusal:
        merging.merge(kept, gone, actor=operations, reason="One")

    which = "This" if role == "kept" else "The other"
    assert refusal.value.message == f"{which} customer was merged into another one already."


def test_undo_gives_back_exactly_what_was(operations):
    kept, gone = pair()
    before = rows(kept), rows(gone)

    merger = merging.merge(kept, gone, actor=operations, reason="One person")
    merging.undo(merger, actor=operations, reason="Father and son")

    assert (rows(kept), rows(gone)) == before
    gone.refresh_from_db()
    assert (gone.merged_into, gone.merged_at) == (None, None)
    merger.refresh_from_db()
    assert merger.undone_by == str(operations)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_mergers_undone_in_turn_leave_no_trace(operations, data):
    Merger.objects.all().delete()
    CustomerLink.objects.all().delete()
    Customer.objects.all().delete()
    people = []
    for place in range(4):
        people.append(keys.link(f"CK-{place}", f"A{place}", method="x", actor=None))
        if data.draw(st.booleans()):
            keys.link(f"CK-{place}-B", f"A{place}", method="x", actor=None)
    before = [rows(one) for one in people]
    made = []
    for _ in range(data.draw(st.integers(1, 4))):
        one, other = data.draw(st.permutations(people))[:2]
        one.refresh_from_db()
        other.refresh_from_db()
        if not merging.why_not(one, other):
            made.append(merging.merge(one, other, actor=operations, reason="x"))
    everybody = set(CustomerLink.objects.values_list("system", "key"))
    assert all(keys.resolve(system, key) is not None for system, key in everybody)

    for merger in reversed(made):
        merging.undo(merger, actor=operations, reason="x")

    assert [rows(one) for one in people] == before
    assert not Customer.objects.filter(merged_into__isnull=False).exists()


def test_who_was_told_apart_is_not_merged(operations):
    kept, gone = pair()
    distinctions.tell_apart(("sfmc", "ck-2"), ("prima", "a1"), actor=operations, reason="No")

    with pytest.raises(NotMergeable, match="not the same"):
        merging.merge(kept, gone, actor=operations, reason="One person")

    assert keys.resolve("sfmc", "CK-2") == gone


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_merger_needs_a_reason(operations, reason):
    kept, gone = pair()

    with pytest.raises(NotMergeable):
        merging.merge(kept, gone, actor=operations, reason=reason)

    assert not Merger.objects.exists()


def test_a_merger_is_undone_once(operations):
    merger = merging.merge(*pair(), actor=operations, reason="x")
    merging.undo(merger, actor=operations, reason="x")

    with pytest.raises(NotMergeable, match="already"):
        merging.undo(merger, actor=operations, reason="x")


def test_an_undo_waits_until_later_changes_are_put_right(operations):
    kept, gone = pair()
    merger = merging.merge(kept, gone, actor=operations, reason="x")
    keys.link("CK-2", "A9", method="by hand", actor=operations)

    with pytest.raises(NotMergeable, match="linked elsewhere"):
        merging.undo(merger, actor=operations, reason="x")

    gone.refresh_from_db()
    assert gone.merged_into == kept


def test_the_kept_customer_of_an_older_merger_comes_apart_first(operations):
    kept, gone = pair()
    third = keys.link("CK-3", "A3", method="x", actor=None)
    first = merging.merge(kept, gone, actor=operations, reason="x")
    merging.merge(third, kept, actor=operations, reason="x")

    with pytest.raises(NotMergeable, match="Take that apart first"):
        merging.undo(first, actor=operations, reason="x")


def test_a_decision_is_the_same_from_both_sides(operations):
    one = distinctions.tell_apart(("sfmc", "b"), ("sfmc", "A"), actor=operations, reason="No")
    two = distinctions.tell_apart(("sfmc", "a"), ("sfmc", "B"), actor=operations, reason="No")

    assert one == two
    assert distinctions.are_apart([("sfmc", "a")], [("sfmc", "b")]) == one
    assert distinctions.are_apart([("sfmc", "b")], [("sfmc", "a")]) == one
    distinctions.take_back(one, actor=operations)
    assert distinctions.are_apart([("sfmc", "b")], [("sfmc", "a")]) is None
