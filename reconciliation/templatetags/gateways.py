"""Gateways by the names people know."""

from django import template

from reconciliation.gateways import gateway_title

register = template.Library()


register.filter(gateway_title)
