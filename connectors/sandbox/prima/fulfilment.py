"""What happens to an order inside Prima: allocation, despatch, invoice, receipts, credit.

Amounts of part deliveries are cumulative: what n parts were invoiced for adds up to the line.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from connectors.sandbox.prima import order_book, records
from connectors.sandbox.prima.installation import Company
from connectors.sandbox.prima.order_checks.draft import digits_of, half_up
from connectors.sandbox.prima.problem import Issue, Refused, invalid
from connectors.sandbox.prima.records import Record

CREDIT_DAYS = 30
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the work is done: the open transaction, the company's books, the time."""

    db: sqlite3.Connection
    company: Company
    now: str

    def number(self, series: str) -> str:
        return f"{series}-{records.counted(self.db, self.company.name, series):06d}"

    def put(self, resource: str, document: Record) -> Record:
        where = self.company.at(resource)
        return records.put(self.db, where, document, code=document["number"], now=self.now)

    def change(self, order: Record, changes: Mapping[str, Any]) -> Record:
        return order_book.change(self.db, self.company, order, changes, self.now)


def allocate(desk: Desk, order: Record) -> Record:
    _require_open(order)
    lines = [{**line, "allocated_qty": line["quantity"]} for line in order["lines"]]
    return desk.change(order, {"fulfilment_status": "allocated", "lines": lines})


def despatch(desk: Desk, order: Record, wanted: Mapping[str, Any]) -> Record:
    """Ship the wanted lines, or all that is left. Answers the shipment."""
    _require_open(order)
    shipped = _picked(order, wanted.get("lines"), "shipped_qty")
    lines = _counted_on(order["lines"], shipped, "shipped_qty")
    done = all(Decimal(line["shipped_qty"]) >= Decimal(line["quantity"]) for line in lines)
    status = "despatched" if done else "part_despatched"
    number = desk.number("SHP")
    shipment = {
        **_heading(order, number),
        "lines": [_brief(order, ref, quantity) for ref, quantity in shipped.items()],
        "carrier": wanted.get("carrier") or "Royal Mail",
        "service": wanted.get("service") or "Tracked 48",
        "tracking": wanted.get("tracking") or f"TRK{number[-6:]}GB",
        "despatched_at": wanted.get("despatched_at") or desk.now,
        "delivered_at": None,
    }
    desk.change(order, {"fulfilment_status": status, "lines": lines, **_completed(order, done)})
    _take_stock(desk, order, shipped)
    return desk.put("shipments", shipment)


def deliver(desk: Desk, order: Record, wanted: Mapping[str, Any]) -> Record:
    """The carrier has handed over the parcels of the order that were still under way."""
    moment = wanted.get("delivered_at") or desk.now
    parcels = [one for one in _of_order(desk, "shipments", order) if not one.get("delivered_at")]
    if not parcels:
        raise _conflict(order, "No parcel of it is under way.")
    for parcel in parcels:
        desk.put("shipments", {**parcel, "delivered_at": moment})
    return {"delivered": [parcel["number"] for parcel in parcels]}


def refund(desk: Desk, order: Record, wanted: Mapping[str, Any]) -> Record:
    """The customer has the money back."""
    if order["payment_status"] not in ("paid", "part"):
        raise _conflict(order, "Nothing of it was paid.")
    return desk.change(order, {"payment_status": "refunded"})


