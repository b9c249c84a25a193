"""What the product asks of Prima, whichever adapter answers.

Every method may raise the errors of `connectors.errors`. A method that writes takes an idempotency
key: the same key and contents have their effect once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from connectors.errors import RemoteError
from connectors.prima.capabilities import Capabilities
from integration.records.booked import BookedOrder, Document, DocumentKind
from integration.records.consent import ConsentNote, ConsentState, NoteOutcome
from integration.records.customer import Customer
from integration.records.item import Code, Item, TaxCode
from integration.records.sales_order import PlacedOrder, SalesOrder, Totals
from integration.records.shipment import Shipment
from integration.records.stock import Availability

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Change(Generic[Record]):
    """One entry of a change feed. `record` is None when the thing was deleted."""

    op: Literal["upsert", "delete"]
    id: str
    version: str
    record: Record | None


@dataclass(frozen=True, slots=True)
class ChangePage(Generic[Record]):
    """`cursor` is where to go on; keep it only together with what the page held."""

    changes: tuple[Change[Record], ...]
    cursor: str
    has_more: bool


@dataclass(frozen=True, slots=True)
class Subscription:
    """Prima notifies the address of changes of the resources; a note may get lost on its way."""

    id: str
    url: str
    resources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class References:
    """Prima's code lists in one go; they are small."""

    tax_codes: tuple[TaxCode, ...]
    codes: tuple[Code, ...]


class Prima(Protocol):
    """The port. `connectors.prima.rest.adapter.RestPrima` is the first to answer it."""

    def capabilities(self) -> Capabilities: ...

    def references(self) -> References: ...

    def customer_changes(self, cursor: str) -> ChangePage[Customer]:
        """Customers changed since the cursor; "" starts with a whole snapshot.

        Raises CursorExpired when Prima cannot go on from the cursor; start again with "".
        """

    def item_changes(self, cursor: str) -> ChangePage[Item]:
        """Items changed since the cursor, as for customers."""

    def order_changes(self, cursor: str) -> ChangePage[BookedOrder]:
        """Orders changed since the cursor, whoever booked them, as for customers."""

    def document_changes(self, kind: DocumentKind, cursor: str) -> ChangePage[Document]:
        """Invoices, credit notes or receipts changed since the cursor, as for customers."""

    def availability_changes(self, cursor: str) -> ChangePage[Availability]:
        """Stock of items counted since the cursor, as for customers."""

    def availability(self, sku_keys: Sequence[str]) -> list[Availability]:
        """The stock of these items now, in their order; of one nobody counted it is unknown."""

    def shipment_changes(self, cursor: str) -> ChangePage[Shipment]:
        """Parcels that left or were delivered since the cursor, as for customers."""

    def consent_changes(self, cursor: str) -> ChangePage[ConsentState]:
        """States of consent changed since the cursor, as for customers."""

    def consents_of(self, account_code: str) -> tuple[ConsentState, ...]:
        """Every state Prima keeps of the account. Raises NotFound."""

    def note_consent(self, note: ConsentNote) -> NoteOutcome:
        """Adds an event to Prima's record of consent, once for each `event_id`.

        Told again it is answered as before. Raises Rejected when Prima knows no such account.
        """

    def customer_by_account(self, account_code: str) -> Customer:
        """The customer with this account code. Raises NotFound."""

    def customers_by_external(self, system: str, key: str) -> Customer:
        """The customer known to `system` by `key`. Raises NotFound."""

    def create_customer(self, customer: Customer, *, idempotency_key: str) -> Customer:
        """Opens an account; Prima chooses `id` and, when empty, `account_code`."""

    def update_customer(self, customer: Customer, *, changed: Sequence[str]) -> Customer:
        """Writes the named fields of `customer` if `customer.version` is still current.

        Raises Stale when somebody else changed the account since.
        """

    def update_customers(
        self, customers: Sequence[Customer], *, changed: Sequence[str]
    ) -> list[Customer | RemoteError]:
        """As `update_customer`, several in one call: the answer to each, or why it was not written.

        No more than `limits.batch_size`, in their order, and no addresses. It weighs as that many
        calls. Raises only when nothing was said of any; they may have been written all the same.
        """

    def create_item(self, item: Item, *, idempotency_key: str) -> Item:
        """Creates a service or non-stock item."""

    def create_order(self, order: SalesOrder, *, idempotency_key: str) -> PlacedOrder:
        """Books the order, once per external reference for ever.

        Raises Rejected with Prima's reasons; DuplicateReference when the reference is taken by an
        order with other contents; TransientError with `outcome_unknown` when it may have booked it.
        """

    def price_order(self, order: SalesOrder) -> Totals:
        """What Prima would book for the order; it books nothing. Raises Rejected with its reasons."""

    def find_order(self, system: str, reference: str) -> PlacedOrder | None:
        """The order booked under the reference, or None when Prima positively has none."""

    def cancel_order(self, order_id: str, *, reason: str, idempotency_key: str) -> PlacedOrder:
        """Cancels an order that has not been allocated yet."""

    def subscriptions(self) -> tuple[Subscription, ...]:
        """Who is notified of changes, others' addresses too. Raises NotOffered."""

    def subscribe(
        self, url: str, resources: Sequence[str], *, secret: str, idempotency_key: str
    ) -> Subscription:
        """Has Prima notify the address, signed with the secret (`connectors.prima.notes`).

        Raises NotOffered when this Prima notifies nobody, Rejected when it refuses the address.
        """

    def unsubscribe(self, subscription_id: str) -> None:
        """Ends a subscription; one that is gone already is no error."""
