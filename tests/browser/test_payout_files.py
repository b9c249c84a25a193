"""A payout file in a browser: dropped, looked at, imported, and followed to the bank."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from reconciliation.models import GatewayLine, Payout, StatementFile
from tests.browser.axe import violations
from tests.reconciliation.importing.payout_files import HEAD, line, payout_row

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REPORT = (
    HEAD
    + line(1, 1000)
    + line(2, 2000)
    + line(3, -500, 0, kind="refund")
    + line(4, -200, 0, kind="fee")
    + payout_row(2240)
).encode()


@pytest.fixture(autouse=True)
def _kept_apart(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.mark.parametrize("javascript", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_a_file_is_uploaded_looked_at_and_imported(javascript, sign_in, finance):
    page = sign_in(finance, javascript=javascript)
    page.goto(reverse("payout-files"))
    page.get_by_role("link", name="Upload a file").click()
    if javascript:
        assert violations(page) == []

    page.get_by_label("File", exact=True).set_input_files(
        {"name": "october.csv", "mimeType": "text/csv", "buffer": REPORT}
    )
    page.get_by_role("button", name="Upload").click()

    expect(page.get_by_role("heading", name="october.csv")).to_be_visible()
    expect(page.get_by_text("Stripe, itemised payout reconciliation")).to_be_visible()
    if javascript:
        assert violations(page) == []
    assert not GatewayLine.objects.exists()

    page.get_by_role("button", name="Import 5 lines").click()

    expect(page.get_by_role("status")).to_contain_text("Imported: 5 lines.")
    assert GatewayLine.objects.count() == 5

    page.get_by_role("link", name="po_1").click()
    expect(page.get_by_role("img")).to_have_attribute("aria-label", SAID)
    expect(page.get_by_role("cell", name="22.40 GBP").first).to_be_visible()
    expect(page.get_by_text("None", exact=True)).to_have_count(0)
    if javascript:
        assert violations(page) == []


SAID = (
    "Sales 30.00 GBP; Refunds -5.00 GBP; Fees -2.60 GBP; Net of the lines 22.40 GBP; "
    "Paid out 22.40 GBP"
)


@pytest.mark.slow
def test_a_refused_file_and_the_lists_are_without_serious_violations(sign_in, finance):
    page = sign_in(finance)
    page.goto(reverse("payout-file-new"))
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "wrong.csv", "mimeType": "text/csv", "buffer": REPORT.replace(b"10.00", b"11.00")}
    )
    page.get_by_role("button", name="Upload").click()

    expect(page.get_by_role("heading", name="Refused: nothing was imported")).to_be_visible()
    assert StatementFile.objects.get().state == "refused"
    assert not Payout.objects.exists()

    found = {}
    for address in (page.url, reverse("payout-files"), reverse("payouts")):
        page.goto(address)
        if serious := violations(page):
            found[address] = serious
    assert found == {}