def invoice(desk: Desk, order: Record, wanted: Mapping[str, Any]) -> Record:
    """Invoice the wanted lines, or all that is left; the first invoice takes the charges along.

    `overrides` are laid over the invoice at the end, to rehearse what should not happen.
    """
    _require_open(order)
    first = order["invoice_status"] == "none"
    picked = _picked(order, wanted.get("lines"), "invoiced_qty")
    amounts = [_share(order, ref, quantity) for ref, quantity in picked.items()]
    charges = [dict(charge) for charge in order.get("charges") or []] if first else []
    paid = bool(order.get("payments"))
    document = {
        **_heading(order, desk.number("INV")),
        "date": wanted.get("date") or desk.now[:10],
        "due_date": _due(wanted.get("date") or desk.now[:10]),
        "lines": amounts,
        "charges": charges,
        **_sums([*amounts, *charges]),
    }
    document["outstanding"] = "0.00" if paid else document["gross"]
    document |= wanted.get("overrides") or {}
    lines = _counted_on(order["lines"], picked, "invoiced_qty")
    done = all(Decimal(line["invoiced_qty"]) >= Decimal(line["quantity"]) for line in lines)
    order = desk.change(
        order,
        {
            "invoice_status": "full" if done else "part",
            "lines": lines,
            **_completed({**order, "invoice_status": "full"}, done and _is_despatched(order)),
        },
    )
    stored = desk.put("invoices", document)
    if first:
        for payment in order.get("payments") or []:
            told = {"date": stored["date"], **payment, "invoice_number": stored["number"]}
            receive(desk, order, told)
    if not paid:
        _owe(desk, order, Decimal(document["gross"]))
    return stored


def credit(desk: Desk, order: Record, wanted: Mapping[str, Any]) -> Record:
    """Credit the wanted lines of the order, or all that was invoiced."""
    if order["invoice_status"] == "none":
        raise _conflict(order, "Nothing of it was invoiced.")
    source = _of_order(desk, "invoices", order)[0]
    invoiced = {line["line_ref"]: Decimal(line["invoiced_qty"]) for line in order["lines"]}
    picked = _wanted(order, wanted.get("lines")) or {r: q for r, q in invoiced.items() if q}
    amounts = [
        {**_share(order, ref, quantity, before=_ZERO), "invoice_number": source["number"]}
        for ref, quantity in picked.items()
    ]
    document = {
        **_heading(order, desk.number("CRN")),
        "date": wanted.get("date") or desk.now[:10],
        "invoice_number": source["number"],
        "reason_code": wanted.get("reason_code") or "RETURN",
        "lines": amounts,
        **_sums(amounts),
        **(wanted.get("overrides") or {}),
    }
    desk.change(order, {"invoice_status": "credited"})
    if not order.get("payments"):
        _owe(desk, order, -Decimal(document["gross"]))
    return desk.put("credit-notes", document)


def receive(desk: Desk, order: Record, payment: Mapping[str, Any]) -> Record:
    """Money for the order."""
    amount = str(payment.get("amount") or order["totals"]["gross"])
    names = ("method", "provider", "transaction_id", "voucher_number", "invoice_number")
    receipt = {
        **_heading(order, desk.number("REC")),
        "date": str(payment.get("captured_at") or payment.get("date") or desk.now)[:10],
        **{name: payment.get(name) or "" for name in names},
        "amount": amount,
    }
    covered = Decimal(amount) >= Decimal(order["totals"]["gross"]) or bool(order.get("payments"))
    desk.change(order, {"payment_status": "paid" if covered else "part"})
    if not order.get("payments"):
        _owe(desk, order, -Decimal(amount))
    return desk.put("receipts", receipt)


def _heading(order: Record, number: str) -> Record:
    return {
        "id": str(uuid4()),
        "number": number,
        "order_id": order["id"],
        "order_number": order["order_number"],
        "external_ref": order["external_ref"],
        "account_code": (order.get("customer") or {}).get("account_code"),
        "currency": order["currency"],
    }


def _of_order(desk: Desk, resource: str, order: Record) -> list[Record]:
    """The order's invoices or parcels, by number."""
    rows = desk.db.execute(
        "SELECT data, version FROM records WHERE company = ? AND resource = ?"
        " AND json_extract(data, '$.order_number') = ? ORDER BY code",
        (*desk.company.at(resource), order["order_number"]),
    )
    return [records.loaded(row) for row in rows.fetchall()]


def _require_open(order: Record) -> None:
    if order["order_status"] not in ("accepted", "completed"):
        raise _conflict(order, f"The order is {order['order_status']}.")


