"""Prima's reasons for refusing an order, as problems people know.

A reason with a kind of its own (an unknown item, an account on hold) becomes that kind, with the
facts by which the desk's own checks group it; everything else is "rejected by Prima".
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from connectors.errors import Issue, Rejected
from connectors.sync.delivery.outcome import Delivery
from integration.core.problems import Problem
from integration.records.sales_order import SalesLine

Facts = dict[str, str]
_LINE = re.compile(r"/lines/(\d{1,6})(?:/|$)")


def problems_of(delivery: Delivery, error: Rejected) -> tuple[Problem, ...]:
    """One problem an issue; the same cause twice is one."""
    issues = [issue for issue in error.issues if issue.severity != "warning"]
    issues = issues or [Issue(code="upstream.rejected", message=error.message)]
    found: dict[tuple[str, tuple[tuple[str, str], ...]], Problem] = {}
    for issue in issues:
        problem = _problem(delivery, issue)
        found.setdefault((problem.code, tuple(sorted(problem.facts.items()))), problem)
    return tuple(found.values())


def _problem(delivery: Delivery, issue: Issue) -> Problem:
    kind, facts_of = _KINDS.get(issue.code) or _by_family(issue.code)
    facts = {"order": delivery.order.key, **facts_of(delivery, issue)}
    pointer = (
        _source_pointer(delivery, issue) if kind in ("unknown_sku", "item_not_sellable") else ""
    )
    return Problem(
        kind,
        f"Prima refused order {delivery.order.key}: {issue.message or issue.code}",
        facts,
        pointers=[pointer] if pointer else [],
        target_pointers=[issue.pointer] if issue.pointer else [],
    )


def _by_family(code: str) -> tuple[str, Callable[[Delivery, Issue], Facts]]:
    return _FAMILIES.get(code.partition(".")[0], ("rejected_by_prima", _refusal))


def _refusal(delivery: Delivery, issue: Issue) -> Facts:
    return {"code": issue.code, "pointer": issue.pointer, "said": issue.message[:200]}


def _sku(delivery: Delivery, issue: Issue) -> Facts:
    line, source = _line(delivery, issue), _source_line(delivery, issue)
    ours = line.sku if line else issue.value
    return {
        "sku": str(source.get("sku") or ours),
        "item": ours,
        "description": str(source.get("description") or (line.description if line else "")),
    }


def _item(delivery: Delivery, issue: Issue) -> Facts:
    return {**_sku(delivery, issue), "reason": issue.code.partition(".")[2]}


def _customer(delivery: Delivery, issue: Issue) -> Facts:
    order = delivery.order
    return {
        "contact_key": order.contact_key,
        "email": order.email,
        "account": delivery.sales_order.account_code if delivery.sales_order else "",
    }


def _terms(delivery: Delivery, issue: Issue) -> Facts:
    return {**_customer(delivery, issue), "reason": issue.code.partition(".")[2]}


def _tax_number(delivery: Delivery, issue: Issue) -> Facts:
    return {**_customer(delivery, issue), "tax_number": issue.value}


def _address(delivery: Delivery, issue: Issue) -> Facts:
    use = issue.pointer.strip("/").partition("_")[0]
    return {
        **_customer(delivery, issue),
        "use": use if use in ("invoice", "delivery") else "",
        "reasons": issue.code.partition(".")[2],
    }


def _currency(delivery: Delivery, issue: Issue) -> Facts:
    return {"currency": delivery.order.currency, "reason": "prima"}


def _total(delivery: Delivery, issue: Issue) -> Facts:
    return {"currency": delivery.order.currency}


_KINDS: Mapping[str, tuple[str, Callable[[Delivery, Issue], Facts]]] = {
    "item.not_found": ("unknown_sku", _sku),
    "item.blocked": ("item_not_sellable", _item),
    "item.discontinued": ("item_not_sellable", _item),
    "customer.not_found": ("customer_not_found", _customer),
    "customer.ambiguous": ("ambiguous_customer", _customer),
    "customer.on_hold": ("account_terms", _terms),
    "customer.credit_exceeded": ("account_terms", _terms),
    "currency.unsupported": ("currency_not_allowed", _currency),
    "totals.mismatch": ("total_mismatch", _total),
}
_FAMILIES: Mapping[str, tuple[str, Callable[[Delivery, Issue], Facts]]] = {
    "address": ("incompatible_address", _address),
    "vat": ("invalid_tax_number", _tax_number),
}


def _line(delivery: Delivery, issue: Issue) -> SalesLine | None:
    place = _LINE.match(issue.pointer)
    lines = delivery.sales_order.lines if delivery.sales_order else ()
    return lines[int(place[1])] if place and int(place[1]) < len(lines) else None


def _source_line(delivery: Delivery, issue: Issue) -> Mapping[str, Any]:
    index = _source_index(delivery, issue)
    return {} if index is None else delivery.payload["lines"][index]


def _source_pointer(delivery: Delivery, issue: Issue) -> str:
    index = _source_index(delivery, issue)
    return "" if index is None else f"/lines/{index}/sku"


def _source_index(delivery: Delivery, issue: Issue) -> int | None:
    """Which line of the campaign order the line of the sales order came from."""
    line = _line(delivery, issue)
    lines = delivery.payload.get("lines", []) if isinstance(delivery.payload, dict) else []
    if line is None:
        return None
    places = (n for n, one in enumerate(lines) if str(one.get("line_no", "")) == line.line_ref)
    return next(places, None)
