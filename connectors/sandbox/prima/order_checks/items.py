"""Can every line be sold?"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from connectors.sandbox.prima.order_checks.draft import Draft, Line
from connectors.sandbox.prima.order_checks.ground import Ground
from connectors.sandbox.prima.problem import Issue


def check(order: Draft, ground: Ground) -> Iterator[Issue]:
    most = ground.company.capabilities.max_lines
    if most and len(order.lines) > most:
        yield Issue(
            "#/lines",
            "field.too_long",
            f"The order has {len(order.lines)} lines; {most} are allowed.",
            limit=str(most),
            actual=str(len(order.lines)),
        )
    yield from _references(order)
    for line in order.lines:
        if line.sku:
            yield from _sellable(line, ground)
    yield from _stock(order, ground)


def _references(order: Draft) -> Iterator[Issue]:
    seen: Counter[str] = Counter()
    for line in order.lines:
        seen[line.line_ref] += 1
        if line.line_ref and seen[line.line_ref] == 2:
            yield Issue(
                f"{line.at}/line_ref",
                "line.duplicate_ref",
                "Two lines have this reference.",
                value=line.line_ref,
            )
    for line in order.lines:
        if line.parent_ref and (line.parent_ref not in seen or line.parent_ref == line.line_ref):
            yield Issue(
                f"{line.at}/parent_line_ref",
                "field.invalid",
                "No other line of the order has this reference.",
                value=line.parent_ref,
            )


def _sellable(line: Line, ground: Ground) -> Iterator[Issue]:
    item, at = ground.items.get(line.sku_key), f"{line.at}/sku"
    if item is None:
        yield Issue(at, "item.not_found", "Prima has no such item.", value=line.sku_key)
        return
    status = item.get("status", "active")
    if status == "blocked":
        reason = item.get("blocked_reason") or "The item is blocked."
        yield Issue(at, "item.blocked", reason, value=line.sku_key)
    elif status == "discontinued":
        yield Issue(at, "item.discontinued", "The item is discontinued.", value=line.sku_key)
    kind = item.get("kind", "stock")
    if line.kind and line.kind != kind:
        yield Issue(
            f"{line.at}/kind",
            "item.kind_mismatch",
            f"The item is of the kind {kind}.",
            value=line.kind,
            actual=kind,
            suggestion=kind,
        )


def _stock(order: Draft, ground: Ground) -> Iterator[Issue]:
    wanted: dict[str, Decimal] = {}
    severity = "warning" if ground.company.capabilities.backorders else "error"
    for line in order.lines:
        held = ground.stock.get(line.sku_key)
        item = ground.items.get(line.sku_key)
        if held is None or item is None or item.get("kind", "stock") != "stock":
            continue
        wanted[line.sku_key] = wanted.get(line.sku_key, Decimal(0)) + (line.quantity or 0)
        if wanted[line.sku_key] > Decimal(held["free_stock"]):
            yield Issue(
                f"{line.at}/quantity",
                "stock.insufficient",
                f"{held['free_stock']} are free; the rest would wait.",
                "warning" if severity == "warning" else "error",
                limit=held["free_stock"],
                actual=str(wanted[line.sku_key]),
            )