def _picked(order: Record, wanted: Any, count: str) -> dict[str, Decimal]:
    """Quantities by line_ref: what is wanted, or what is left. Refused when nothing is left."""
    left = {
        line["line_ref"]: Decimal(line["quantity"]) - Decimal(line[count])
        for line in order["lines"]
    }
    picked = _wanted(order, wanted) or {ref: quantity for ref, quantity in left.items() if quantity}
    if not picked or any(quantity > left[ref] for ref, quantity in picked.items()):
        raise _conflict(order, "So much is not left on the order.")
    return picked


def _wanted(order: Record, wanted: Any) -> dict[str, Decimal]:
    known = {line["line_ref"]: line["quantity"] for line in order["lines"]}
    picked = {}
    for place, entry in enumerate(wanted or []):
        ref = entry.get("line_ref")
        if ref not in known:
            raise invalid(
                [Issue(f"#/lines/{place}", "field.invalid", "No line has this line_ref.")]
            )
        picked[ref] = Decimal(str(entry.get("quantity") or known[ref]))
    return picked


def _counted_on(lines: Sequence[Record], picked: Mapping[str, Decimal], count: str) -> list[Record]:
    return [
        {**line, count: str(Decimal(line[count]) + picked.get(line["line_ref"], _ZERO))}
        for line in lines
    ]


def _brief(order: Record, ref: str, quantity: Decimal) -> Record:
    line = _line(order, ref)
    return {"line_ref": ref, "sku": line["sku"], "quantity": str(quantity)}


def _share(order: Record, ref: str, quantity: Decimal, *, before: Decimal | None = None) -> Record:
    """Net and tax of a part of a line, counted from the beginning of the line."""
    line, unit = _line(order, ref), Decimal(1).scaleb(-(digits_of(order["currency"]) or 0))
    whole = Decimal(line["quantity"])
    start = Decimal(line["invoiced_qty"]) if before is None else before

    def part(name: str) -> Decimal:
        amount = Decimal(line[name])
        return half_up(amount * (start + quantity) / whole, unit) - half_up(
            amount * start / whole, unit
        )

    net, tax = part("net_amount"), part("tax_amount")
    return {
        **_brief(order, ref, quantity),
        "description": line.get("description") or "",
        "net_amount": str(net),
        "tax_code": line["tax_code"],
        "tax_amount": str(tax),
        "gross_amount": str(net + tax),
    }


def _sums(parts: Sequence[Record]) -> Record:
    net = sum((Decimal(part["net_amount"]) for part in parts), _ZERO)
    tax = sum((Decimal(part["tax_amount"]) for part in parts), _ZERO)
    return {"net": str(net), "tax": str(tax), "gross": str(net + tax)}


def _completed(order: Record, done: bool) -> Record:
    return {"order_status": "completed"} if done and order["invoice_status"] == "full" else {}


def _is_despatched(order: Record) -> bool:
    return bool(order["fulfilment_status"] == "despatched")


def _due(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=CREDIT_DAYS)).isoformat()


def _take_stock(desk: Desk, order: Record, shipped: Mapping[str, Decimal]) -> None:
    where = desk.company.at("availability")
    for ref, quantity in shipped.items():
        count = records.by_code(desk.db, where, _line(order, ref)["sku_key"])
        if count:
            left = str(Decimal(count["free_stock"]) - quantity)
            changed = {**count, "free_stock": left, "as_of": desk.now}
            records.put(desk.db, where, changed, code=count["id"], now=desk.now)


def _owe(desk: Desk, order: Record, amount: Decimal) -> None:
    where = desk.company.at("customers")
    code = (order.get("customer") or {}).get("account_code") or ""
    customer = records.by_code(desk.db, where, code)
    if customer:
        balance = str(Decimal(customer.get("balance") or 0) + amount)
        changed = {**customer, "balance": balance}
        records.put(desk.db, where, changed, code=code, now=desk.now)


def _line(order: Record, ref: str) -> Record:
    line: Record = next(line for line in order["lines"] if line["line_ref"] == ref)
    return line


def _conflict(order: Record, why: str) -> Refused:
    number = order["order_number"]
    return Refused(409, "order-state-conflict", f"Order {number} cannot be changed like this", why)
