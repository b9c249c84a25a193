"""Pages about oneself, refusals, and the pages of marketing: no serious accessibility violation."""

import pyotp
import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD
from tests.browser.test_accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def seen(page: Page, path: str) -> list:
    page.goto(path)
    expect(page.locator("h1")).to_be_visible()
    return violations(page)


@pytest.mark.slow
def test_the_pages_about_oneself(sign_in, operations):
    page = sign_in(operations)
    found = []
    for name in ("my-account", "change-password", "enrol-second-factor"):
        found += seen(page, reverse(name))

    assert found == []


def test_the_page_that_asks_for_the_second_factor(live_server, browser, operations):
    # given
    operations.totp_secret = pyotp.random_base32()
    operations.totp_confirmed_at = timezone.now()
    operations.set_password(PASSWORD)
    operations.save()
    page = browser.new_page(base_url=live_server.url)

    # when
    page.goto(reverse("sign-in"))
    page.locator("input[name=username]").fill(operations.username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button").first.click()

    # then
    expect(page.locator("h1")).to_have_text("Second factor")
    assert violations(page) == []
    page.close()


@pytest.mark.slow
def test_the_lists_that_marketing_reads(week, sign_in, marketing):
    page = sign_in(marketing)
    found = []
    for name in ("home", "cases", "orders", "approvals", "jobs", "syncs", "manual"):
        found += seen(page, reverse(name))

    assert found == []
