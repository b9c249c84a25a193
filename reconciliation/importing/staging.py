"""Reads a file once, straight into a table of its own that no page looks at.

The table is unlogged and lives until the file is imported or discarded. Memory stays flat however
long the file is: rows go to the database as they are read.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, BinaryIO

from django.db import connection, transaction
from psycopg import sql

from connectors.gateways.gateway import Event, Format
from connectors.gateways.problems import Code, FileProblem
from integration.core.money import to_minor
from integration.records.bank import BankLine, BankStatement
from integration.records.payout import Payout, PayoutLine
from reconciliation.importing.totals import Tallied, minor_of

BANK = "bank"
_BIGGEST = 2**63 - 1
_TOO_LARGE = "The amount is too large to be true."
LINE_COLUMNS = (
    "row", "gateway", "account", "line_id", "payout_id", "kind", "gross", "fee", "fee_tax", "net",
    "currency", "occurred_at", "booked_on", "reference", "transaction_id", "parent_transaction_id",
    "customer_email", "description", "original_amount", "original_currency", "rate",
)  # fmt: skip
_LINES = """
    CREATE UNLOGGED TABLE {} (
        row integer, gateway text, account text, line_id text, payout_id text, kind text,
        gross bigint, fee bigint, fee_tax bigint, net bigint, currency text,
        occurred_at timestamptz, booked_on date, reference text, transaction_id text,
        parent_transaction_id text, customer_email text, description text,
        original_amount bigint, original_currency text, rate numeric(18, 8)
    ) WITH (autovacuum_enabled = false)
"""
BANK_COLUMNS = (
    "row", "account", "statement", "line_id", "amount", "currency", "booked_on", "value_on",
    "text", "end_to_end", "bank_ref", "part",
)  # fmt: skip


_BANK_TABLE = (*BANK_COLUMNS, "seq", "balance", "known_as", "words")
_COLUMNS_OF = """
    SELECT attname::text FROM pg_attribute
    WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped
"""


def words(column: str) -> str:
    """SQL: the letters and digits of a text, by which two writings of it are compared."""
    return f"regexp_replace(upper({column}), '[^[:alnum:]]', '', 'g')"


_BANK = f"""
    CREATE UNLOGGED TABLE {{}} (
        row integer, account text, statement text, line_id text, amount bigint, currency text,
        booked_on date, value_on date, text text, end_to_end text, bank_ref text, part integer,
        seq integer, balance bigint, known_as bigint,
        words text GENERATED ALWAYS AS ({words("text")}) STORED
    ) WITH (autovacuum_enabled = false)
