"""The audit trail: complete, chained, and unchangeable."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from integration.accounts.models import User
from integration.audit.models import AuditEntry
from integration.audit.trail import fingerprint, record, verify

pytestmark = pytest.mark.django_db


def test_an_entry_names_actor_target_and_details(finance: User) -> None:
    # when
    record("approval granted", actor=finance, target=finance, amount=Decimal("12.30"), lines=[1, 2])

    # then
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.actor_name, entry.action) == (
        finance,
        "Fiona Field",
        "approval granted",
    )
    assert (entry.target_type, entry.target_id) == ("accounts.user", str(finance.pk))
    assert entry.target_label == "Fiona Field"
    assert entry.details == {"amount": "12.30", "lines": [1, 2]}


def test_the_desk_itself_acts_without_a_person() -> None:
    entry = record("order sent", actor=None, label="WEB-1")
    assert (entry.actor, entry.actor_name, entry.target_label) == (None, "Prima desk", "WEB-1")


def test_every_entry_holds_the_hash_of_the_one_before() -> None:
    # given
    first, second = record("one", actor=None), record("two", actor=None)

    # then
    assert first.previous_hash == ""
    assert second.previous_hash == first.hash
    verdict = verify()
    assert (verdict.sound, verdict.entries, verdict.head) == (True, 2, second.hash)


@pytest.mark.parametrize(
    "value",
    [1.5e22, Decimal("1.00"), "nul \x00 and half \ud800", {"b": [1, {"a": None}], 2: True}, "é🎉"],
)
def test_what_was_written_reads_back_as_it_was_hashed(value: object) -> None:
    # when
    entry = record("kept", actor=None, value=value)

    # then
    entry.refresh_from_db()
    assert fingerprint(entry) == entry.hash
    assert verify().sound


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditentry SET action = 'another'",
        "DELETE FROM audit_auditentry",
        "TRUNCATE audit_auditentry",
    ],
)
def test_the_database_refuses_to_change_the_trail(statement: str) -> None:
    # given
    record("kept", actor=None)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    # when
    with (
        pytest.raises(DatabaseError, match="never changed or deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    # then
    assert AuditEntry.objects.get().action == "kept"


def _behind_the_back(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_auditentry DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE audit_auditentry ENABLE TRIGGER USER")


def test_an_altered_entry_is_named() -> None:
    # given
    entries = [record(f"step {n}", actor=None) for n in range(3)]
    _behind_the_back(f"UPDATE audit_auditentry SET action = 'x' WHERE id = {entries[1].pk}")

    # when
    with pytest.raises(CommandError) as refused:
        call_command("verify_audit")

    # then
    assert str(refused.value) == (
        f"The trail breaks at entry {entries[1].pk}: its content was altered. "
        "1 entries before it are sound."
    )
    assert verify(newest=1).sound
    assert verify(newest=2).broken_at == entries[1].pk


def test_a_removed_entry_is_noticed_at_the_next_one() -> None:
    # given
    entries = [record(f"step {n}", actor=None) for n in range(3)]
    _behind_the_back(f"DELETE FROM audit_auditentry WHERE id = {entries[1].pk}")

    # then
    verdict = verify()
    assert (verdict.broken_at, verdict.why) == (
        entries[2].pk,
        "the entry before it was removed or replaced",
    )


def test_a_cut_off_end_is_noticed_with_a_hash_noted_before() -> None:
    # given
    record("first", actor=None)
    last = record("last", actor=None)
    call_command("verify_audit", head=last.hash, stdout=StringIO())
    _behind_the_back(f"DELETE FROM audit_auditentry WHERE id = {last.pk}")

    # then
    with pytest.raises(CommandError, match="was cut off"):
        call_command("verify_audit", head=last.hash)
    call_command("verify_audit", stdout=StringIO())


def test_an_entry_vanishes_with_the_change_that_failed() -> None:
    with transaction.atomic():
        record("never happened", actor=None)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()
