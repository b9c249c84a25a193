"""What Prima's people do with a sale, step by step, as the control of Prima takes it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from connectors.sandbox.trade.calendar import after
from connectors.sandbox.trade.sale import Sale, minor, total
from connectors.sandbox.trade.twist import Twist
from connectors.sandbox.worlds.orders import money

Step = dict[str, Any]
RISE = Decimal("1.05")
RETURNED = 9
"""Days until goods come back and are credited."""
PATIENCE = (12, 26)
"""Days in which those pay who pay an invoice."""


def shipped_on(sale: Sale) -> date:
    return after(sale.at.date())


def returned_on(sale: Sale) -> date:
    return after(shipped_on(sale), RETURNED)


def second_part_on(sale: Sale) -> date:
    return after(shipped_on(sale), 4)


def paid_on(sale: Sale) -> date:
    """When the money of a sale on account arrives."""
    few, many = PATIENCE
    return after(shipped_on(sale), Random(sale.key).randint(few, many))


def steps(sale: Sale, twist: Twist | None, until: date) -> Iterator[Step]:
    """Everything that is done about the sale up to and including that day."""
    for day, do, body in _all(sale, twist):
        if day <= until:
            yield {"number": sale.number, "do": do, "with": body}


Done = tuple[date, str, dict[str, Any]]


def _all(sale: Sale, twist: Twist | None) -> Iterator[Done]:
    day = shipped_on(sale)
    if twist is Twist.CANCELLED:
        yield sale.at.date(), "cancel", {"reason": "Ordered by mistake."}
        return
    if twist in (Twist.PARTS, Twist.LATE_INVOICE):
        yield from _in_parts(sale, rest_is_invoiced=twist is Twist.PARTS)
        return
    yield day, "despatch", {"despatched_at": f"{day}T15:30:00Z"}
    yield _delivered(day)
    if twist is Twist.FORGOTTEN:
        return
    yield day, "invoice", {"date": day.isoformat(), **_overrides(sale, twist)}
    if twist in (Twist.REFUNDED, Twist.PART_REFUNDED):
        yield _credited(sale, twist)
    if twist is Twist.CANCELLED_LATE:
        yield after(day), "cancel", {"reason": "The parcel came back."}
    if sale.on_account:
        yield paid_on(sale), "pay", {"date": paid_on(sale).isoformat(), "method": "ACCOUNT"}


def late_invoice(sale: Sale) -> Step:
    """Of the second part, entered weeks later under the day on which it had left."""
    day = shipped_on(sale).isoformat()
    return {"number": sale.number, "do": "invoice", "with": {"date": day}}


def credited(sale: Sale, twist: Twist) -> int:
    """What comes back to the customer: all, or the first line."""
    return sale.parts[0].gross if twist is Twist.PART_REFUNDED else sale.gross


def _in_parts(sale: Sale, *, rest_is_invoiced: bool) -> Iterator[Done]:
    first, day = [{"line_ref": sale.parts[0].ref}], shipped_on(sale)
    yield day, "despatch", {"lines": first, "despatched_at": f"{day}T15:30:00Z"}
    yield day, "invoice", {"lines": first, "date": day.isoformat()}
    later = second_part_on(sale) if rest_is_invoiced else day
    yield later, "despatch", {"despatched_at": f"{later}T16:10:00Z"}
    yield _delivered(later)
    if rest_is_invoiced:
        yield later, "invoice", {"date": later.isoformat()}


def _delivered(shipped: date) -> Done:
    """The carrier takes two working days."""
    day = after(shipped, 2)
    return day, "deliver", {"delivered_at": f"{day}T11:05:00Z"}


def _credited(sale: Sale, twist: Twist) -> Done:
    day = returned_on(sale)
    body: dict[str, Any] = {"date": day.isoformat(), "reason_code": "RETURN"}
    if twist is Twist.PART_REFUNDED:
        body["lines"] = [{"line_ref": sale.parts[0].ref}]
    else:
        body["overrides"] = _whole(sale)
    return day, "credit", body


def _whole(sale: Sale) -> dict[str, str]:
    """A credit note of everything gives the carriage back, too."""
    net = total(part.named["net_amount"] for part in sale.parts)
    net += total(charge["net_amount"] for charge in sale.charges)
    return _sums(net, sale.gross - net)


def _overrides(sale: Sale, twist: Twist | None) -> dict[str, Any]:
    if twist is Twist.REPRICED:
        return {"overrides": _repriced(sale)}
    if twist is Twist.NO_CHARGES:
        net = total(part.named["net_amount"] for part in sale.parts)
        gross = sum(part.gross for part in sale.parts)
        return {"overrides": {"charges": [], **_sums(net, gross - net)}}
    return {}


def repriced(sale: Sale) -> int:
    """What the invoice comes to when the price of its only line has risen."""
    return sale.gross - sale.parts[0].gross + sum(_risen(sale))


def _risen(sale: Sale) -> tuple[int, int]:
    line = sale.parts[0].named
    return tuple(int(minor(line[name]) * RISE) for name in ("net_amount", "tax_amount"))  # type: ignore[return-value]


def _repriced(sale: Sale) -> dict[str, Any]:
    part, (net, tax) = sale.parts[0], _risen(sale)
    line = {
        "line_ref": part.ref,
        "sku": part.named["sku"],
        "quantity": str(part.quantity),
        "description": part.named.get("description") or "",
        "net_amount": money(net),
        "tax_code": part.named["tax_code"],
        "tax_amount": money(tax),
        "gross_amount": money(net + tax),
    }
    all_net = net + total(charge["net_amount"] for charge in sale.charges)
    return {"lines": [line], **_sums(all_net, repriced(sale) - all_net)}


def _sums(net: int, tax: int) -> dict[str, str]:
    return {"net": money(net), "tax": money(tax), "gross": money(net + tax)}
