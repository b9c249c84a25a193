"""Customer data in a browser: proposals decided by keyboard and without scripts, and axe on each page."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from exceptions.models import ExceptionCase
from integration.ownership.models import Proposal
from tests.browser.axe import violations
from tests.factories.cases import case_of
from tests.factories.customers import comparison, drift, proposal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.slow
def test_no_page_of_customer_data_has_a_serious_violation(sign_in, marketing):
    one = proposal()
    proposal("CK-2", field="name", current="Acme", proposed="Acme Ltd")
    for number in range(5):
        comparison(differing=number)
    drift()
    for kind in ("unfit_lead", "lead_duplicate", "contact_refused", "contact_drift"):
        case_of(kind)
    page = sign_in(marketing)
    found = []
    for path in [
        reverse("proposals"),
        reverse("proposals") + "?q=nobody-like-it",
        reverse("proposal", args=[one.pk]),
        reverse("drift"),
        *[reverse("case", args=[case.pk]) for case in ExceptionCase.objects.all()],
        reverse("manual-page", args=["contacts"]),
        reverse("manual-page", args=["field-policy"]),
    ]:
        page.goto(path)
        found += violations(page)
    assert found == []


def test_proposals_are_ticked_and_accepted_together(sign_in, marketing):
    for number in range(3):
        proposal(f"CK-{number}")
    page = sign_in(marketing)
    page.goto(reverse("proposals"))

    page.get_by_label("This page").check()
    page.get_by_label("Reason").fill("Called them all.")
    page.get_by_role("button", name="Accept").click()

    expect(page.get_by_role("status")).to_contain_text("3 proposals accepted")
    assert set(Proposal.objects.values_list("state", "reason")) == {
        ("accepted", "Called them all.")
    }


def test_a_proposal_is_rejected_without_scripts(sign_in, marketing):
    one = proposal()
    page = sign_in(marketing, javascript=False)
    page.goto(reverse("proposal", args=[one.pk]))

    page.get_by_role("button", name="Reject").click()

    one.refresh_from_db()
    assert one.state == "rejected"


def test_drift_is_narrowed_in_place_and_its_furniture_does_not_print(sign_in, marketing):
    drift()
    drift("CK-2", name="Beta Ltd", state="proposed")
    comparison()
    page = sign_in(marketing)
    page.goto(reverse("drift"))

    page.get_by_label("What happens").select_option("proposed")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    expect(page.locator("#list")).to_contain_text("Beta Ltd")

    page.emulate_media(media="print")
    assert not page.locator("form.filters").is_visible()
    assert page.locator("#list table").is_visible()
