"""Do the totals sent equal the lines, and the order what the customer was promised?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connectors.sandbox.prima.order_checks.draft import Draft, number, text, total
from connectors.sandbox.prima.order_checks.ground import Ground
from connectors.sandbox.prima.problem import Issue


@dataclass(frozen=True, slots=True)
class Totals:
    """`by_code` has the base and tax of each tax code over lines and charges."""

    goods_net: Decimal
    discount_total: Decimal
    charges_net: Decimal
    tax_total: Decimal
    rounding_adjustment: Decimal
    by_code: Mapping[str, tuple[Decimal, Decimal]]

    @property
    def gross(self) -> Decimal:
        return self.goods_net + self.charges_net + self.tax_total + self.rounding_adjustment

    def as_json(self, order: Draft, ground: Ground) -> dict[str, Any]:
        def shown(amount: Decimal) -> str:
            return str(amount.quantize(order.unit))

        return {
            "goods_net": shown(self.goods_net),
            "discount_total": shown(self.discount_total),
            "charges_net": shown(self.charges_net),
            "tax_total": shown(self.tax_total),
            "tax_summary": [
                {
                    "code": code,
                    "rate": str(ground.rate(code) or 0),
                    "base": shown(base),
                    "tax": shown(tax),
                }
                for code, (base, tax) in sorted(self.by_code.items())
            ],
            "gross": shown(self.gross),
            "rounding_adjustment": shown(self.rounding_adjustment),
        }


def added_up(order: Draft) -> Totals | None:
    """The totals of the lines and charges as sent; None when they cannot be read."""
    if not order.lines:
        return None
    goods = total([line.net for line in order.lines])
    charges = total([charge.net for charge in order.charges])
    taxes = total([part.tax for part in order.parts])
    discounts = total([part.allocated for part in order.parts])
    if goods is None or charges is None or taxes is None or discounts is None:
        return None
    sent = order.body.get("totals")
    adjustment = number(sent, "rounding_adjustment") if isinstance(sent, dict) else None
    by_code: dict[str, tuple[Decimal, Decimal]] = {}
    for part in order.parts:
        base, tax = by_code.get(part.tax_code, (Decimal(0), Decimal(0)))
        by_code[part.tax_code] = (base + (part.net or 0), tax + (part.tax or 0))
    return Totals(goods, discounts, charges, taxes, adjustment or Decimal(0), by_code)


def check(order: Draft, ground: Ground) -> Iterator[Issue]:
    totals = added_up(order)
    if totals is None:
        return
    sent = order.body.get("totals")
    if isinstance(sent, dict):
        yield from _as_sent(totals, sent)
        yield from _summary(totals, sent.get("tax_summary"), ground)
    if abs(totals.rounding_adjustment) > order.unit:
        yield _mismatch("#/totals/rounding_adjustment", totals.rounding_adjustment, order.unit)
    expected = order.body.get("expected_totals")
    promised = number(expected, "gross") if isinstance(expected, dict) else None
    if promised is not None and promised != totals.gross:
        lenient = text(order.body, "totals_policy") == "hold"
        yield _mismatch("#/expected_totals/gross", promised, totals.gross, lenient=lenient)


def puts_on_hold(order: Draft) -> bool:
    """With the policy hold, an order that differs from its promise is taken, on hold."""
    totals, expected = added_up(order), order.body.get("expected_totals")
    promised = number(expected, "gross") if isinstance(expected, dict) else None
    return totals is not None and promised is not None and promised != totals.gross


def _as_sent(totals: Totals, sent: Mapping[str, Any]) -> Iterator[Issue]:
    for name in ("goods_net", "discount_total", "charges_net", "tax_total", "gross"):
        stated, right = number(sent, name), getattr(totals, name)
        if stated is not None and stated != right:
            yield _mismatch(f"#/totals/{name}", stated, right)


def _summary(totals: Totals, sent: Any, ground: Ground) -> Iterator[Issue]:
    if not isinstance(sent, list) or not sent:
        return
    named = set()
    for place, entry in enumerate(sent):
        if not isinstance(entry, dict):
            continue
        at, code = f"#/totals/tax_summary/{place}", text(entry, "code")
        named.add(code)
        base, tax = totals.by_code.get(code, (Decimal(0), Decimal(0)))
        for name, right in (("base", base), ("tax", tax), ("rate", ground.rate(code))):
            stated = number(entry, name)
            if stated is not None and right is not None and stated != right:
                yield _mismatch(f"{at}/{name}", stated, right)
    for code in sorted(set(totals.by_code) - named):
        yield Issue(
            "#/totals/tax_summary", "totals.mismatch", f"Tax code {code} is missing.", value=code
        )


def _mismatch(at: str, stated: Decimal, right: Decimal, *, lenient: bool = False) -> Issue:
    return Issue(
        at,
        "totals.mismatch",
        f"This says {stated}, but the order adds up to {right}.",
        "warning" if lenient else "error",
        value=str(stated),
        limit=str(stated),
        actual=str(right),
    )
