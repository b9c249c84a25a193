"""What was done with a period, in words."""

from django import template

from reconciliation import checklist
from reconciliation.models import PeriodEvent

register = template.Library()


@register.filter
def said(event: PeriodEvent) -> str:
    """As `checklist.said`."""
    return checklist.said(event)
