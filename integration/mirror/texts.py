"""What copies of the other systems are searched for by, for the index and for the search."""

from django.db.models import Func, TextField

from integration.core.searching import Texts


class OrderProofs(Func):
    """Tax number and payment reference of an order's payload. The function is in the database."""

    function = "ORDER_PROOFS"
    output_field = TextField()


ORDERS: Texts = (
    "key", "contact_key", "email", "customer_name", "campaign", OrderProofs("payload"),
)  # fmt: skip
ACCOUNTS: Texts = ("account_code", "contact_key", "name", "email", "vat_number")
ITEMS: Texts = ("sku_key", "description", "gtin")
