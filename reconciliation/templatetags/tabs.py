"""The way from one list of reconciliation to the others."""

from typing import Any

from django import template

register = template.Library()
_TABS = (
    ("reconciliation", "Overview"),
    ("differences", "Differences"),
    ("matching", "Match line by line"),
    ("matches", "Matches"),
    ("payouts", "Payouts"),
    ("payout-lines", "Payout lines"),
    ("bank-lines", "Bank"),
    ("payout-files", "Files"),
    ("adjustments", "Adjustments"),
    ("periods", "Periods"),
)


@register.inclusion_tag("reconciliation/parts/tabs.html", takes_context=True)
def reconciliation_tabs(context: Any) -> dict[str, Any]:
    """Marks the page that is open."""
    found = context["request"].resolver_match
    return {"tabs": _TABS, "here": found.url_name if found else ""}
