"""A sales order as Prima's REST contract takes it. Pure, and fast: every screen and hash uses it.

Amounts are decimal text. They are written with at least the currency's decimals and with no more
than the amount has, so that equal orders give equal payloads and nothing is ever rounded here.
"""

from decimal import Decimal
from functools import lru_cache
from typing import Literal, NotRequired, TypedDict

from connectors.prima.rest.address_payload import AddressPayload, address_payload
from integration.core.money import minor_digits
from integration.records.sales_order import (
    Allocation,
    Charge,
    Discount,
    Payment,
    SalesLine,
    SalesOrder,
    Totals,
)


class ReferencePayload(TypedDict):
    system: str
    ref: str


class AccountPayload(TypedDict):
    account_code: str


class AttributionPayload(TypedDict, total=False):
    campaign_id: str
    journey_key: str


class AllocationPayload(TypedDict):
    discount_ref: str
    amount: str


class VariantPayload(TypedDict):
    m1: str
    m2: str
    m3: str
    m4: str


class LinePayload(TypedDict):
    line_ref: str
    sku: str
    kind: str
    description: str
    quantity: str
    unit_price: str
    net_amount: str
    tax_code: str
    tax_rate: str
    tax_amount: str
    allocations: NotRequired[list[AllocationPayload]]
    parent_line_ref: NotRequired[str]
    variant: NotRequired[VariantPayload]


class DiscountPayload(TypedDict):
    ref: str
    code: str
    name: str
    target: str
    value_type: str
    value: str
    allocation: str
    sequence: int
    stacking: str
    amount: str


class ChargePayload(TypedDict):
    code: str
    description: str
    net_amount: str
    tax_code: str
    tax_amount: str
    allocations: NotRequired[list[AllocationPayload]]


class PaymentPayload(TypedDict):
    method: str
    amount: str
    provider: NotRequired[str]
    transaction_id: NotRequired[str]
    voucher_number: NotRequired[str]
    credit_note_number: NotRequired[str]
    captured_at: NotRequired[str]


class TaxLinePayload(TypedDict):
    code: str
    rate: str
    base: str
    tax: str


class TotalsPayload(TypedDict):
    goods_net: str
    discount_total: str
    charges_net: str
    tax_total: str
    gross: str
    tax_summary: list[TaxLinePayload]


class ExpectedTotalsPayload(TypedDict):
    gross: str


class OrderPayload(TypedDict):
    external_ref: ReferencePayload
    channel: str
    order_date: str
    customer: AccountPayload
    currency: str
    price_basis: str
    lines: list[LinePayload]
    totals: TotalsPayload
    expected_totals: ExpectedTotalsPayload
    totals_policy: Literal["reject"]
    invoice_address: NotRequired[AddressPayload]
    delivery_address: NotRequired[AddressPayload]
    charges: NotRequired[list[ChargePayload]]
    discounts: NotRequired[list[DiscountPayload]]
    payments: NotRequired[list[PaymentPayload]]
    payment_terms: NotRequired[str]
    source_media: NotRequired[str]
    attribution: NotRequired[AttributionPayload]
    customer_po: NotRequired[str]


def order_payload(order: SalesOrder) -> OrderPayload:
    """The body of POST /sales-orders. What is empty is left out."""
    digits = _digits(order.currency)
    gross = amount_text(order.totals.gross, digits)
    payload: OrderPayload = {
        "external_ref": {"system": order.external_system, "ref": order.external_ref},
        "channel": order.channel,
        "order_date": order.order_date.isoformat(),
        "customer": {"account_code": order.account_code},
        "currency": order.currency,
        "price_basis": order.price_basis,
        "lines": [_line(line, digits) for line in order.lines],
        "totals": _totals(order.totals, digits),
        "expected_totals": {"gross": gross},
        "totals_policy": "reject",
    }
    _add_money(payload, order, digits)
    _add_texts(payload, order)
    return payload


def amount_text(amount: Decimal, digits: int) -> str:
    """The amount exactly, with at least `digits` decimals and no needless ones beyond."""
    whole, _, decimals = format(amount if amount else _ZERO, "f").partition(".")
    if len(decimals) != digits:
        decimals = decimals.rstrip("0").ljust(digits, "0")
    return f"{whole}.{decimals}" if decimals else whole


_ZERO = Decimal(0)
_digits = lru_cache(maxsize=256)(minor_digits)


