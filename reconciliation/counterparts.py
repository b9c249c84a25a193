"""What a difference is about: its line or document, and what might belong to it."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from integration.mirror.models import PrimaDocument
from reconciliation import match, payouts
from reconciliation.models import Difference, GatewayLine, Match, Rejection

MOST = 20


@dataclass(frozen=True, slots=True)
class Counterparts:
    """`line` or `document` is what the difference is about; none for other controls."""

    line: GatewayLine | None = None
    document: PrimaDocument | None = None

    @property
    def matchable(self) -> bool:
        return self.line is not None or self.document is not None


def of(difference: Difference) -> Counterparts:
    if difference.control != match.CONTROL:
        return Counterparts()
    gateway, _, rest = difference.key.partition("|")
    if gateway == "document":
        return Counterparts(document=PrimaDocument.objects.filter(prima_id=rest).first())
    account, _, line_id = rest.partition("|")
    found = GatewayLine.objects.filter(gateway=gateway, account=account, line_id=line_id)
    return Counterparts(line=found.first())


def key_of_line(line: GatewayLine) -> str:
    return f"{line.gateway}|{line.account}|{line.line_id}"


def keys_of(match_: Match) -> list[str]:
    """The keys under which the control of payouts knows what is in a match."""
    lines = [key_of_line(line) for line in match_.all_lines()]
    return lines + [f"document|{paper.prima_id}" for paper in match_.all_documents()]


def open_lines() -> QuerySet[GatewayLine]:
    """Lines in no match, oldest first; a payout's own line belongs to the bank."""
    active = Match.rows.filter(line=OuterRef("pk"), undone_at__isnull=True)
    return GatewayLine.objects.filter(~Exists(active)).exclude(kind="payout").order_by("pk")


def lines_to_match() -> QuerySet[GatewayLine]:
    """Open lines somebody still has to match: what was adjusted is settled, unless it differs anew.

    What only moves money needs no match.
    """
    return payouts.open_lines().order_by("pk")


def open_documents() -> QuerySet[PrimaDocument]:
    active = Match.rows.filter(document=OuterRef("pk"), undone_at__isnull=True)
    return PrimaDocument.objects.filter(~Exists(active), deleted_at__isnull=True)


def candidates_for(line: GatewayLine) -> list[match.Candidate]:
    """Ranked, without those a person rejected for this line."""
    rejected = set(Rejection.objects.filter(line=line).values_list("document_id", flat=True))
    return [one for one in match.candidates(line) if one.document.pk not in rejected]


def search_documents(text: str, company: str) -> list[PrimaDocument]:
    wanted = (
        Q(number__icontains=text)
        | Q(external_ref__icontains=text)
        | Q(order_number__icontains=text)
        | Q(customer_email__icontains=text)
        | Q(transaction_id__iexact=text)
    )
    return list(open_documents().filter(wanted, company=company)[:MOST])


def search_lines(text: str, company: str) -> list[GatewayLine]:
    wanted = (
        Q(line_id__icontains=text)
        | Q(reference__icontains=text)
        | Q(transaction_id__icontains=text)
        | Q(customer_email__icontains=text)
    )
    return list(open_lines().filter(wanted, company=company)[:MOST])


def lines_for(document: PrimaDocument) -> list[GatewayLine]:
    """Open lines that share the reference, the customer or the amount of a document."""
    wanted = Q(gross=document.minor, currency=document.currency)
    if document.reference_key:
        wanted |= Q(reference_key=document.reference_key)
    if document.customer_email:
        wanted |= Q(customer_email__iexact=document.customer_email)
    return list(open_lines().filter(wanted, company=document.company)[:MOST])
