"""Prima over its REST contract."""

from collections.abc import Iterator, Sequence
from functools import partial
from urllib.parse import quote

from connectors.answer import Answer
from connectors.errors import NotFound, RemoteError
from connectors.http import Conduct, query
from connectors.prima.capabilities import Capabilities
from connectors.prima.port import ChangePage, References, Subscription
from connectors.prima.rest.auth import Credentials
from connectors.prima.rest.batch import Operation, together
from connectors.prima.rest.booked_payload import booked_order_from, document_from
from connectors.prima.rest.calls import Reader, Record, SignedCalls, once, read, read_entry
from connectors.prima.rest.capabilities_payload import capabilities_from
from connectors.prima.rest.consent_payload import consent_from, note_payload, outcome_from
from connectors.prima.rest.customer_payload import customer_from, customer_payload, keep_unread
from connectors.prima.rest.feed import page_from
from connectors.prima.rest.item_payload import code_from, item_from, item_payload, tax_code_from
from connectors.prima.rest.order_payload import order_payload
from connectors.prima.rest.placed_order import placed_order_from, priced_from
from connectors.prima.rest.shipment_payload import shipment_from
from connectors.prima.rest.stock_payload import availability_from
from connectors.prima.rest.subscription_payload import (
    offered,
    subscription_from,
    subscription_payload,
)
from integration.records.booked import BookedOrder, Document, DocumentKind
from integration.records.consent import ConsentNote, ConsentState, NoteOutcome
from integration.records.customer import Customer
from integration.records.item import CodeList, Item
from integration.records.sales_order import PlacedOrder, SalesOrder, Totals
from integration.records.shipment import Shipment
from integration.records.stock import Availability

CODE_LISTS: dict[CodeList, str] = {
    "charge": "charge-codes",
    "promotion": "promotion-codes",
    "source_media": "source-media",
    "payment_method": "payment-methods",
}
DOCUMENTS: dict[DocumentKind, str] = {
    "invoice": "invoices",
    "credit_note": "credit-notes",
    "receipt": "receipts",
}
PAGE_SIZE = 500
ITEMS_A_QUESTION = 200


