"""May the account buy, and on the terms the order names? One problem a reason."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from connectors.sync.orders.world import World
from integration.core.money import Money
from integration.core.problems import Problem
from integration.records.campaign_order import CampaignOrder
from integration.records.customer import Customer

CODE = "account_terms"


def standing(order: CampaignOrder, account: Customer) -> Iterator[Problem]:
    """Closed, held or stopped. A hold on despatch alone is Prima's own business."""
    code = account.account_code
    if account.status == "inactive":
        yield _problem(order, account, "inactive", f"account {code} is closed in Prima.")
    elif account.hold in ("all", "invoice"):
        why = f" ({account.hold_reason})" if account.hold_reason else ""
        what = "everything" if account.hold == "all" else "invoicing"
        yield _problem(
            order, account, f"hold_{account.hold}", f"account {code} is on hold for {what}{why}."
        )
    if account.credit_status == "stopped":
        yield _problem(
            order, account, "credit_stopped", f"the credit of account {code} is stopped in Prima."
        )


def agreed(order: CampaignOrder, account: Customer, world: World, day: date) -> Iterator[Problem]:
    """Terms named on the order must be the account's."""
    if not order.payment_terms:
        return
    terms = world.book.value("terms", order.payment_terms, day) or order.payment_terms
    if terms.upper() != account.payment_terms.upper():
        own = account.payment_terms or "none"
        yield _problem(
            order,
            account,
            "terms_differ",
            f"it was placed on the terms {order.payment_terms}, "
            f"but the terms of account {account.account_code} are {own}.",
            pointer="/order/payment_terms",
            terms=order.payment_terms,
            account_terms=account.payment_terms,
        )


def credit(order: CampaignOrder, account: Customer, gross: Decimal) -> Iterator[Problem]:
    """An order without any payment goes on the account, within its credit limit."""
    code, due = account.account_code, Money(gross, order.currency)
    if account.credit_limit is None:
        yield _problem(
            order,
            account,
            "no_credit",
            f"nothing was paid and account {code} has no credit for {due}.",
            pointer="/order/payment_method",
        )
        return
    owed = (account.balance or Decimal(0)) + gross
    if owed > account.credit_limit:
        limit = Money(account.credit_limit, order.currency)
        yield _problem(
            order,
            account,
            "over_credit",
            f"with it account {code} would owe {Money(owed, order.currency)}; its limit is {limit}.",
            pointer="/order/total_paid",
        )


def _problem(
    order: CampaignOrder,
    account: Customer,
    reason: str,
    says: str,
    *,
    pointer: str = "/order/contact_key",
    **facts: str,
) -> Problem:
    return Problem(
        CODE,
        f"Order {order.key}: {says}",
        {
            "account": account.account_code,
            "name": account.name,
            "contact_key": order.contact_key,
            "reason": reason,
            **facts,
        },
        pointers=(pointer,),
        target_pointers=("/customer/account_code",),
    )
