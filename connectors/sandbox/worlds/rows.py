"""Writes an order as the rows of the three data extensions."""

from dataclasses import dataclass
from datetime import datetime

from connectors.sandbox.worlds.orders import Line, Order, Promotion, money
from connectors.sandbox.worlds.people import Place

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Rows:
    """What reaches Marketing Cloud of one order. Empty columns are left out."""

    header: Row | None
    lines: list[Row]
    promotions: list[Row]


def rows_of(order: Order) -> Rows:
    priced = order.priced()
    header = _filled(
        {
            "OrderKey": order.key,
            **_customer(order),
            "OrderDate": stamp(order.ordered_at),
            "ModifiedDate": stamp(order.modified_at),
            "Currency": order.currency,
            "PriceBasis": order.basis,
            "TotalPaid": money(priced.paid + order.paid_more),
            "TaxTotal": money(priced.tax) if order.tax_stated else "",
            **order.payment,
            "ShippingCode": order.shipping.code,
            "ShippingAmount": money(order.shipping.amount),
            **_address("Invoice", order.customer.home),
            **_address("Delivery", order.delivery),
            "LineCount": str(len(order.lines)),
            **order.cells,
        }
    )
    taken = zip(order.promotions, priced.taken, strict=True)
    return Rows(
        header=header if order.header_kept else None,
        lines=[_line(order, place) for place in range(len(order.lines))]
        if order.lines_kept
        else [],
        promotions=[
            _promotion(order, sequence, promotion, amount)
            for sequence, (promotion, amount) in enumerate(taken, 1)
        ]
        if order.header_kept
        else [],
    )


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _customer(order: Order) -> Row:
    customer = order.customer
    return {
        "ContactKey": customer.contact_key,
        "EmailAddress": customer.email,
        "FirstName": customer.first_name,
        "LastName": customer.last_name,
        "CompanyName": customer.company,
        "TaxNumber": customer.vat,
        "Phone": customer.phone,
    }


def _address(what: str, place: Place) -> Row:
    cells = {f"{what}Line{number}": line for number, line in enumerate(place.lines, 1)}
    return {
        f"{what}Name": place.name,
        **cells,
        f"{what}City": place.city,
        f"{what}County": place.county,
        f"{what}Postcode": place.postcode,
        f"{what}Country": place.country,
    }


def _line(order: Order, place: int) -> Row:
    line: Line = order.lines[place]
    return _filled(
        {
            "RowId": f"{order.key}-{place + 1}",
            "OrderKey": order.key,
            "LineNo": line.line_no,
            "SKU": line.sku,
            "Description": line.description,
            "Quantity": str(line.quantity),
            "UnitPrice": money(line.unit_price),
            "ParentLineNo": line.parent,
            **line.cells,
        }
    )


def _promotion(order: Order, sequence: int, promotion: Promotion, amount: int) -> Row:
    narrowed = [order.lines[place] for place in promotion.places]
    return _filled(
        {
            "OrderKey": order.key,
            "Sequence": str(sequence),
            "PromotionCode": promotion.code,
            "PromotionName": promotion.name,
            "PromotionType": promotion.word or promotion.kind,
            "Scope": promotion.scope,
            "Value": _value(promotion),
            "Amount": money(amount if promotion.stated is None else promotion.stated),
            "LineNos": "" if promotion.by_sku else ",".join(x.line_no for x in narrowed),
            "SKUs": ",".join(x.sku for x in narrowed) if promotion.by_sku else "",
            "BuyQuantity": str(promotion.buy or ""),
            "GetQuantity": str(promotion.get or ""),
            "Exclusive": "true" if promotion.exclusive else "false",
            "Reference": promotion.reference,
        }
    )


def _value(promotion: Promotion) -> str:
    if promotion.kind == "free_shipping":
        return ""
    return money(promotion.value)


def _filled(row: Row) -> Row:
    return {column: text for column, text in row.items() if text != ""}
