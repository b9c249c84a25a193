"""Is there an account, and may it buy?"""

from collections.abc import Iterator

from connectors.sandbox.prima.order_checks.draft import Draft
from connectors.sandbox.prima.order_checks.ground import Ground
from connectors.sandbox.prima.problem import Issue

AT = "#/customer/account_code"


def check(order: Draft, ground: Ground) -> Iterator[Issue]:
    if order.body.get("guest") and not order.body.get("customer"):
        if not ground.company.capabilities.guest_orders:
            yield Issue("#/guest", "customer.not_found", "Orders need an account here.")
        return
    named = order.body.get("customer")
    if not isinstance(named, dict):
        yield Issue("#/customer", "field.required", "The account is missing.")
        return
    at = "#/customer/external_key" if named.get("external_key") else AT
    if ground.customer is None:
        code = named.get("account_code")
        shown = code[:40] if isinstance(code, str) else ""
        yield Issue(at, "customer.not_found", "Prima has no such account.", value=shown)
        return
    yield from _standing(ground)


def _standing(ground: Ground) -> Iterator[Issue]:
    customer = ground.customer or {}
    code = customer.get("account_code", "")
    if customer.get("is_pool"):
        yield Issue(AT, "customer.pool_account", "A cash account stands for nobody.", value=code)
    status, hold = customer.get("status", "active"), customer.get("hold", "none")
    if status == "merged":
        yield Issue(
            AT,
            "customer.not_found",
            "This account was merged into another.",
            value=code,
            suggestion=customer.get("merged_into") or "",
        )
    elif status == "inactive":
        yield Issue(AT, "customer.on_hold", "The account is closed.", value=code, actual=status)
    elif hold == "all":
        reason = customer.get("hold_reason") or "The account is on hold."
        yield Issue(AT, "customer.on_hold", reason, value=code, actual=hold)
    elif hold != "none":
        reason = customer.get("hold_reason") or f"The account is on hold for: {hold}."
        yield Issue(AT, "customer.on_hold", reason, "warning", value=code, actual=hold)
    if customer.get("credit_status") == "stopped":
        yield Issue(AT, "customer.credit_exceeded", "The account's credit is stopped.", value=code)


def puts_on_hold(ground: Ground) -> bool:
    """An account held for despatch or invoicing takes orders, on hold."""
    return (ground.customer or {}).get("hold", "none") in ("ship", "invoice")
