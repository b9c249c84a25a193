"""Words of the pages about customers."""

from django import template

from connectors.sync.identity.ladder import STEPS

register = template.Library()


@register.filter
def step(method: str) -> str:
    """ "tax_number" → "same tax number"; what a person did stays as it is."""
    return STEPS.get(method, method)
