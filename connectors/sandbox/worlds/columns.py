"""The columns of the data extensions of a world.

Shops keep what customers typed as text, so that nothing is refused on its way in: e-mail, telephone,
price, quantity, total and the words of promotions are Text. Dates, counts and flags are typed.
"""

from typing import Any

Column = dict[str, Any]


def _text(*names: str, length: int = 100) -> list[Column]:
    return [{"name": name, "type": "Text", "length": length} for name in names]


def _typed(kind: str, *names: str) -> list[Column]:
    return [{"name": name, "type": kind} for name in names]


def _decimal(*names: str, scale: int = 2) -> list[Column]:
    return [{"name": name, "type": "Decimal", "length": 18, "scale": scale} for name in names]


def _exact(*names: str) -> list[Column]:
    """Amounts of any currency, and quantities: nothing is rounded on its way in."""
    return _decimal(*names, scale=3)


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


CONTACT_COLUMNS = [
    _key("ContactKey"),
    *_text("EmailAddress", "FirstName", "LastName", "CompanyName", length=254),
    *_text("TaxNumber", "Phone", "Mobile", length=50),
    *_text("AddressLine1", "AddressLine2", "AddressLine3", length=250),
    *_text("City", "County", "Postcode", "Country", "Currency", "PaymentTerms"),
    *_text("Interests", length=500),
    *_typed("Boolean", "IsLead"),
    *_text("CampaignId"),
    *_typed("Date", "ModifiedDate"),
]
# What the desk writes; Marketing Cloud segments by it.
CUSTOMER_COLUMNS = [
    _key("ContactKey"),
    *_text("CustomerUid", "AccountCode", length=50),
    *_text("Name", "CompanyName", "EmailAddress", length=254),
    *_text("Phone", "Mobile", length=50),
    *_text("AddressLine1", "AddressLine2", "AddressLine3", length=250),
    *_text("City", "County", "Postcode", "Country", "Currency", "PaymentTerms", "PriceList"),
    *_text("Hold", length=20),
    *_text("EmailConsent", "SmsConsent", "PhoneConsent", "PostConsent", length=20),
    *_typed("Date", "ConsentAt"),
    *_text("ConsentSource"),
    *_typed("Date", "UpdatedAt"),
]
PRODUCT_COLUMNS = [
    _key("SKU"),
    *_text("Name", length=254),
    *_text("Category", length=100),
    *_decimal("Price", scale=4),
    *_text("Currency", length=3),
    *_exact("StockQty"),
    *_text("StockStatus", length=20),
    *_typed("Boolean", "InStock"),
    *_typed("Date", "AvailableDate"),
    *_typed("Boolean", "InRange"),
    *_typed("Date", "UpdatedAt"),
]
WAITING_COLUMNS = [
    _key("ContactKey"),
    _key("SKU"),
    *_text("EmailAddress", length=254),
    *_typed("Date", "RequestDate"),
]
BACK_COLUMNS = [
    _key("ContactKey"),
    _key("SKU"),
    *_text("ProductName", "EmailAddress", length=254),
    *_decimal("Price", scale=4),
    *_text("Currency", length=3),
    *_typed("Date", "RequestedAt"),
]
BOOKED_COLUMNS = [
    _key("OrderId"),
    *_text("CampaignOrderKey", "ContactKey"),
    *_text("OrderStatus", "FulfilmentStatus", "InvoiceStatus", "PaymentStatus", length=30),
    *_text("Currency", length=3),
    *_exact("Total"),
    *_typed("Date", "PlacedAt"),
    *_text("Carrier", "TrackingNumber"),
    *_typed("Date", "UpdatedAt"),
]
BOOKED_LINE_COLUMNS = [
    _key("OrderId"),
    _key("LineNo"),
    *_text("SKU", "Description", length=254),
    *_exact("Quantity", "Despatched", "LineTotal"),
    *_typed("Date", "UpdatedAt"),
]
EVENT_COLUMNS = [
    _key("EventId"),
    *_text("OrderId", "CampaignOrderKey", "ContactKey"),
    {"name": "EmailAddress", "type": "EmailAddress"},
    *_text("Milestone", length=30),
    *_typed("Date", "ReachedAt"),
    *_text("Currency", length=3),
    *_exact("Total"),
    *_text("Carrier", "TrackingNumber", "ShipmentNumber"),
]
PURCHASE_COLUMNS = [
    _key("ContactKey"),
    _key("Currency"),
    *_typed("Number", "Orders"),
    *_exact("LifetimeValue"),
    *_typed("Date", "FirstOrder", "LastOrder"),
    *_decimal("DaysBetweenOrders"),
    *_text("FavouriteCategory"),
    *_typed("Date", "UpdatedAt"),
]
