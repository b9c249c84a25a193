"""Words of the pages about customers, and the way from one of their lists to the others."""

from typing import Any

from django import template

from connectors.sync.identity.ladder import STEPS
from exceptions.customers import reads
from integration.identity.models import Customer

register = template.Library()
_TABS = (
    ("customers", "Customers", "customers"),
    ("link-reviews", "Links to review", "review"),
    ("apart", "Not the same", "apart"),
    ("linking", "Link the whole estate", "linking"),
    ("proposals", "Proposals", "proposals"),
    ("drift", "Drift", "drift"),
)


@register.inclusion_tag("customers/parts/tabs.html")
def customer_tabs(here: str) -> dict[str, Any]:
    """Marks the page that is open, and says how many rows each list opens with."""
    counts = reads.tab_counts()
    return {"tabs": [(*tab, counts.get(tab[2], 0)) for tab in _TABS], "here": here}


@register.filter
def called(customer: Customer, personal: bool) -> str:
    """Name and key where the reader may see names, the key alone where not."""
    return customer.called(personal=personal)


@register.filter
def step(method: str) -> str:
    """ "tax_number" → "same tax number"; what a person did stays as it is."""
    return STEPS.get(method, method)