class RestPrima:
    """The `Prima` port over HTTP. Safe to share between threads."""

    def __init__(
        self,
        base_url: str,
        company: str,
        credentials: Credentials,
        conduct: Conduct | None = None,
    ) -> None:
        """`base_url` ends with the version: https://prima.example.com/prima/v1."""
        url = f"{base_url.rstrip('/')}/{quote(company, safe='')}"
        self._calls = SignedCalls(url, credentials, conduct or Conduct())

    def close(self) -> None:
        self._calls.close()

    def capabilities(self) -> Capabilities:
        return read(self._calls.send("GET", "/capabilities"), capabilities_from)

    def references(self) -> References:
        return References(
            tax_codes=tuple(self._listed("tax-codes", tax_code_from)),
            codes=tuple(
                code
                for kind, resource in CODE_LISTS.items()
                for code in self._listed(resource, partial(code_from, kind))
            ),
        )

    def customer_changes(self, cursor: str) -> ChangePage[Customer]:
        return self._changes("customers", cursor, customer_from)

    def item_changes(self, cursor: str) -> ChangePage[Item]:
        return self._changes("items", cursor, item_from)

    def order_changes(self, cursor: str) -> ChangePage[BookedOrder]:
        return self._changes("sales-orders", cursor, booked_order_from)

    def document_changes(self, kind: DocumentKind, cursor: str) -> ChangePage[Document]:
        return self._changes(DOCUMENTS[kind], cursor, partial(document_from, kind))

    def availability_changes(self, cursor: str) -> ChangePage[Availability]:
        return self._changes("availability", cursor, availability_from)

    def availability(self, sku_keys: Sequence[str]) -> list[Availability]:
        found: list[Availability] = []
        for first in range(0, len(sku_keys), ITEMS_A_QUESTION):
            some = sku_keys[first : first + ITEMS_A_QUESTION]
            content = {"items": [{"sku_key": key} for key in some]}
            answer = self._calls.send("POST", "/availability/query", content=content)
            entries = answer.json_object().get("items")
            if not isinstance(entries, list) or len(entries) != len(some):
                raise answer.unexpected("did not say how much there is of every item")
            found += [read_entry(answer, entry, availability_from) for entry in entries]
        return found

    def shipment_changes(self, cursor: str) -> ChangePage[Shipment]:
        return self._changes("shipments", cursor, shipment_from)

    def consent_changes(self, cursor: str) -> ChangePage[ConsentState]:
        return self._changes("consents", cursor, consent_from)

    def consents_of(self, account_code: str) -> tuple[ConsentState, ...]:
        target = f"/consents/by-account/{quote(account_code, safe='')}"
        return read(
            self._calls.send("GET", target),
            lambda body: tuple(consent_from(entry) for entry in body["items"]),
        )

    def note_consent(self, note: ConsentNote) -> NoteOutcome:
        answer = self._calls.send("POST", "/consent-events", content=note_payload(note))
        return read(answer, outcome_from)

    def customer_by_account(self, account_code: str) -> Customer:
        target = f"/customers/by-account/{quote(account_code, safe='')}"
        return read(self._calls.send("GET", target), customer_from)

    def customers_by_external(self, system: str, key: str) -> Customer:
        target = f"/customers/by-external/{quote(system, safe='')}/{quote(key, safe='')}"
        return read(self._calls.send("GET", target), customer_from)

    def create_customer(self, customer: Customer, *, idempotency_key: str) -> Customer:
        answer = self._calls.send(
            "POST",
            "/customers",
            content=customer_payload(customer),
            headers=once(idempotency_key),
        )
        return read(answer, customer_from)

    def update_customer(self, customer: Customer, *, changed: Sequence[str]) -> Customer:
        target = f"/customers/{quote(customer.id, safe='')}"
        content = customer_payload(customer, changed)
        if "addresses" in content:
            held = self._calls.send("GET", target).json_object()
            content["addresses"] = keep_unread(content["addresses"], held)
        answer = self._calls.send(
            "PATCH",
            target,
            content=content,
            headers={"If-Match": f'"{customer.version}"'},
        )
        return read(answer, customer_from)

    def update_customers(
        self, customers: Sequence[Customer], *, changed: Sequence[str]
    ) -> list[Customer | RemoteError]:
        if "addresses" in changed:
            raise ValueError("Addresses are written one by one: Prima's own are read first.")
        operations = [
            Operation(
                "PATCH",
                f"/customers/{quote(one.id, safe='')}",
                customer_payload(one, changed),
                {"If-Match": f'"{one.version}"'},
            )
            for one in customers
        ]
        return together(self._calls, operations, customer_from)

    def create_item(self, item: Item, *, idempotency_key: str) -> Item:
        answer = self._calls.send(
            "POST",
            "/items",
            content=item_payload(item),
            headers=once(idempotency_key),
        )
        return read(answer, item_from)

    def create_order(self, order: SalesOrder, *, idempotency_key: str) -> PlacedOrder:
        answer = self._calls.send(
            "POST",
            "/sales-orders",
            content=order_payload(order),
            headers=once(idempotency_key),
        )
        return _placed(answer)

    def price_order(self, order: SalesOrder) -> Totals:
        answer = self._calls.send("POST", "/sales-orders:validate", content=order_payload(order))
        return read(answer, priced_from)

    def find_order(self, system: str, reference: str) -> PlacedOrder | None:
        target = f"/sales-orders/by-external/{quote(system, safe='')}/{quote(reference, safe='')}"
        try:
            return _placed(self._calls.send("GET", target))
        except NotFound:
            return None

    def cancel_order(self, order_id: str, *, reason: str, idempotency_key: str) -> PlacedOrder:
        answer = self._calls.send(
            "POST",
            f"/sales-orders/{quote(order_id, safe='')}:cancel",
            content={"reason": reason},
            headers=once(idempotency_key),
        )
        return _placed(answer)

    def subscriptions(self) -> tuple[Subscription, ...]:
        with offered():
            return tuple(self._listed("subscriptions", subscription_from))

    def subscribe(
        self, url: str, resources: Sequence[str], *, secret: str, idempotency_key: str
    ) -> Subscription:
        with offered():
            answer = self._calls.send(
                "POST",
                "/subscriptions",
                content=subscription_payload(url, resources, secret),
                headers=once(idempotency_key),
            )
        return read(answer, subscription_from)

    def unsubscribe(self, subscription_id: str) -> None:
        try:
            self._calls.send("DELETE", f"/subscriptions/{quote(subscription_id, safe='')}")
        except NotFound:
            return

    def _changes(self, resource: str, cursor: str, reader: Reader[Record]) -> ChangePage[Record]:
        asked: dict[str, str | int] = {"limit": PAGE_SIZE}
        if cursor:
            asked["cursor"] = cursor
        else:
            asked["snapshot"] = "true"
        answer = self._calls.send("GET", f"/{resource}/changes{query(asked)}")
        return read(answer, lambda body: page_from(body, reader))

    def _listed(self, resource: str, reader: Reader[Record]) -> Iterator[Record]:
        """A whole list; Prima may answer it in pages."""
        cursor: str | None = ""
        while cursor is not None:
            asked = {"cursor": cursor} if cursor else {}
            answer = self._calls.send("GET", f"/{resource}{query(asked)}")
            body = answer.json_object()
            entries = body.get("items")
            if not isinstance(entries, list):
                raise answer.unexpected("answered with a list that cannot be read")
            yield from (read_entry(answer, entry, reader) for entry in entries)
            cursor = str(body["next_cursor"]) if body.get("has_more") else None


def _placed(answer: Answer) -> PlacedOrder:
    replayed = answer.headers.get("Idempotent-Replay", "").lower() == "true"
    return read(answer, lambda body: placed_order_from(body, replayed=replayed))
