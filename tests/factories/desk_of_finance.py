"""A desk of finance with something on every page: payouts, bank, matches, differences, proposals."""

from datetime import date, timedelta

from integration.accounts.models import User
from reconciliation import adjustments, periods, running
from reconciliation.adjustments import Proposal
from reconciliation.control import controls
from reconciliation.models import Adjustment, AdjustmentLimit, Difference, Payout
from tests.factories.books import booking, document, line, payout, statement, world
from tests.factories.matching import account, tolerance

DAY = date(2026, 10, 15)


def desk(proposer: User) -> Payout:
    """Answers a payout with sales, a refund, a chargeback, fees with VAT, and a bank booking."""
    for kind in ("write_off", "fee", "fx", "match"):
        AdjustmentLimit.objects.create(kind=kind, currency="GBP", amount=5_000)
        AdjustmentLimit.objects.create(kind=kind, currency="*", role="controller", amount=500_000)
    tolerance(absolute=1, relative="0")
    account("fee", "7600")
    world()
    made = _payout()
    for control in controls().values():
        running.run(control, full=True)
    periods.appear()
    off = Difference.objects.get(key="CO-2", closed_at__isnull=True)
    proposal = Proposal(Adjustment.Kind.WRITE_OFF, "Too small to chase.", ledger="8900")
    adjustments.propose(off, proposal, actor=proposer, version=None)
    return made


def _payout() -> Payout:
    file = statement("settlement.csv")
    made = payout(
        file, "po_100001", 22_148, computed=22_148, line_count=6, bank_reference="PO100001"
    )
    sales = ((10_000, 100, "CO-11"), (15_000, 150, "CO-12"), (2_500, 25, "CO-13"))
    for row, (gross, fee, order) in enumerate(sales, 1):
        line(
            file, f"ch_{order}", gross, payout=made, fee=fee, fee_tax=fee // 5, net=gross - fee,
            reference=order, row=row, customer_email=f"{order.lower()}@acme.example",
        )  # fmt: skip
    document("INV-11", "SO-11", gross="100.00", external_ref="CO-11")
    document("INV-12", "SO-12", gross="150.02", external_ref="CO-12")
    rest = [("re_1", -2_500, "refund"), ("dp_1", -2_000, "chargeback"), ("fee_1", -577, "fee")]
    for row, (name, gross, kind) in enumerate(rest, 4):
        line(file, name, gross, payout=made, kind=kind, row=row)
    other = payout(file, "po_100002", 852, computed=852)
    bank = statement("bank.xml")
    booking(bank, "b1", 22_148, text="STRIPE PAYOUT po_100001", booked_on=DAY + timedelta(days=2))
    booking(bank, "b2", 850, text="STRIPE PAYOUT po_100002", booked_on=DAY + timedelta(days=2))
    payout(file, "po_100003", 900, computed=880, line_count=1)
    assert other.pk
    return made
