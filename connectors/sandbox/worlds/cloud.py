"""What Marketing Cloud holds in a world.

Shops keep what customers typed as text, so that nothing is refused on its way in: e-mail, telephone,
price, quantity, total and the words of promotions are Text. Dates, counts and flags are typed.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from connectors.sandbox.worlds.books import CLIENT
from connectors.sandbox.worlds.people import Person
from connectors.sandbox.worlds.rows import Row, Rows

MID = "510000001"
SCOPES = """
    data_extensions_read data_extensions_write list_and_subscribers_read
    list_and_subscribers_write journeys_read journeys_write journeys_execute email_read
    tracking_events_read event_notification_callback_create event_notification_callback_read
    event_notification_callback_update event_notification_callback_delete
    event_notification_subscription_create event_notification_subscription_read
    event_notification_subscription_update event_notification_subscription_delete
"""
JOURNEYS = (("autumn-sale-2026", "Autumn sale 2026"), ("warranty-offer", "Warranty offer"))
LISTS = ({"id": 101, "name": "Newsletter"}, {"id": 102, "name": "Offers"})

Column = dict[str, Any]


def _text(*names: str, length: int = 100) -> list[Column]:
    return [{"name": name, "type": "Text", "length": length} for name in names]


def _typed(kind: str, *names: str) -> list[Column]:
    return [{"name": name, "type": kind} for name in names]


def _decimal(*names: str) -> list[Column]:
    return [{"name": name, "type": "Decimal", "length": 18, "scale": 2} for name in names]


def _key(name: str, kind: str = "Text") -> Column:
    length = {"length": 50} if kind == "Text" else {}
    return {"name": name, "type": kind, **length, "primary_key": True, "required": True}


def _address(what: str) -> list[Column]:
    lines = _text(f"{what}Line1", f"{what}Line2", f"{what}Line3", length=250)
    rest = _text(*(f"{what}{part}" for part in ("City", "County", "Postcode", "Country")))
    return [*_text(f"{what}Name", length=250), *lines, *rest]


ORDER_COLUMNS = [
    _key("OrderKey"),
    *_text("ContactKey"),
    *_text("EmailAddress", "FirstName", "LastName", "CompanyName", length=254),
    *_text("TaxNumber", "Phone", length=50),
    *_text("CampaignId", "JourneyKey", "SourceMedia"),
    *_typed("Date", "OrderDate", "ModifiedDate"),
    *_text("Currency", "PriceBasis", "TotalPaid", length=50),
    *_decimal("TaxTotal"),
    *_text("PaymentMethod", "PaymentProvider", "PaymentReference", "PaymentTerms", "CustomerPO"),
    *_text("ShippingCode", length=50),
    *_decimal("ShippingAmount"),
    *_address("Invoice"),
    *_address("Delivery"),
    *_typed("Number", "LineCount"),
]
# LineNo is no key: shops do number two lines alike.
LINE_COLUMNS = [
    _key("RowId"),
    *_text("OrderKey", "LineNo", length=50),
    *_text("SKU", length=120),
    *_text("Description", length=500),
    *_text("Quantity", "UnitPrice", "ParentLineNo", length=50),
]
PROMOTION_COLUMNS = [
    _key("OrderKey"),
    _key("Sequence", "Number"),
    *_text("PromotionCode", "PromotionName", "PromotionType", "Scope"),
    *_text("Value", length=50),
    *_decimal("Amount"),
    *_text("LineNos", "SKUs", length=1000),
    *_typed("Number", "BuyQuantity", "GetQuantity"),
    *_typed("Boolean", "Exclusive"),
    *_text("Reference"),
]


def sfmc_of(contacts: Iterable[Person], written: Sequence[Rows]) -> dict[str, Any]:
    headers = sorted(
        (rows.header for rows in written if rows.header), key=lambda row: row["ModifiedDate"]
    )
    return {
        "packages": [{**CLIENT, "mid": MID, "scopes": SCOPES.split()}],
        "data_extensions": [
            _extension("Campaign_Order", ORDER_COLUMNS, headers),
            _extension(
                "Campaign_Order_Line",
                LINE_COLUMNS,
                [line for rows in written for line in rows.lines],
            ),
            _extension(
                "Campaign_Order_Promotion",
                PROMOTION_COLUMNS,
                [promotion for rows in written for promotion in rows.promotions],
            ),
        ],
        "event_definitions": [
            {"key": f"{key}-entry", "name": f"{name}: entry", "data_extension": "Campaign_Order",
             "journey": key}
            for key, name in JOURNEYS
        ],
        "journeys": [
            {"key": key, "name": name, "status": "Published", "version": 1}
            for key, name in JOURNEYS
        ],
        "lists": list(LISTS),
        "subscribers": [_subscriber(person) for person in contacts],
    }  # fmt: skip


def _extension(key: str, columns: list[Column], rows: list[Row]) -> dict[str, Any]:
    return {"key": key, "name": key.replace("_", " "), "columns": columns, "rows": rows}


def _subscriber(person: Person) -> dict[str, Any]:
    """One in seventeen has unsubscribed; an order of theirs is an order all the same."""
    status = "Unsubscribed" if person.number % 17 == 0 else "Active"
    return {
        "key": person.contact_key,
        "email": person.email,
        "status": status,
        "lists": [101] if person.number % 3 else [101, 102],
        "attributes": {"First Name": person.first_name, "Last Name": person.last_name},
    }
