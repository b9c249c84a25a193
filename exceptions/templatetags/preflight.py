"""Verdicts of campaign checks on a page: a badge, the colour of a panel, a sentence."""

from django import template
from django.utils.safestring import SafeString

from exceptions.preflight import tables, telling
from exceptions.preflight.models import Verdict

register = template.Library()
_SIDES = {Verdict.GO: "goodside", Verdict.CARE: "warnside", Verdict.NO_GO: "badside"}
_WORDS = {
    Verdict.GO: "As far as the desk and Prima know, every order would go through.",
    Verdict.CARE: "It may be sent; some orders would wait for a person.",
    Verdict.NO_GO: "Put right what stops it before it is sent.",
}


@register.simple_tag
def verdict(value: str) -> SafeString | str:
    return tables.verdict(value)


@register.simple_tag
def verdict_side(value: str) -> str:
    return _SIDES[Verdict(value)]


@register.simple_tag
def verdict_words(value: str) -> str:
    return _WORDS[Verdict(value)]


@register.simple_tag
def check_title(slug: str) -> str:
    return telling.title_of(slug)
