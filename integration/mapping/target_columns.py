"""Names and columns of the data extensions the desk writes, unless admin says otherwise."""

from collections.abc import Mapping

PUT_BACK = "put_back"
"""The part that writes into the data extension contacts are read from; it is a source table."""

TARGETS: Mapping[str, str] = {
    "contact": "PRIMA_Contact",
    "product": "PRIMA_Product",
    "order": "PRIMA_Order",
    "order_line": "PRIMA_OrderLine",
    "purchase": "PRIMA_Purchase",
}

TARGET_COLUMNS: Mapping[str, Mapping[str, str]] = {
    "contact": {
        "key": "ContactKey",
        "customer": "CustomerUid",
        "account": "AccountCode",
        "name": "Name",
        "company_name": "CompanyName",
        "email": "EmailAddress",
        "phone": "Phone",
        "mobile": "Mobile",
        "line1": "AddressLine1",
        "line2": "AddressLine2",
        "line3": "AddressLine3",
        "city": "City",
        "county": "County",
        "postcode": "Postcode",
        "country": "Country",
        "currency": "Currency",
        "payment_terms": "PaymentTerms",
        "price_list": "PriceList",
        "hold": "Hold",
        "email_consent": "EmailConsent",
        "sms_consent": "SmsConsent",
        "phone_consent": "PhoneConsent",
        "post_consent": "PostConsent",
        "consent_at": "ConsentAt",
        "consent_source": "ConsentSource",
        "updated_at": "UpdatedAt",
    },
    "product": {
        "sku": "SKU",
        "name": "Name",
        "category": "Category",
        "price": "Price",
        "currency": "Currency",
        "stock": "StockQty",
        "stock_status": "StockStatus",
        "in_stock": "InStock",
        "available_on": "AvailableDate",
        "in_range": "InRange",
        "updated_at": "UpdatedAt",
    },
    "order": {
        "order_number": "OrderId",
        "campaign_order": "CampaignOrderKey",
        "contact_key": "ContactKey",
        "order_status": "OrderStatus",
        "fulfilment_status": "FulfilmentStatus",
        "invoice_status": "InvoiceStatus",
        "payment_status": "PaymentStatus",
        "currency": "Currency",
        "total": "Total",
        "placed_at": "PlacedAt",
        "carrier": "Carrier",
        "tracking": "TrackingNumber",
        "updated_at": "UpdatedAt",
    },
    "order_line": {
        "order_number": "OrderId",
        "line_no": "LineNo",
        "sku": "SKU",
        "description": "Description",
        "quantity": "Quantity",
        "despatched": "Despatched",
        "line_total": "LineTotal",
        "updated_at": "UpdatedAt",
    },
    "purchase": {
        "contact_key": "ContactKey",
        "currency": "Currency",
        "orders": "Orders",
        "lifetime_value": "LifetimeValue",
        "first_order_on": "FirstOrder",
        "last_order_on": "LastOrder",
        "days_between": "DaysBetweenOrders",
        "favourite_category": "FavouriteCategory",
        "updated_at": "UpdatedAt",
    },
}

TARGET_KEYS: Mapping[str, tuple[str, ...]] = {
    "contact": ("key",),
    PUT_BACK: ("key",),
    "product": ("sku",),
    "order": ("order_number",),
    "order_line": ("order_number", "line_no"),
    "purchase": ("contact_key", "currency"),
}
"""The fields of the primary key of each."""

EVENT_COLUMNS: Mapping[str, str] = {
    "event": "EventId",
    "order_number": "OrderId",
    "campaign_order": "CampaignOrderKey",
    "contact_key": "ContactKey",
    "email": "EmailAddress",
    "milestone": "Milestone",
    "reached_at": "ReachedAt",
    "currency": "Currency",
    "total": "Total",
    "carrier": "Carrier",
    "tracking": "TrackingNumber",
    "parcel": "ShipmentNumber",
}
"""What an event of an order tells its journey: the order and nothing that advertises."""
