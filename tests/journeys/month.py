"""A month small enough to add up by hand: ten orders of a shop, and what became of each."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import requests
from django.utils import timezone

from connectors.sandbox.running import RunningSandbox
from connectors.sandbox.trade import gateways, story
from connectors.sandbox.trade.calendar import after, last_month
from connectors.sandbox.trade.sale import sales
from connectors.sandbox.trade.twist import Twist
from connectors.sandbox.worlds import cast, catalogue
from connectors.sandbox.worlds.books import prima_of
from connectors.sandbox.worlds.cloud import sfmc_of
from connectors.sandbox.worlds.desk import mappings_of
from connectors.sandbox.worlds.orders import Order, Promotion, Shipping, line_of
from connectors.sandbox.worlds.people import Person
from connectors.sandbox.worlds.rows import rows_of
from integration.accounts.models import User
from reconciliation import running
from reconciliation.demo import setting_up, taking_in
from reconciliation.models import StatementFile


@dataclass(frozen=True, slots=True)
class Bought:
    """`lines` are gross prices in pence; `day` counts from the first of last month."""

    key: str
    day: int
    lines: tuple[int, ...]
    provider: str
    twist: Twist | None = None
    currency: str = "GBP"
    voucher: int = 0


ORDERS = (
    Bought("PLAIN", 1, (4800,), "Stripe"),
    Bought("PARTS", 1, (7200, 4800), "Stripe", Twist.PARTS),
    Bought("REFUND", 2, (6000,), "PayPal", Twist.REFUNDED),
    Bought("DISPUTE", 2, (3600,), "Stripe", Twist.CHARGED_BACK),
    Bought("VOUCHER", 3, (10000,), "Stripe", voucher=2500),
    Bought("EURO", 3, (8000,), "Stripe", currency="EUR"),
    Bought("CHANGED", 4, (5000,), "Adyen", currency="EUR"),
    Bought("CANCEL", 4, (9900,), "Worldpay", Twist.CANCELLED),
    Bought("LATER", 15, (9000,), "Stripe"),
    Bought("LATE", 0, (3000, 2400), "Stripe", Twist.LATE_INVOICE),
)


def first_day() -> date:
    return last_month(timezone.localdate())


def day_before() -> date:
    return first_day() - timedelta(days=1)


def world() -> dict[str, Any]:
    """Both systems with these orders, and nothing else sold."""
    random = Random(4)
    goods, people = catalogue.build(random, 60), cast.build(random, 30)
    buyers = {
        currency: [one for one in people.regulars if one.currency == currency and not one.company]
        for currency in ("GBP", "EUR")
    }
    orders = [
        _order(bought, buyers[bought.currency][place % len(buyers[bought.currency])], goods)
        for place, bought in enumerate(ORDERS)
    ]
    return {
        "name": "month",
        "sfmc": sfmc_of(people.contacts, [rows_of(order) for order in orders]),
        "prima": prima_of(random, goods, people.accounts, orders),
        "mappings": mappings_of(goods),
    }


def trade(sandbox: RunningSandbox, folder: Path) -> story.Trade:
    """Prima's people do what they do, and the files of it lie in the folder."""
    url = f"{sandbox.base_url}/prima/__control__/orders"
    held = sales(requests.get(url, timeout=30).json())
    twists = {
        sale.number: bought.twist
        for sale in held for bought in ORDERS
        if bought.key == sale.key and bought.twist is not None
    }  # fmt: skip
    told = story.told_as(
        held, twists, gateways.tell(held, twists, story.told_days(timezone.localdate()))
    )
    do(sandbox, told.steps)
    for name, content in told.files.items():
        if "fees" not in name:
            (folder / name).write_bytes(content)
    setting_up.set_up(told.settings)
    return told


def do(sandbox: RunningSandbox, steps: Any) -> None:
    url = f"{sandbox.base_url}/prima/__control__/orders/steps"
    requests.post(url, json={"steps": steps}, timeout=30).raise_for_status()


def take_in(folder: Path, actor: User) -> list[StatementFile]:
    return [taking_in.take_in(path, actor) for path in taking_in.reports(folder)]


def reconcile() -> dict[str, int]:
    """How many differences stand, by control; controls without any are left out."""
    return {run.control: run.standing for run in running.run_all() if run.standing}


def _order(bought: Bought, customer: Person, goods: catalogue.Catalogue) -> Order:
    at = _moment(bought)
    items = [item for item in goods.sellable if item.tax_code == "S" and item.kind == "stock"]
    lines = []
    for place, price in enumerate(bought.lines, 1):
        line = line_of(place, items[place], Decimal(1), (customer, "gross", bought.currency))
        line.unit_price = price
        lines.append(line)
    abroad = bought.currency == "EUR"
    order = Order(
        key=bought.key,
        customer=customer,
        ordered_at=at,
        modified_at=at + timedelta(minutes=5),
        basis="gross",
        currency=bought.currency,
        lines=lines,
        shipping=Shipping("eu", 0, 0) if abroad else Shipping("collect", 0, 20),
        delivery=customer.home,
        payment={
            "PaymentMethod": "paypal" if bought.provider == "PayPal" else "card",
            "PaymentProvider": bought.provider,
            "PaymentReference": f"pay_{bought.key.lower()}",
        },
        cells={"CampaignId": "AW26-SALE"},
    )
    if bought.voucher:
        order.promotions = [
            Promotion("GIFTCARD", "Gift voucher", "voucher", bought.voucher, reference="GV-1")
        ]
    return order


def _moment(bought: Bought) -> datetime:
    """An order of the month before is the last whose parcels left before the first."""
    first = first_day()
    day = first + timedelta(days=bought.day - 1)
    if not bought.day:
        days = (first - timedelta(days=back) for back in range(2, story.EVE_DAYS + 1))
        day = next(day for day in days if after(day) < first)
    return datetime.combine(day, time(10), tzinfo=UTC)
