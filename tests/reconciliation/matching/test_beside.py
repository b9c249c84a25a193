"""A large first run stores what is plain on a second connection: nothing else may come of it."""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import sleep
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction

from integration.mirror.documents import PrimaDocument
from reconciliation import match
from reconciliation.matching import beside
from reconciliation.models import Match, NearMatch
from reconciliation.running import run_all
from tests.factories.matching import (
    DAY,
    account,
    credit_note,
    document,
    line,
    rate,
    receipt,
    refund,
    tolerance,
)

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

_INDEXES = "SELECT indexdef FROM pg_indexes WHERE tablename = 'reconciliation_match' ORDER BY 1"
_BROKEN = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'No room.'; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse()
"""
_MENDED = "DROP TRIGGER refuse ON {table}; DROP FUNCTION refuse()"


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "LINES", 1)


def run_sql(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


def a_month(seed: int = 1) -> None:
    """Some of each kind, and much that is plain."""
    tolerance(absolute=1, relative="1")
    rate("0.85")
    for purpose in ("fee", "fx", "chargeback"):
        account(purpose)
    chance = random.Random(seed)
    for place in range(40):
        line(f"CO-{place}", line_id=f"L{place}", transaction_id=f"t{place}")
        document(f"CO-{place}", prima_id=f"D{place}", number=f"N{place}")
    for place in range(40, 60):
        reference = chance.choice(["", "CO-1", "co 50", "CO-50", "CO-51"])
        line(
            reference, chance.choice([1234, 617, 1233, 700]), line_id=f"L{place}",
            currency=chance.choice(["GBP", "GBP", "EUR"]), booked_on=DAY + timedelta(place % 3),
            customer_email=chance.choice(["", "ann@example.com"]),
        )  # fmt: skip
        document(
            chance.choice(["", "CO-50", "CO-51", "CO-52"]), chance.choice([1234, 2468, 1317]),
            prima_id=f"D{place}", number=f"N{place}",
            customer_email=chance.choice(["", "ann@example.com"]),
        )  # fmt: skip
    # The sale of this refund is only known by the match that is stored beside.
    refund("", line_id="R1", parent_transaction_id="t3")
    credit_note("", number="C1", invoice_number="N3")
    refund("", -600, line_id="R2", kind="chargeback", parent_transaction_id="t4")
    receipt(document("CO-V", number="NV"), voucher_number="V-1")
    run_sql("ANALYZE reconciliation_gatewayline")


def outcome() -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    made = [
        (
            each.rule,
            sorted(each.all_lines().values_list("line_id", flat=True)),
            sorted(each.all_documents().values_list("number", flat=True)),
            each.left_total, each.right_total, each.difference, each.fx_difference, each.day,
        )
        for each in Match.objects.all()
    ]  # fmt: skip
    return sorted(made), sorted(NearMatch.objects.values_list("line__line_id", "rule", "reason"))


def was_beside() -> bool:
    """Pairs stored beside take their numbers from their lines, all the same way."""
    pairs = Match.objects.filter(rule="exact_reference").values_list("pk", "line_id")
    ((_, as_many),) = Counter(made - line for made, line in pairs).most_common(1)
    return as_many > 30


@pytest.mark.parametrize("seed", range(3))
def test_what_is_stored_beside_and_after_it_is_what_one_connection_would_store(seed):
    a_month(seed)
    with transaction.atomic():  # A second connection could not see what is in a transaction.
        alone = match.run()
        expected = outcome()
        assert not was_beside()
        transaction.set_rollback(True)

    result = match.run()

    assert was_beside()
    assert outcome() == expected
    assert {each.rule: each.matches for each in result.yields if each.matches} == {
        each.rule: each.matches for each in alone.yields if each.matches
    }
    assert result.swallowed == alone.swallowed
    assert {"refunds", "chargebacks", "vouchers"} <= {made[0] for made in expected[0]}
    again = match.run()
    assert (again.matches, again.undone, outcome()) == (0, 0, expected)


def test_the_first_run_of_the_control_stores_them_so():
    a_month()

    (run,) = run_all(["payouts_to_documents"])

    assert was_beside()
    assert run.matched >= 38


def another() -> psycopg.Connection[Any]:
    """A session of somebody else."""
    info = connection.get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    return psycopg.connect(**{name: info[name] for name in names if name in info})


@contextmanager
def somebody_holds(table: str, then: str = "SELECT 1") -> Iterator[psycopg.Connection[Any]]:
    """Until a run waits for the table; what they changed is committed then."""
    asked = f"SELECT 1 FROM pg_locks WHERE relation = '{table}'::regclass AND NOT granted"
    with another() as other, another() as watch, ThreadPoolExecutor(1) as pool:
        watch.autocommit = True
        other.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")

        def let_go() -> None:
            while not watch.execute(asked).fetchone():
                sleep(0.01)
            other.execute(then)
            other.commit()

        done = pool.submit(let_go)
        yield other
        done.result()


def test_what_changes_while_the_pairs_are_looked_at_is_for_the_next_run():
    a_month()
    paper = PrimaDocument.objects.get(number="N7")
    changed = f"UPDATE mirror_primadocument SET minor = 999 WHERE id = {paper.pk}"
    with somebody_holds("reconciliation_change", changed):
        match.run()

    match.run()

    assert not Match.objects.filter(document=paper, undone_at=None).exists()


def test_a_change_that_was_being_written_when_a_later_one_was_there_is_not_forgotten():
    a_month()
    paper = PrimaDocument.objects.get(number="N7")
    with somebody_holds("reconciliation_nearmatch") as other:
        other.execute("UPDATE mirror_primadocument SET minor = 999 WHERE id = %s", [paper.pk])
        PrimaDocument.objects.filter(number="N8").update(external_ref="ELSE")
        match.run()
    assert was_beside()
    assert Match.objects.filter(document=paper).exists()

    match.run()

    assert not Match.objects.filter(document=paper, undone_at=None).exists()


def test_who_reads_the_matches_is_not_waited_for():
    a_month()
    with another() as reader:
        reader.execute("SELECT count(*) FROM reconciliation_match")
        match.run()
        assert not was_beside()
    assert Match.objects.filter(rule="exact_reference").count() >= 38


def test_what_is_plain_stays_when_the_rest_fails_and_the_next_run_goes_on_from_there():
    a_month()
    with transaction.atomic():
        match.run()
        expected = outcome()
        transaction.set_rollback(True)
    run_sql(_BROKEN.format(table="reconciliation_nearmatch"))
    try:
        with pytest.raises(DatabaseError, match="No room"):
            match.run()
    finally:
        run_sql(_MENDED.format(table="reconciliation_nearmatch"))
    assert {made[0] for made in outcome()[0]} == {"exact_reference"}

    match.run()

    assert outcome() == expected


def test_when_the_pairs_cannot_be_stored_nothing_is_and_every_index_stays():
    a_month()
    before = run_sql(_INDEXES)
    run_sql(_BROKEN.format(table="reconciliation_match"))
    try:
        with pytest.raises(DatabaseError, match="No room"):
            match.run()
    finally:
        run_sql(_MENDED.format(table="reconciliation_match"))
    assert (Match.rows.count(), NearMatch.objects.count()) == (0, 0)
    assert run_sql(_INDEXES) == before
    assert match.run().matches
    assert was_beside()


def test_a_number_taken_beside_is_taken_once():
    a_month()
    match.run()
    highest = max(Match.rows.values_list("pk", flat=True))
    line("LATE", line_id="late")
    document("LATE", number="late")
    assert match.run().matches == 1
    assert Match.objects.get(line__line_id="late").pk > highest


ROOT = Path(__file__).resolve().parents[3]
_MATCH = """
import django
django.setup()
from reconciliation import match
from reconciliation.matching import beside
beside.LINES = 1
match.run()
"""
# Each holds up a run at another moment: before the pairs, while they are looked for and stored, while
# the rules are tried, and when the pairs are there and the rest is not.
_MOMENTS = {
    "before": "LOCK TABLE reconciliation_change",
    "looking": "LOCK TABLE reconciliation_gatewayline",
    "storing": "SELECT pg_advisory_xact_lock(4711)",
    "trying": "LOCK TABLE reconciliation_exchangerate",
    "between": "LOCK TABLE reconciliation_nearmatch",
}
_WAITING = """
SELECT pid FROM pg_locks WHERE NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_STORES_SLOWLY = """
CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN NULL; END $$;
CREATE TRIGGER dawdle AFTER INSERT ON reconciliation_match FOR EACH STATEMENT
    EXECUTE FUNCTION dawdle()
"""


