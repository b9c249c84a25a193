"""Payout files for tests, as Stripe writes them."""

HEAD = (
    "automatic_payout_id,automatic_payout_effective_at_utc,balance_transaction_id,created_utc,"
    "currency,gross,fee,net,reporting_category,source_id,description,payment_metadata[order_id],"
    "customer_email\n"
)
AT = "2026-10-05 00:00:00"


def line(number: int, gross: int, fee: int = 30, payout: str = "po_1", kind: str = "charge") -> str:
    """Amounts in pence."""
    net = gross - fee
    return (
        f"{payout},{AT},txn_{payout}_{number},2026-10-0{1 + number % 4} 10:00:00,gbp,"
        f"{_major(gross)},{_major(fee)},{_major(net)},{kind},ch_{payout}_{number},"
        f"Order {number},CO-{number},cus{number}@shop.example\n"
    )


def payout_row(amount: int, payout: str = "po_1") -> str:
    return (
        f"{payout},{AT},txn_{payout}_out,{AT},gbp,-{_major(amount)},0.00,-{_major(amount)},payout,"
        f"{payout},STRIPE PAYOUT,,\n"
    )


def stripe(lines: int = 4, payout: str = "po_1") -> bytes:
    """Charges of 10.00, 11.00, 12.00 …, each with a fee of 0.30, and the paying out of them all."""
    rows = [line(number, 1000 + 100 * number, payout=payout) for number in range(lines)]
    paid = sum(970 + 100 * number for number in range(lines))
    return (HEAD + "".join(rows) + payout_row(paid, payout)).encode()


def _major(pence: int) -> str:
    sign = "-" if pence < 0 else ""
    return f"{sign}{abs(pence) // 100}.{abs(pence) % 100:02d}"
