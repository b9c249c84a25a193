"""What Marketing Cloud holds in a world."""

from collections.abc import Sequence
from typing import Any

from connectors.sandbox.worlds.books import CLIENT
from connectors.sandbox.worlds.columns import (
    BACK_COLUMNS,
    BOOKED_COLUMNS,
    BOOKED_LINE_COLUMNS,
    CONTACT_COLUMNS,
    CUSTOMER_COLUMNS,
    EVENT_COLUMNS,
    LINE_COLUMNS,
    ORDER_COLUMNS,
    PRODUCT_COLUMNS,
    PROMOTION_COLUMNS,
    PURCHASE_COLUMNS,
    WAITING_COLUMNS,
    Column,
)
from connectors.sandbox.worlds.leads import as_lead
from connectors.sandbox.worlds.people import Person
from connectors.sandbox.worlds.rows import Row, Rows

CONTACTS = "Contact_Master"
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
BACK_JOURNEY = ("back-in-stock", "Back in stock")
BACK_IN_STOCK = {
    "key": "back-in-stock-entry",
    "name": "Back in stock: entry",
    "data_extension": "Back_In_Stock_Entry",
    "journey": BACK_JOURNEY[0],
}
KNOWN_SINCE = "2026-01-05T09:00:00Z"
MILESTONES = {
    "accepted": "Order accepted",
    "part_despatched": "Part of the order despatched",
    "despatched": "Order despatched",
    "delivered": "Order delivered",
    "cancelled": "Order cancelled",
    "refunded": "Order refunded",
}
"""What customers are told of an order; each is a journey of its own."""
LISTS = ({"id": 101, "name": "Newsletter"}, {"id": 102, "name": "Offers"})


def sfmc_of(
    contacts: Sequence[Person],
    written: Sequence[Rows],
    waiting: Sequence[Row] = (),
    leads: Sequence[Person] = (),
) -> dict[str, Any]:
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
            _extension(CONTACTS, CONTACT_COLUMNS, _contacts(contacts, leads)),
            _extension("Back_In_Stock", WAITING_COLUMNS, list(waiting)),
            _extension("Back_In_Stock_Entry", BACK_COLUMNS, []),
            _extension("PRIMA_Contact", CUSTOMER_COLUMNS, []),
            _extension("PRIMA_Product", PRODUCT_COLUMNS, []),
            _extension("PRIMA_Order", BOOKED_COLUMNS, []),
            _extension("PRIMA_OrderLine", BOOKED_LINE_COLUMNS, []),
            _extension("PRIMA_Purchase", PURCHASE_COLUMNS, []),
            _extension("PRIMA_OrderEvent", EVENT_COLUMNS, []),
        ],
        "event_definitions": [
            {"key": f"{key}-entry", "name": f"{name}: entry", "data_extension": "Campaign_Order",
             "journey": key}
            for key, name in JOURNEYS
        ] + [BACK_IN_STOCK] + [
            {"key": event_key(milestone), "name": name, "data_extension": "PRIMA_OrderEvent",
             "journey": event_key(milestone)}
            for milestone, name in MILESTONES.items()
        ],
        "journeys": [
            {"key": key, "name": name, "status": "Published", "version": 1}
            for key, name in (
                *JOURNEYS,
                BACK_JOURNEY,
                *((event_key(one), MILESTONES[one]) for one in MILESTONES),
            )
        ],
        "lists": list(LISTS),
        "subscribers": [_subscriber(person) for person in contacts]
        + [{**_subscriber(person), "status": "Active"} for person in leads
           if "@" in person.email],
    }  # fmt: skip


def event_key(milestone: str) -> str:
    """The key of the event definition, and of its journey."""
    return f"order-{milestone.replace('_', '-')}"


def contact_rows(cloud: dict[str, Any]) -> list[Row]:
    """The rows of the contacts in what `sfmc_of` made."""
    tables = cloud["data_extensions"]
    rows: list[Row] = next(one["rows"] for one in tables if one["key"] == CONTACTS)
    return rows


def _extension(key: str, columns: list[Column], rows: list[Row]) -> dict[str, Any]:
    return {"key": key, "name": key.replace("_", " "), "columns": columns, "rows": rows}


def _contacts(contacts: Sequence[Person], leads: Sequence[Person]) -> list[Row]:
    known = [_contact(one) for one in contacts]
    return [*known, *(as_lead(_contact(one)) for one in leads)]


def _contact(person: Person) -> Row:
    """What the shop and the forms know of a person; nobody is a lead who has bought."""
    home = person.home
    lines = (*home.lines, "", "", "")
    return {
        "ContactKey": person.contact_key,
        "EmailAddress": person.email,
        "FirstName": person.first_name,
        "LastName": person.last_name,
        "CompanyName": person.company,
        "TaxNumber": person.vat,
        "Phone": person.phone,
        "AddressLine1": lines[0],
        "AddressLine2": lines[1],
        "AddressLine3": lines[2],
        "City": home.city,
        "County": home.county,
        "Postcode": home.postcode,
        "Country": home.country,
        "Currency": person.currency,
        "IsLead": "False",
        "ModifiedDate": KNOWN_SINCE,
    }


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
