"""Gateways by the names people know."""

from django import template

from reconciliation.gateways import gateway_title

register = template.Library()


register.filter(gateway_title)


@register.filter
def parted(key: str) -> str:
    """ "stripe|acct_1|ch_1" → "Stripe · acct_1 · ch_1"; a key of one part stays as it is."""
    first, *others = key.split("|")
    if not others:
        return key
    return " · ".join(part for part in (gateway_title(first), *others) if part)
