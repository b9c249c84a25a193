"""On a telephone: no page wider than the screen, and charts whose words can be read."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from integration.accounts.roles import Role
from tests.exceptions.views.test_home import held
from tests.factories.books import world
from tests.factories.people import PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TELEPHONE = {"width": 390, "height": 844}
SMALLEST = 10.5
"""Pixels from the top of a line of text to its bottom."""
HEIGHTS = """() => [...document.querySelectorAll("main svg text, main .rowbars span")]
    .map((one) => one.getBoundingClientRect().height).filter((height) => height > 0)"""


def heights(page: Page) -> list[float]:
    found: list[float] = page.evaluate(HEIGHTS)
    return found


def test_charts_are_readable_and_no_page_is_wider_than_the_screen(sign_in):
    everything = [Role.OPERATIONS, Role.FINANCE, Role.ADMIN, Role.MARKETING]
    person = PersonFactory.create(username="all", roles=[role.value for role in everything])
    world()
    held("CO-77", "120.00")
    page = sign_in(person)
    page.set_viewport_size(TELEPHONE)

    for name, has_chart in [
        ("home", False),
        ("reconciliation", True),
        ("campaigns", True),
        ("consent", False),
        ("syncs", False),
        ("orders", False),
    ]:
        page.goto(reverse(name))

        assert page.evaluate("document.documentElement.scrollWidth") == TELEPHONE["width"], name
        drawn = heights(page)
        assert bool(drawn) or not has_chart, name
        assert min(drawn, default=SMALLEST) >= SMALLEST, name