@pytest.mark.parametrize("ended", ["the program", "the session"])
@pytest.mark.parametrize("moment", _MOMENTS)
def test_a_run_that_is_killed_loses_nothing_and_the_next_one_goes_on(moment: str, ended: str):
    a_month()
    with transaction.atomic():
        match.run()
        expected = outcome()
        transaction.set_rollback(True)
    before = run_sql(_INDEXES)
    run_sql(_STORES_SLOWLY)
    try:
        with another() as other, another() as watch:
            watch.autocommit = True
            other.execute(_MOMENTS[moment])
            with a_program_that_matches() as program:
                while not (waiting := watch.execute(_WAITING).fetchone()):
                    assert program.poll() is None
                    sleep(0.02)
                if ended == "the program":
                    program.send_signal(signal.SIGKILL)
                else:
                    watch.execute("SELECT pg_terminate_backend(%s)", waiting)
                sleep(0.1)
                other.rollback()
                program.wait(60)

        match.run()
    finally:
        run_sql("DROP TRIGGER dawdle ON reconciliation_match; DROP FUNCTION dawdle()")

    assert outcome() == expected
    assert run_sql(_INDEXES) == before


def test_two_runs_at_once_and_somebody_who_matches_by_hand_do_each_pair_once(finance):
    a_month()
    with transaction.atomic():
        match.run()
        expected = outcome()
        transaction.set_rollback(True)
    mine, paper = line("HAND", 50, line_id="by hand"), document("BY-HAND", 50, number="NH")
    with a_program_that_matches() as one, a_program_that_matches() as two:
        sleep(0.5)
        match.by_hand([mine], [paper], actor=finance, reason="Seen in the portal.")
        assert (one.wait(60), two.wait(60)) == (0, 0)

    made, near = outcome()
    assert ([each for each in made if each[0] != "by_hand"], near) == expected
    assert Match.objects.get(rule="by_hand").document == paper


def test_where_no_second_connection_is_to_be_had_one_does_it_all(
    monkeypatch: pytest.MonkeyPatch,
):
    a_month()
    monkeypatch.setitem(connections.settings["default"], "HOST", "/nowhere")

    match.run()

    assert not was_beside()
    assert Match.objects.filter(rule="exact_reference").count() >= 38


@contextmanager
def a_program_that_matches() -> Iterator[subprocess.Popen[bytes]]:
    """On the database of this test, with a second connection however little there is."""
    name = str(connection.settings_dict["NAME"])
    program = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", _MATCH],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "integration.settings",
            "DATABASE_NAME": name,
        },
        stderr=subprocess.DEVNULL,
    )
    try:
        yield program
    finally:
        program.kill()
        program.wait()
