"""The two stories that matter most, done by clicking."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from exceptions.models import ExceptionCase
from tests.connectors.sync.desk import booked_in_prima

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def unknown_sku() -> ExceptionCase:
    return ExceptionCase.objects.get(kind="unknown_sku", facts__sku="WARRANTY-3Y")


@pytest.mark.parametrize(
    "javascript",
    [
        pytest.param(True, id="with scripts"),
        pytest.param(False, id="without scripts", marks=pytest.mark.slow),
    ],
)
def test_an_unknown_sku_is_mapped_by_clicking(javascript, week, sign_in, operations, work_off):
    case = unknown_sku()
    waiting = case.open_count
    before = len(booked_in_prima(week))
    page = sign_in(operations, javascript=javascript)

    # from the first page to the case
    page.get_by_role("link", name="Unknown SKUs").first.click()
    page.get_by_role("link", name="SKU WARRANTY-3Y is unknown in Prima").click()
    page.get_by_role("link", name="Map to a product", exact=True).click()

    # search, choose, look at the preview
    page.get_by_label("Search Prima's products").fill("warranty 36 months")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_label("SRV-WARRANTY-36").check()
    page.get_by_role("button", name="Show what it would do").click()
    preview = page.locator("#preview")
    expect(preview).to_contain_text("Orders that would go to Prima")
    expect(preview.locator("dd").first).to_have_text(str(waiting))

    # save, and watch the progress
    preview.get_by_role("button", name="Map to a product").click()
    expect(page.get_by_role("heading", name="Progress")).to_be_visible()
    work_off()
    if javascript:
        expect(page.locator("#job-body")).to_contain_text("Done", timeout=10_000)
    page.reload()
    expect(page.locator("progress")).to_have_attribute("value", str(waiting))
    page.get_by_role("link", name="Back to the case").click()
    expect(page.locator("main")).to_contain_text(
        "Healed by mapping SKU WARRANTY-3Y → SRV-WARRANTY-36"
    )
    assert len(booked_in_prima(week)) == before + waiting


def test_a_bad_discount_is_decided_by_two_people_in_two_browsers(
    week, sign_in, finance, finance2, work_off
):
    case = ExceptionCase.objects.filter(kind="bad_discount", facts__reason="over_limit").first()
    assert case is not None

    # the first asks
    first = sign_in(finance)
    first.goto(reverse("case", args=[case.pk]))
    first.get_by_role("link", name="Ask for approval", exact=True).click()
    first.get_by_label("Why these orders should get it").fill("Agreed with sales.")
    first.get_by_role("button", name="Ask for approval").click()
    first.get_by_role("link", name="Look at the proposal").click()
    expect(first.locator("aside")).to_contain_text("second person")
    expect(first.get_by_role("button", name="Approve")).to_have_count(0)

    # the second decides
    second = sign_in(finance2)
    second.get_by_role("link", name="Approvals").click()
    second.locator("table a").first.click()
    second.get_by_role("button", name="Approve").click()
    work_off()
    second.reload()
    expect(second.locator("#job-body")).to_contain_text("Done")

    case.refresh_from_db()
    assert case.status == "resolved"


def test_cases_are_dismissed_beyond_the_page_and_taken_back(week, sign_in, operations, work_off):
    page = sign_in(operations)
    number = ExceptionCase.objects.filter(kind="unreadable_order", status="open").count()

    page.goto(reverse("queue", args=["unreadable_order"]))
    page.get_by_label("that match").check()
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator("h1")).to_contain_text(f"{number} case")
    page.locator("main form input[name=reason], main form textarea[name=reason]").fill("A test.")
    page.get_by_role("button", name="Dismiss").click()
    work_off()
    page.reload()
    dismissed = ExceptionCase.objects.filter(kind="unreadable_order", status="dismissed")
    assert dismissed.count() == number

    page.get_by_role("button", name="Undo").click()
    work_off()
    assert dismissed.count() == 0


def test_a_list_is_filtered_as_one_types_and_the_address_follows(week, sign_in, operations):
    page = sign_in(operations)
    page.goto(reverse("cases"))

    page.get_by_label("Search", exact=True).fill("WARRANTY-3Y")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile("q=WARRANTY-3Y"))


def test_the_keyboard_reaches_search_list_and_case(week, sign_in, operations):
    page = sign_in(operations)
    page.goto(reverse("cases"))

    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("j")
    second = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(first)
    assert first != second

    page.keyboard.press("/")
    page.keyboard.type("WARRANTY-3Y")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("SKU WARRANTY-3Y is unknown in Prima")
