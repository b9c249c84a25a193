"""Reads the lines of an order. The n-th line stays the n-th, readable or not."""

from collections import Counter
from decimal import Decimal
from typing import Any

from connectors.prima.capabilities import Capabilities
from connectors.sync.orders.defects import Defects, shown
from connectors.sync.orders.fields import Fields
from integration.mapping.book import Policy
from integration.records.campaign_order import CampaignLine

UNREADABLE = CampaignLine(line_no="", sku="", quantity=Decimal(0), unit_price=Decimal(0))


def read_lines(
    lines: Any, defects: Defects, policy: Policy, capabilities: Capabilities
) -> tuple[CampaignLine, ...]:
    """No lines at all when there are more than are allowed: the order is then held as a whole."""
    if not isinstance(lines, list) or not lines:
        defects.add("/lines", "missing", "it has no lines.")
        return ()
    most = min(policy.max_lines, capabilities.limits.max_lines or policy.max_lines)
    if len(lines) > most:
        says = f"it has {len(lines)} lines; {most} are allowed at most."
        defects.add("/lines", "too_many", says, str(len(lines)))
        return ()
    found = tuple(
        _line(line, f"/lines/{place}", defects, policy.max_quantity, capabilities)
        for place, line in enumerate(lines)
    )
    _check_numbers(found, defects)
    return found


def _line(
    line: Any, at: str, defects: Defects, most: int, capabilities: Capabilities
) -> CampaignLine:
    if not isinstance(line, dict):
        defects.add(at, "type", "one of its lines is no line at all.", line)
        return UNREADABLE
    number = line.get("line_no")
    where = f" of line {shown(number)}" if number else ""
    fields = Fields(line, at, where, defects, capabilities.charset)
    limit = capabilities.limits.length("sales_orders.lines.line_ref", 20)
    sku = fields.text("sku", "SKU")
    if not sku:
        fields.wrong("sku", "missing", f"the SKU{fields.where} is missing.")
    price = fields.amount("unit_price", "unit price", digits=4, needed=True)
    return CampaignLine(
        line_no=fields.text("line_no", "line number", limit=limit),
        sku=sku,
        quantity=_quantity(fields, most),
        unit_price=price or Decimal(0),
        description=fields.text("description"),
        parent_line_no=fields.text("parent_line_no", "number of the parent line"),
    )


def _quantity(fields: Fields, most: int) -> Decimal:
    quantity = fields.amount("quantity", "quantity", digits=3, needed=True)
    if quantity is None:
        return Decimal(0)
    if quantity == 0:
        fields.wrong("quantity", "zero", f"the quantity{fields.where} is 0; it must be more.")
    elif quantity > most:
        says = f"the quantity{fields.where} is {quantity:f}; {most} are allowed at most."
        fields.wrong("quantity", "absurd", says)
    return quantity


def _check_numbers(lines: tuple[CampaignLine, ...], defects: Defects) -> None:
    seen = Counter(line.line_no for line in lines if line is not UNREADABLE)
    for place, line in enumerate(lines):
        if line is UNREADABLE:
            continue
        if not line.line_no:
            defects.add(f"/lines/{place}/line_no", "missing", "a line has no line number.")
        elif seen[line.line_no] > 1:
            says = f"the line number {shown(line.line_no)} occurs more than once."
            defects.add(f"/lines/{place}/line_no", "duplicate", says, line.line_no)
        parent = line.parent_line_no
        if parent and (parent not in seen or parent == line.line_no):
            says = (
                f"line {shown(line.line_no)} belongs to line {shown(parent)}, which is not there."
            )
            defects.add(f"/lines/{place}/parent_line_no", "parent", says, parent)
