"""The consent desk in the browser: no serious accessibility violation, and usable by keyboard."""

import pytest
from django.urls import reverse

from integration.consent import addresses, ledger
from integration.consent.models import Propagation
from tests.browser.test_accessibility import violations
from tests.factories.consent import ago, flag, opt_in, opt_out, wording

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ANN = addresses.address_hash("email", "ann@example.com")


@pytest.fixture
def said(db):
    wording()
    ledger.record([opt_in(occurred_at=ago(hours=2)), flag("ben@example.com"), opt_out()])
    Propagation.objects.filter(target="sfmc").update(step="done", confirmed_at=ago(minutes=0))


@pytest.mark.slow
def test_no_page_of_consent_has_a_serious_violation(said, sign_in, marketing, auditor):
    found = []
    pages = [
        reverse("consent"),
        reverse("consent-under-way"),
        reverse("consent-under-way") + "?which=all",
        reverse("consent-find"),
        reverse("consent-person", args=[ANN]),
        reverse("consent-erase", args=[ANN]),
        reverse("consent-opt-out"),
        reverse("consent-opt-in"),
    ]
    page = sign_in(marketing)
    for path in pages:
        page.goto(path)
        found += violations(page)
    page = sign_in(auditor)
    for path in pages[:5]:
        page.goto(path)
        found += violations(page)

    assert found == []


def test_a_no_is_recorded_and_a_person_found_by_keyboard_alone(said, sign_in, marketing):
    page = sign_in(marketing)
    page.goto(reverse("consent-find"))
    page.get_by_label("Address, contact key, account or order").focus()
    page.keyboard.type("ann@example.com")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('consent-person', args=[ANN])}")
    assert page.get_by_text("Yes, send me your news.").is_visible()

    page.goto(reverse("consent-opt-out"))
    page.get_by_label("Address", exact=True).fill("cy@example.com")
    page.get_by_label("How they said it").focus()
    page.keyboard.type("By letter")
    page.get_by_role("button", name="Record").press("Enter")

    page.get_by_text("They are not written to any more").wait_for()
    assert page.get_by_text("Opted out").first.is_visible()
