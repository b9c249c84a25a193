"""Customers in a browser: axe on each page, and reviewing links by keys alone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from connectors.sync.identity.estate import running
from integration.identity import distinctions, keys, merging
from integration.identity.models import Candidate, Distinction, LinkRun
from tests.browser.test_accessibility import violations
from tests.factories.estates import OTHER_VAT, VAT, account, contact

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def estate(person):
    """Two linked, two to review, a merger, a decision and a report."""
    contact("CK-1", email="jane@x.example", company_name="")
    account("A1", email="jane@x.example")
    contact("CK-2", company_name="Acme Ltd", tax_number=VAT, postcode="M1 1AA")
    account("A2", "Acme Ltd", type="company", vat_number=VAT, postcode="M1 1AA")
    contact("CK-3", company_name="Acme Ltd", tax_number=OTHER_VAT, postcode="M2 1AA")
    account("A3", "Acme Ltd", type="company", vat_number=OTHER_VAT, postcode="M2 1AA")
    for number in (4, 5):
        contact(f"CK-{number}", first_name="Katherine", postcode=f"YO{number} 1AA")
        account(f"A{number}", "Catherine Smith", postcode=f"YO{number} 1AA")
    running.run(running.ask(is_dry=False, name="test"))
    running.run(running.ask(is_dry=True, name="test"))
    distinctions.tell_apart(("sfmc", "CK-8"), ("prima", "A8"), actor=person, reason="Sisters")
    one, other = keys.link("CK-6", "A6", method="x", actor=None), keys.resolve("sfmc", "CK-1")
    assert other is not None
    merging.merge(other, one, actor=person, reason="By phone")
    return other


@pytest.mark.slow
def test_no_page_of_customers_has_a_serious_violation(sign_in, marketing):
    customer = estate(marketing)
    page = sign_in(marketing)
    run = LinkRun.objects.filter(is_dry=True)[0]
    firm = keys.resolve("prima", "A2")
    assert firm is not None
    found = []
    for path in [
        reverse("customers"),
        reverse("customers") + "?q=nobody-like-it",
        reverse("customer", args=[customer.pk]),
        reverse("link-reviews"),
        reverse("link-review"),
        reverse("apart"),
        reverse("linking"),
        reverse("link-report", args=[run.pk]),
        reverse("link-outcomes", args=[run.pk]),
        reverse("contact-identity", args=["CK-4"]) + "?find=Catherine",
        reverse("customer-merge", args=[firm.pk]) + "?other=A3",
    ]:
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        found += violations(page)

    assert found == []


def test_links_are_reviewed_by_keys_alone(sign_in, marketing):
    estate(marketing)
    page = sign_in(marketing)
    page.goto(reverse("link-review"))
    expect(page.get_by_text("2 pairs to decide")).to_be_visible()
    first, second = Candidate.objects.filter(state="open").order_by("-score", "pk")

    page.keyboard.press("n")
    expect(page.get_by_text(f"Contact {second.contact_key}").first).to_be_visible()
    page.keyboard.press("p")
    expect(page.get_by_text(f"Contact {first.contact_key}").first).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_text("one customer now")).to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_text("Every pair is decided")).to_be_visible()

    assert keys.accounts_by_contact([first.contact_key]) == {first.contact_key: first.account_code}
    assert Distinction.objects.filter(other=f"sfmc:{second.contact_key}").exists()


def test_a_merger_and_its_undoing_without_javascript(sign_in, marketing):
    estate(marketing)
    firm, other = keys.resolve("prima", "A2"), keys.resolve("prima", "A3")
    assert firm is not None
    page = sign_in(marketing, javascript=False)
    page.goto(reverse("customer-merge", args=[firm.pk]))
    page.get_by_label("The other customer").fill("A3")
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_text("Two different tax numbers")).to_be_visible()
    page.get_by_label("How you know that they are one customer").fill("One group")
    page.get_by_label("I checked both tax numbers").check()
    page.get_by_role("button", name="Merge", exact=True).click()

    expect(page.get_by_text("leads here from now on")).to_be_visible()
    assert keys.resolve("prima", "A3") == firm
    page.locator("summary", has_text="Take them apart").click()
    page.get_by_label("Why they are not one customer").fill("Two after all")
    page.get_by_role("button", name="Take apart").click()
    expect(page.get_by_text("exactly the keys it had before")).to_be_visible()
    assert keys.resolve("prima", "A3") == other
