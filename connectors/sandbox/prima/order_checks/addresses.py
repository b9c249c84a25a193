"""Can Prima print and tax the addresses?"""

from collections.abc import Iterator

from connectors.sandbox.prima.address_shape import address_issues, is_given
from connectors.sandbox.prima.order_checks.draft import Draft
from connectors.sandbox.prima.order_checks.ground import Ground
from connectors.sandbox.prima.problem import Issue


def check(order: Draft, ground: Ground) -> Iterator[Issue]:
    most = ground.company.capabilities.address_lines
    for name in ("invoice_address", "delivery_address"):
        address = order.body.get(name)
        if isinstance(address, dict) and is_given(address):
            yield from address_issues(address, f"#/{name}", most)
