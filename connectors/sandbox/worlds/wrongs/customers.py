"""Customers who cannot be found, cannot be told apart or may not buy."""

from connectors.sandbox.worlds.cast import Cast
from connectors.sandbox.worlds.orders import Order
from connectors.sandbox.worlds.people import Person
from connectors.sandbox.worlds.wrongs.wrong import Stage, Wrong


def on_terms(cast: Cast) -> list[Person]:
    return [person for person in cast.regulars if person.terms]


def prepaying(cast: Cast) -> list[Person]:
    return [person for person in cast.regulars if person.company and not person.terms]


def longer_terms(order: Order, stage: Stage) -> None:
    order.payment["PaymentTerms"] = "60 days"


def terms_never_agreed(order: Order, stage: Stage) -> None:
    order.payment = {"PaymentMethod": "invoice", "PaymentTerms": "30 days"}


def bad_email(order: Order, stage: Stage) -> None:
    name, _, domain = order.customer.email.partition("@")
    spoilt = (f"{name}(at){domain}", f"{name}@", f"{name}@@{domain}", f"{name} @{domain},")
    order.cells["EmailAddress"] = stage.random.choice(spoilt)


INVALID_EMAIL = Wrong("invalid e-mail", ("invalid_email",), bad_email, share=3)
MISSING_TAX_NUMBER = Wrong(
    "no tax number", ("missing_tax_number",), buyers=lambda cast: cast.without_vat, share=6
)
WRONGS = (
    INVALID_EMAIL,
    MISSING_TAX_NUMBER,
    Wrong(
        "tax number fails its check",
        ("invalid_tax_number",),
        buyers=lambda cast: cast.with_bad_vat,
        share=4,
    ),
    Wrong("unknown contact", ("customer_not_found",), buyers=lambda cast: cast.strangers, share=5),
    Wrong(
        "two accounts fit", ("ambiguous_customer",), buyers=lambda cast: cast.twin_buyers, share=4
    ),
    Wrong("account on hold", ("account_terms",), buyers=lambda cast: cast.held, share=4),
    Wrong("longer terms than agreed", ("account_terms",), longer_terms, on_terms, share=2),
    Wrong("terms never agreed", ("account_terms",), terms_never_agreed, prepaying, share=2),
    Wrong("pool account", ("customer_not_found",), buyers=lambda cast: cast.pools, share=2),
)
