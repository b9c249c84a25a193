"""Can the e-mail address be one? Only its form is looked at; nothing is sent or asked."""

from collections.abc import Iterator
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from connectors.sync.orders.world import World
from integration.core.problems import Problem
from integration.records.campaign_order import CampaignOrder


def check(order: CampaignOrder, world: World) -> Iterator[Problem]:
    """An order without an address is fine: Prima needs none."""
    if not order.email:
        return
    most = world.capabilities.limits.length("customers.email", 254)
    if len(order.email) > most:
        reason, says = "too_long", f"has {len(order.email)} characters; Prima holds {most}"
    elif not is_address(order.email):
        reason, says = "form", "is not written like one"
    else:
        return
    yield Problem(
        "invalid_email",
        f"Order {order.key}: the e-mail address {order.email[:80]} {says}.",
        {"email": order.email[:254], "contact_key": order.contact_key, "reason": reason},
        pointers=("/order/email",),
    )


@lru_cache(maxsize=16384)
def is_address(text: str) -> bool:
    try:
        # Addresses of example and test domains are right in form, which is all we ask.
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True
