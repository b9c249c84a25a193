"""Campaign orders at every station between campaign and money."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from connectors.sync.models import SyncItem
from integration.mirror.models import CampaignOrder, PrimaDocument, PrimaOrder
from reconciliation.models import GatewayLine, Match, Payout, StatementFile

_NUMBERS = count(1)
NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)


def order(
    campaign: str = "autumn", paid: str = "100.00", *, state: str = "waiting", **values: Any
) -> CampaignOrder:
    """An order that arrived; `state` is that of its item."""
    number = next(_NUMBERS)
    told = {
        "journey": "autumn-mails",
        "currency": "GBP",
        "ordered_at": NOON,
        "customer_name": "Ann Archer",
        "email": "ann@example.com",
        **values,
    }
    placed = CampaignOrder.objects.create(
        key=f"CO-{number}",
        campaign=campaign,
        total_paid=Decimal(paid),
        payload={},
        content_hash="h",
        first_seen_at=NOON,
        last_seen_at=NOON,
        **told,
    )
    SyncItem.objects.create(
        flow="orders_to_prima", external_id=placed.key, state=state,
        created_at=NOON, changed_at=NOON,
    )  # fmt: skip
    return placed


def booked(campaign: str = "autumn", paid: str = "100.00", **values: Any) -> PrimaOrder:
    """An order in Prima at the same amount."""
    placed = order(campaign, paid, state="sent", **values)
    return PrimaOrder.objects.create(
        campaign_order=placed,
        prima_id=f"id-{placed.pk}",
        order_number=f"SO-{placed.pk}",
        account_code="ACME",
        currency=placed.currency,
        gross=Decimal(paid),
        order_status="accepted",
        payload={},
        created_at=NOON,
    )


def paper(of: PrimaOrder, gross: str, kind: str = "invoice", **values: Any) -> PrimaDocument:
    """An invoice, credit note or receipt of the order."""
    number = next(_NUMBERS)
    minor = int(Decimal(gross) * 100)
    now = timezone.now()
    told = {"currency": of.currency, **values}
    return PrimaDocument.objects.create(
        prima_id=f"paper-{number}",
        kind=kind,
        number=f"{kind[:3].upper()}-{number}",
        date=date(2026, 11, 12),
        order_number=of.order_number,
        order_numbers=[of.order_number],
        gross=Decimal(gross),
        net=Decimal(gross),
        minor=-minor if kind == "credit_note" else minor,
        data={},
        read_at=now,
        confirmed_at=now,
        **told,
    )


def pay_out(*papers: PrimaDocument, in_payout: bool = True) -> Match:
    """One line of a gateway for all the papers, in a payout or still in the gateway's balance."""
    number = next(_NUMBERS)
    paid = any(one.kind == "invoice" for one in papers)
    total = sum(-one.minor if paid and one.kind == "receipt" else one.minor for one in papers)
    file = StatementFile.objects.create(
        name=f"file-{number}.csv", sha256=f"{number:064d}", size=1, uploaded_at=timezone.now()
    )
    payout = Payout.objects.create(
        file=file, gateway="stripe", payout_id=f"PO-{number}", currency="GBP",
        paid_on=date(2026, 11, 14), computed=total,
    )  # fmt: skip
    line = GatewayLine.objects.create(
        file=file, payout=payout if in_payout else None, gateway="stripe", line_id=f"L-{number}",
        kind="charge", gross=total, net=total, currency="GBP", occurred_at=NOON,
        booked_on=date(2026, 11, 13),
    )  # fmt: skip
    values = {
        "control": "payouts_to_documents", "rule": "reference", "currency": "GBP",
        "day": date(2026, 11, 13), "made_at": timezone.now(),
    }  # fmt: skip
    head = Match.rows.create(
        line=line, document=papers[0], left_total=total, right_total=total, **values
    )
    for one in papers[1:]:
        Match.rows.create(head=head, document=one, left_total=0, right_total=0, **values)
    return head