"""
# Some banks begin with the newest booking.
_BALANCES = """
    UPDATE {0} s SET seq = o.seq, balance = p.opening + o.before
    FROM (
        SELECT at, part, row_number() OVER w AS seq, coalesce(sum(amount) OVER (
            w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
        FROM (
            SELECT ctid AS at, part, amount, row * CASE
                WHEN first_value(booked_on) OVER (PARTITION BY part ORDER BY row)
                    > first_value(booked_on) OVER (PARTITION BY part ORDER BY row DESC)
                THEN -1 ELSE 1 END AS place
            FROM {0}
        ) placed
        WINDOW w AS (PARTITION BY part ORDER BY place)
    ) o JOIN unnest(%(parts)s::int[], %(openings)s::bigint[]) AS p(part, opening) USING (part)
    WHERE s.ctid = o.at
"""
_PAYOUTS = """
    CREATE UNLOGGED TABLE {} (
        gateway text, account text, payout_id text, currency text, paid_on date, stated bigint,
        bank_reference text
    )
"""
# What the tables of the desk can hold; longer is refused, for half an identifier is none.
_LONGEST = {
    "line_id": 160,
    "payout_id": 120,
    "account": 80,
    "reference": 160,
    "transaction_id": 160,
    "parent_transaction_id": 160,
    "customer_email": 254,
}


@dataclass(frozen=True, slots=True)
class Staged:
    """Where the lines of one file wait."""

    name: str

    @classmethod
    def of(cls, pk: int | str) -> "Staged":
        return cls(f"reconciliation_staged_{pk}")

    @property
    def table(self) -> sql.Identifier:
        return sql.Identifier(self.name)

    @property
    def payouts(self) -> sql.Identifier:
        """What the file states about payouts, beside its lines."""
        return sql.Identifier(f"{self.name}_payouts")


def stage(form: Format, stream: BinaryIO, to: Staged, *, account: str = "") -> Tallied:
    """Reads the whole file into its table. Raises FileProblem, and then nothing is there.

    `account` stands in where lines name none.
    """
    reading = _Reading(Tallied(), account)
    with transaction.atomic():
        drop(to)
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(_BANK if form.gateway == BANK else _LINES).format(to.table))
            try:
                _copy(cursor, form, stream, to, reading)
            except UnicodeError as error:
                raise FileProblem(Code.ENCODING, "It holds characters that are none.") from error
            if reading.tallied.footed is None:
                raise FileProblem(Code.CUT_SHORT, "It ends before its end. Download it again.")
            _keep_payouts(cursor, to, reading)
            if form.gateway == BANK:
                _balance(cursor, to, reading.tallied)
            cursor.execute(sql.SQL("ANALYZE {}").format(to.table))
    return reading.tallied


def drop(staged: Staged) -> None:
    with connection.cursor() as cursor:
        for table in (staged.table, staged.payouts):
            cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table))


def waits(staged: Staged, lines: int, payouts: int) -> bool:
    """Whether all rows are still there, with all columns of today.

    A crash of the database empties unlogged tables, and a file may have been staged before an update.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS_OF, [staged.name])
        columns = {name for (name,) in cursor.fetchall()}
        if not any(columns.issuperset(wanted) for wanted in (LINE_COLUMNS, _BANK_TABLE)):
            return False
        counts = sql.SQL("SELECT (SELECT count(*) FROM {}), (SELECT count(*) FROM {})")
        cursor.execute(counts.format(staged.table, staged.payouts))
        return bool(cursor.fetchone() == (lines, payouts))


@dataclass(slots=True)
class _Reading:
    """One pass over a file."""

    tallied: Tallied
    account: str

    def row(self, event: Event) -> tuple[Any, ...] | None:
        """The event as a row to store; what is no line is only noted."""
        if isinstance(event, PayoutLine):
            _check(event)
            return self.line_row(event)
        if isinstance(event, BankLine):
            return self.booking_row(event)
        if isinstance(event, Payout):
            self.tallied.payouts.append(event)
        elif isinstance(event, BankStatement):
            self.tallied.statements.append(event)
        else:
            self.tallied.footed = event
        return None

    def line_row(self, line: PayoutLine) -> tuple[Any, ...]:
        account = line.account or self.account
        try:
            minor = minor_of(line)
        except ValueError as error:
            raise FileProblem(Code.BAD_AMOUNT, str(error), line.row) from error
        except InvalidOperation as error:
            raise FileProblem(Code.BAD_AMOUNT, _TOO_LARGE, line.row) from error
        if max(map(abs, minor)) > _BIGGEST:
            raise FileProblem(Code.BAD_AMOUNT, _TOO_LARGE, line.row)
        self.tallied.line(line, minor, account)
        return (
            line.row, line.gateway, account, line.line_id, line.payout_id, line.kind.value,
            *minor, line.currency, line.occurred_at, line.booked_on, line.reference,
            line.transaction_id, line.parent_transaction_id, line.customer_email,
            line.description[:250], _original(line), line.original_currency, line.rate,
        )  # fmt: skip

    def booking_row(self, line: BankLine) -> tuple[Any, ...]:
        account = line.account or self.account
        minor = _minor(line.amount, line.currency, line.row)
        self.tallied.booking(line, minor)
        reference = line.entry_ref
        if not reference.startswith(line.statement_id):
            reference = f"{line.statement_id}:{reference}"
        return (
            line.row, account[:80], line.statement_id[:120], reference[:160], minor, line.currency,
            line.booked_on, line.value_on, _words(line), line.end_to_end_id[:160],
            line.bank_reference.replace("\x00", "")[:80], len(self.tallied.statements),
        )  # fmt: skip


def _copy(cursor: Any, form: Format, stream: BinaryIO, to: Staged, reading: _Reading) -> None:
    columns = BANK_COLUMNS if form.gateway == BANK else LINE_COLUMNS
    named = sql.SQL(", ").join(map(sql.Identifier, columns))
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(to.table, named)
    with cursor.copy(into) as copy:
        for event in form.read(stream):
            if row := reading.row(event):
                copy.write_row(row)


def _balance(cursor: Any, to: Staged, tallied: Tallied) -> None:
    """Numbers the bookings of each statement, oldest first, and says what was there before each."""
    openings = [_minor(one.opening, one.currency) for one in tallied.statements]
    cursor.execute(
        sql.SQL(_BALANCES).format(to.table),
        {"parts": list(range(len(openings))), "openings": openings},
    )


def _keep_payouts(cursor: Any, to: Staged, reading: _Reading) -> None:
    cursor.execute(sql.SQL(_PAYOUTS).format(to.payouts))
    with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(to.payouts)) as copy:
        for one in reading.tallied.payouts:
            account = one.account or reading.account
            stated = None if one.stated is None else _minor(one.stated, one.currency)
            copy.write_row(
                (
                    one.gateway, account, one.payout_id, one.currency, one.paid_on, stated,
                    one.bank_reference[:120],
                )
            )  # fmt: skip


def _check(line: PayoutLine) -> None:
    for name, longest in _LONGEST.items():
        value: str = getattr(line, name)
        if len(value) > longest:
            raise FileProblem(
                Code.UNREADABLE,
                f"A cell of {len(value)} characters is where at most {longest} can be.",
                line.row,
                name,
            )
        if "\x00" in value:
            raise FileProblem(Code.ENCODING, "A cell holds a zero byte.", line.row, name)
    if not line.line_id:
        raise FileProblem(Code.UNREADABLE, "The row has nothing to know it by.", line.row)


def _original(line: PayoutLine) -> int | None:
    if line.original_amount is None or not line.original_currency:
        return None
    return _minor(line.original_amount, line.original_currency, line.row)


def _minor(amount: Decimal, currency: str, row: int = 0) -> int:
    """Raises FileProblem for an amount that no currency has."""
    try:
        minor = to_minor(amount, currency)
    except ValueError as error:
        raise FileProblem(Code.BAD_AMOUNT, str(error), row) from error
    except InvalidOperation as error:
        raise FileProblem(Code.BAD_AMOUNT, _TOO_LARGE, row) from error
    if abs(minor) > _BIGGEST:
        raise FileProblem(Code.BAD_AMOUNT, _TOO_LARGE, row)
    return minor


def _words(line: BankLine) -> str:
    parts = [line.counterparty, line.text, line.bank_reference]
    parts += [detail.text for detail in line.details]
    return " ".join(part for part in parts if part).replace("\x00", "")[:4000]
