"""Filters of a Retrieve: simple and complex parts, kept as JSON between pages and made into SQL."""

from collections.abc import Callable, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from connectors.sandbox.sfmc.soap.envelope import child, children, text, type_of
from connectors.sandbox.sfmc.soap.faults import Faulted, unreadable

Tree = dict[str, Any]
# How a property is found: its SQL, and what its values become before they are compared.
Find = Callable[[str], tuple[str, Callable[[str], Any]]]
SIGNS = {
    "equals": "=",
    "notEquals": "<>",
    "greaterThan": ">",
    "greaterThanOrEqual": ">=",
    "lessThan": "<",
    "lessThanOrEqual": "<=",
    "isAfter": ">",
    "isBefore": "<",
}
PATTERNS = {"like": "{}", "beginsWith": "{}%", "endsWith": "%{}", "contains": "%{}%"}


class FilterRefused(ValueError):
    """The filter cannot be carried out; the text is for OverallStatus."""


def read(element: Element | None) -> Tree | None:
    """A filter as plain data. Every part must say its type, as in the service."""
    if element is None:
        return None
    kind = type_of(element)
    if kind == "SimpleFilterPart":
        return {
            "property": text(element, "Property") or "",
            "operator": text(element, "SimpleOperator") or "",
            "values": [
                text(one) or ""
                for name in ("Value", "DateValue")
                for one in children(element, name)
            ],
        }
    if kind == "ComplexFilterPart":
        operands = [child(element, "LeftOperand"), child(element, "RightOperand")]
        operands += list(children(child(element, "AdditionalOperands"), "Operand"))
        return {
            "logic": (text(element, "LogicalOperator") or "").upper(),
            "operands": [read(one) for one in operands if one is not None],
        }
    raise Faulted(unreadable("The specified type is abstract: name='FilterPart'."))


def compiled(tree: Tree | None, find: Find) -> tuple[str, list[Any]]:
    """SQL condition and its values."""
    if tree is None:
        return "1=1", []
    if "logic" in tree:
        if tree["logic"] not in {"AND", "OR"}:
            raise FilterRefused(f"Unknown LogicalOperator {tree['logic']}.")
        parts = [compiled(one, find) for one in tree["operands"]]
        sql = f" {tree['logic']} ".join(one for one, _ in parts)
        return f"({sql})", [value for _, values in parts for value in values]
    return _simple(tree, find)


def _simple(part: Mapping[str, Any], find: Find) -> tuple[str, list[Any]]:
    operator, (sql, convert) = part["operator"], find(part["property"])
    if operator in {"isNull", "isNotNull"}:
        return f"{sql} IS {'NOT ' if operator == 'isNotNull' else ''}NULL", []
    values = [convert(one) for one in part["values"]]
    if not values:
        raise FilterRefused(f"The filter on {part['property']} has no value.")
    if operator in SIGNS:
        return f"{sql} {SIGNS[operator]} ?", values[:1]
    if operator in PATTERNS:
        return f"{sql} LIKE ?", [PATTERNS[operator].format(values[0])]
    if operator == "between" and len(values) > 1:
        return f"{sql} BETWEEN ? AND ?", values[:2]
    if operator == "IN":
        return f"{sql} IN ({','.join('?' * len(values))})", values
    raise FilterRefused(f"The operator {operator} is not supported for {part['property']}.")
