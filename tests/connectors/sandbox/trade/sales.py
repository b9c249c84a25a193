"""Sales made up for tests of the trade: three months of a small shop, all of them good."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from connectors.sandbox.trade.sale import Part, Sale
from connectors.sandbox.trade.story import told_days
from connectors.sandbox.worlds.orders import money

TODAY = date(2026, 11, 25)


def many(count: int = 400, seed: int = 3, today: date = TODAY) -> list[Sale]:
    """In order of time; each pays with one gateway, a few with a voucher besides, some later."""
    random, span = Random(seed), told_days(today)
    days = sorted(
        span.first + timedelta(days=random.randrange((span.last - span.first).days))
        for _ in range(count)
    )
    return [_sale(random, number, day) for number, day in enumerate(days, 1)]


def _sale(random: Random, number: int, day: date) -> Sale:
    parts = tuple(_part(random, str(place + 1)) for place in range(random.choice((1, 1, 2, 3))))
    carriage = {"code": "CARR-STD", "net_amount": "3.29", "tax_amount": "0.66"}
    gross = sum(part.gross for part in parts) + 395
    provider = random.choice(("stripe", "stripe", "stripe", "paypal", "worldpay", "adyen", ""))
    voucher = 1000 if provider and random.random() < 0.1 and gross > 2000 else 0
    return Sale(
        number=f"SO-{number:06d}",
        key=f"CO-{day:%y%m%d}-{number:06d}",
        at=datetime(day.year, day.month, day.day, 9, number % 60, tzinfo=UTC),
        currency=random.choice(("GBP", "GBP", "GBP", "EUR")),
        gross=gross,
        parts=parts,
        charges=(carriage,),
        account=f"P{number:06d}",
        email=f"person{number}@shop.example",
        provider=provider,
        transaction=f"pay_{random.getrandbits(48):012x}" if provider else "",
        by_gateway=gross - voucher,
    )


def _part(random: Random, ref: str) -> Part:
    net = random.randrange(500, 9000, 5)
    named: dict[str, Any] = {
        "line_ref": ref,
        "sku": f"MUG-{ref}",
        "net_amount": money(net),
        "tax_amount": money(net // 5),
        "tax_code": "S",
    }
    return Part(ref, Decimal(1), net + net // 5, named)