def _add_money(payload: OrderPayload, order: SalesOrder, digits: int) -> None:
    if order.charges:
        payload["charges"] = [_charge(charge, digits) for charge in order.charges]
    if order.discounts:
        payload["discounts"] = [_discount(discount, digits) for discount in order.discounts]
    if order.payments:
        payload["payments"] = [_payment(payment, digits) for payment in order.payments]


def _add_texts(payload: OrderPayload, order: SalesOrder) -> None:
    if invoice_address := address_payload(order.invoice_address):
        payload["invoice_address"] = invoice_address
    if delivery_address := address_payload(order.delivery_address):
        payload["delivery_address"] = delivery_address
    if order.payment_terms:
        payload["payment_terms"] = order.payment_terms
    if order.source_media:
        payload["source_media"] = order.source_media
    if order.customer_po:
        payload["customer_po"] = order.customer_po
    if order.campaign or order.journey:
        payload["attribution"] = _attribution(order)


def _attribution(order: SalesOrder) -> AttributionPayload:
    attribution: AttributionPayload = {}
    if order.campaign:
        attribution["campaign_id"] = order.campaign
    if order.journey:
        attribution["journey_key"] = order.journey
    return attribution


def _line(line: SalesLine, digits: int) -> LinePayload:
    payload: LinePayload = {
        "line_ref": line.line_ref,
        "sku": line.sku,
        "kind": line.kind,
        "description": line.description,
        "quantity": amount_text(line.quantity, 0),
        "unit_price": amount_text(line.unit_price, digits),
        "net_amount": amount_text(line.net_amount, digits),
        "tax_code": line.tax_code,
        "tax_rate": amount_text(line.tax_rate, 0),
        "tax_amount": amount_text(line.tax_amount, digits),
    }
    if line.allocations:
        payload["allocations"] = _allocations(line.allocations, digits)
    if line.parent_line_ref:
        payload["parent_line_ref"] = line.parent_line_ref
    if any(line.variant):
        m1, m2, m3, m4 = line.variant
        payload["variant"] = {"m1": m1, "m2": m2, "m3": m3, "m4": m4}
    return payload


def _charge(charge: Charge, digits: int) -> ChargePayload:
    payload: ChargePayload = {
        "code": charge.code,
        "description": charge.description,
        "net_amount": amount_text(charge.net_amount, digits),
        "tax_code": charge.tax_code,
        "tax_amount": amount_text(charge.tax_amount, digits),
    }
    if charge.allocations:
        payload["allocations"] = _allocations(charge.allocations, digits)
    return payload


def _allocations(allocations: tuple[Allocation, ...], digits: int) -> list[AllocationPayload]:
    return [
        {"discount_ref": one.discount_ref, "amount": amount_text(one.amount, digits)}
        for one in allocations
    ]


def _discount(discount: Discount, digits: int) -> DiscountPayload:
    is_percentage = discount.value_type == "percentage"
    return {
        "ref": discount.ref,
        "code": discount.code,
        "name": discount.name,
        "target": discount.target,
        "value_type": discount.value_type,
        "value": amount_text(discount.value, 0 if is_percentage else digits),
        "allocation": discount.allocation,
        "sequence": discount.sequence,
        "stacking": discount.stacking,
        "amount": amount_text(discount.amount, digits),
    }


def _payment(payment: Payment, digits: int) -> PaymentPayload:
    payload: PaymentPayload = {
        "method": payment.method,
        "amount": amount_text(payment.amount, digits),
    }
    if payment.provider:
        payload["provider"] = payment.provider
    if payment.transaction_id:
        payload["transaction_id"] = payment.transaction_id
    if payment.voucher_number:
        payload["voucher_number"] = payment.voucher_number
    if payment.credit_note_number:
        payload["credit_note_number"] = payment.credit_note_number
    if payment.captured_at is not None:
        payload["captured_at"] = payment.captured_at.isoformat().replace("+00:00", "Z")
    return payload


def _totals(totals: Totals, digits: int) -> TotalsPayload:
    return {
        "goods_net": amount_text(totals.goods_net, digits),
        "discount_total": amount_text(totals.discount_total, digits),
        "charges_net": amount_text(totals.charges_net, digits),
        "tax_total": amount_text(totals.tax_total, digits),
        "gross": amount_text(totals.gross, digits),
        "tax_summary": [
            {
                "code": one.code,
                "rate": amount_text(one.rate, 0),
                "base": amount_text(one.base, digits),
                "tax": amount_text(one.tax, digits),
            }
            for one in totals.tax_summary
        ],
    }
