"""What is known already: the file by its hash, its lines by their ids, its payouts by theirs."""

from typing import Any

from django.db import connection
from django.utils import timezone
from psycopg import sql

from integration.core.money import Money, from_minor
from reconciliation.importing.problems import NotImported
from reconciliation.importing.staging import BANK, Staged
from reconciliation.models import Payout, StatementFile

_TWICE = (
    "SELECT {key}, min(row), max(row) FROM {table} GROUP BY {group} HAVING count(*) > 1 LIMIT 1"
)
_KNOWN_LINES = """
    SELECT count(*), min(l.file_id), min(l.line_id)
    FROM {table} s
    JOIN reconciliation_gatewayline l USING (gateway, account, line_id)
"""
_KNOWN_BOOKINGS = """
    SELECT count(*), min(l.file_id), min(l.line_id)
    FROM {table} s JOIN reconciliation_bankline l USING (account, line_id)
    WHERE s.known_as IS NULL OR NOT EXISTS (
        SELECT FROM {table} n LEFT JOIN reconciliation_bankline k USING (account, line_id)
        WHERE k.id IS NULL)
"""
_KNOWN_PAYOUTS = """
    SELECT p.id
    FROM (SELECT DISTINCT gateway, account, payout_id, currency FROM {table}
          WHERE payout_id <> '' AND kind <> 'payout') s
    JOIN reconciliation_payout p USING (gateway, account, payout_id, currency)
    WHERE p.line_count > 0 ORDER BY p.id LIMIT 1
"""
_OTHER_SUMS = """
    SELECT p.id, s.stated, p.stated
    FROM {table} s JOIN reconciliation_payout p USING (gateway, account, payout_id, currency)
    WHERE s.stated <> p.stated ORDER BY p.id LIMIT 1
"""


def same_file(sha256: str) -> StatementFile | None:
    return StatementFile.objects.filter(sha256=sha256, state=StatementFile.State.IMPORTED).first()


def refuse_same_file(sha256: str) -> None:
    """Raises NotImported when this very file was imported before."""
    if earlier := same_file(sha256):
        raise NotImported(f"This very file was imported before: {told(earlier)}.")


def refuse_known_lines(staged: Staged, gateway: str) -> None:
    """Raises NotImported for a line that is in the file twice or came in an earlier one.

    Bookings that are known are left out one by one (`overlap.settle`, before this): refused are a
    statement that is known whole by its ids, and an id that stood for another booking.
    """
    bank = gateway == BANK
    group = sql.SQL("account, line_id" if bank else "gateway, account, line_id")
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(_TWICE).format(key=sql.SQL("max(line_id)"), table=staged.table, group=group)
        )
        if twice := cursor.fetchone():
            raise NotImported(
                f"The line “{twice[0]}” is in the file twice, in rows {twice[1]} and {twice[2]}. "
                "Download it again, or ask the gateway which of them counts."
            )
        cursor.execute(
            sql.SQL(_KNOWN_BOOKINGS if bank else _KNOWN_LINES).format(table=staged.table)
        )
        found: tuple[Any, ...] = cursor.fetchone() or (0, None, None)
    if found[0]:
        earlier = StatementFile.objects.get(pk=found[1])
        lines = "1 line is" if found[0] == 1 else f"{found[0]:,} lines are"
        raise NotImported(
            f"{lines} known already, the first is “{found[2]}” from {told(earlier)}. Nothing of "
            "the file was imported: leave out what was imported before."
        )


def refuse_known_payouts(staged: Staged, gateway: str) -> None:
    """Raises NotImported for a payout whose lines came before, or of which another sum was stated.

    A list of payouts and the lines of the same payouts may come in two files, in either order.
    """
    if gateway == BANK:
        return
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(_KNOWN_PAYOUTS).format(table=staged.table))
        lines = cursor.fetchone()
        cursor.execute(sql.SQL(_OTHER_SUMS).format(table=staged.payouts))
        sums = cursor.fetchone()
    if lines:
        earlier = Payout.objects.select_related("file").get(pk=lines[0])
        raise NotImported(
            f"The lines of payout {earlier.payout_id} are known already, from "
            f"{told(earlier.file)}. Nothing of the file was imported."
        )
    if sums:
        earlier = Payout.objects.select_related("file").get(pk=sums[0])
        raise NotImported(
            f"Payout {earlier.payout_id} comes to {_amount(sums[1], earlier)} here, but came to "
            f"{_amount(sums[2], earlier)} in {told(earlier.file)}. Nothing was imported."
        )


def _amount(minor: int, payout: Payout) -> str:
    return str(Money(from_minor(minor, payout.currency), payout.currency))


def told(file: StatementFile) -> str:
    """Which file, who imported it and when, within a sentence."""
    if file.imported_at is None:
        return f"“{file.name}”"
    when = timezone.localtime(file.imported_at)
    who = file.imported_by_name or file.uploaded_by_name
    return f"“{file.name}”, imported by {who} on {when:%-d %B %Y at %H:%M}"
