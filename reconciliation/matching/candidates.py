"""What an open line might belong to, the best guess first, each with its reasons."""

from dataclasses import dataclass
from typing import Any

from integration.mirror.documents import PrimaDocument
from reconciliation.matching.desk import Desk
from reconciliation.matching.ground import bounds
from reconciliation.models import GatewayLine

MOST = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """`difference` is the line minus the document; None when their currencies differ."""

    document: PrimaDocument
    score: int
    reasons: tuple[str, ...]
    difference: int | None


# Each way to find a document is worth something; a document found in several ways adds them up.
_FOUND = """
SELECT d.id, f.score, f.reason
FROM (
    SELECT id, 50 AS score, 'Same reference' AS reason FROM mirror_primadocument
    WHERE %(reference_key)s <> '' AND reference_key = %(reference_key)s AND reference_key <> ''
    UNION
    SELECT i.id, 50, 'A receipt names this transaction'
    FROM mirror_primadocument r
    JOIN mirror_primadocument i
      ON (i.kind = 'invoice' AND i.number = r.invoice_number)
      OR (i.kind = 'credit_note' AND i.invoice_number = r.invoice_number)
    WHERE r.kind = 'receipt' AND r.transaction_id <> '' AND r.invoice_number <> ''
      AND r.transaction_id IN (%(transaction)s, %(parent)s)
    UNION
    SELECT id, 15, 'Same customer' FROM mirror_primadocument
    WHERE %(email)s <> '' AND upper(customer_email) = upper(%(email)s) AND customer_email <> ''
      AND date BETWEEN %(day)s::date - 5 * %(window_days)s AND %(day)s::date + 5 * %(window_days)s
    UNION
    SELECT id, 20, 'Same amount' FROM mirror_primadocument
    WHERE minor = %(amount)s AND currency = %(currency)s AND kind <> 'receipt'
      AND date BETWEEN %(day)s::date - %(window_days)s AND %(day)s::date + %(window_days)s
) f
JOIN mirror_primadocument d ON d.id = f.id
WHERE d.company = %(company)s AND d.deleted_at IS NULL AND d.kind IN ('invoice', 'credit_note')
  AND NOT EXISTS (
    SELECT 1 FROM reconciliation_match m WHERE m.document_id = d.id AND m.undone_at IS NULL)
"""


def candidates(line: GatewayLine) -> list[Candidate]:
    """Open documents, best first. Empty when nothing speaks for any."""
    desk = Desk({**bounds(), **_asked(line)})
    scores: dict[int, int] = {}
    reasons: dict[int, set[str]] = {}
    for number, score, reason in desk.rows(_FOUND):
        scores[number] = scores.get(number, 0) + score
        reasons.setdefault(number, set()).add(reason)
    documents = PrimaDocument.objects.in_bulk(list(scores))
    found = [
        _candidate(line, documents[number], scores[number], reasons[number]) for number in scores
    ]
    found.sort(key=lambda each: (-each.score, each.document.date, each.document.number))
    return found[:MOST]


def _asked(line: GatewayLine) -> dict[str, Any]:
    return {
        "reference_key": line.reference_key,
        "transaction": line.transaction_id,
        "parent": line.parent_transaction_id,
        "email": line.customer_email,
        "amount": line.gross,
        "currency": line.currency,
        "day": line.booked_on,
        "company": line.company,
    }


def _candidate(
    line: GatewayLine, document: PrimaDocument, score: int, reasons: set[str]
) -> Candidate:
    same = line.currency == document.currency
    difference = line.gross - document.minor if same else None
    if difference == 0 and "Same amount" not in reasons:
        score, reasons = score + 20, reasons | {"Same amount"}
    if not same:
        score, reasons = score - 30, reasons | {f"In {document.currency}, not {line.currency}"}
    if (line.gross < 0) != (document.minor < 0):
        score, reasons = score - 60, reasons | {"Money in the other direction"}
    return Candidate(document, score, tuple(sorted(reasons)), difference)
