"""No page has a serious accessibility violation, for any role."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page

from connectors.sync.models import SyncRun
from exceptions import approvals
from exceptions.action import actions
from exceptions.models import Approval, BulkJob, ExceptionCase
from integration.mirror.models import CampaignOrder

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def violations(page: Page) -> list[tuple[str, str, Any]]:
    """Serious and critical ones: rule, where, what."""
    results = Axe().run(page).response["violations"]
    return [
        (page.url, found["id"], [node["target"] for node in found["nodes"]][:3])
        for found in results
        if found["impact"] in ("serious", "critical")
    ]


def case_pages() -> list[str]:
    """One case of each kind, with the form of each of its actions."""
    pages = []
    for kind in ExceptionCase.objects.order_by().values_list("kind", flat=True).distinct():
        case = ExceptionCase.objects.filter(kind=kind).order_by("pk").first()
        assert case is not None
        pages.append(reverse("case", args=[case.pk]))
    for kind in ("unknown_sku", "bad_discount", "incompatible_address", "ambiguous_customer"):
        case = ExceptionCase.objects.filter(kind=kind).order_by("pk").first()
        if case is not None:
            pages += [
                reverse("act", args=[case.pk, slug])
                for slug in ("map_product", "map_promotion", "correct_order", "set_address",
                             "link_customer", "create_item", "snooze", "dismiss", "assign")
                if slug in actions()
            ]  # fmt: skip
    return pages


def test_no_page_of_operations_has_a_serious_violation(week, sign_in, operations, work_off):
    page = sign_in(operations)
    order = CampaignOrder.objects.order_by("key").first()
    assert order is not None
    case = ExceptionCase.objects.get(kind="unknown_sku", facts__sku="WARRANTY-3Y")
    run = SyncRun.objects.first()
    assert run is not None
    found = []
    for path in [
        "/",
        reverse("cases"),
        reverse("cases") + "?q=nothing-like-it",
        reverse("queue", args=["unknown_sku"]),
        *case_pages(),
        reverse("orders"),
        reverse("order", args=[order.key]),
        reverse("approvals"),
        reverse("jobs"),
        reverse("search") + "?q=WARRANTY",
        reverse("syncs"),
        reverse("run", args=[run.pk]),
        reverse("manual"),
        reverse("manual-page", args=["kinds/unknown_sku"]),
        reverse("manual-page", args=["order-tables"]),
        reverse("my-account"),
    ]:
        page.goto(path)
        found += violations(page)

    # the preview, the page of many, and the job
    page.goto(reverse("act", args=[case.pk, "map_product"]))
    page.get_by_label("SRV-WARRANTY-36").check()
    page.get_by_role("button", name="Show what it would do").click()
    found += violations(page)
    page.locator("#preview").get_by_role("button", name="Map to a product").click()
    found += violations(page)
    work_off()
    page.goto(reverse("job", args=[BulkJob.objects.latest("pk").pk]))
    found += violations(page)
    page.goto(reverse("cases"))
    page.get_by_label("This page").check()
    page.get_by_role("button", name="Snooze").click()
    found += violations(page)

    assert found == []


def test_no_page_of_finance_and_auditor_has_a_serious_violation(
    week, sign_in, finance, auditor, admin_person
):
    case = ExceptionCase.objects.filter(kind="bad_discount", facts__reason="over_limit").first()
    assert case is not None
    action = actions()["approve_discount"]
    action.perform(case, {"reason": "Agreed."}, actor=finance, version=case.version)
    approval = Approval.objects.get()
    assert approvals.why_not(approval, finance)
    found = []
    for person, paths in (
        (finance, ["/", reverse("approvals"), reverse("approval", args=[approval.pk])]),
        (auditor, ["/", reverse("audit"), reverse("cases"), reverse("approvals")]),
        (admin_person, ["/admin/", "/admin/mapping/productmapping/", reverse("syncs")]),
    ):
        page = sign_in(person)
        for path in paths:
            page.goto(path)
            found += violations(page)
    assert found == []


def test_the_door_has_no_serious_violation(live_server, browser, db):
    page = browser.new_page()
    page.goto(f"{live_server.url}/sign-in/")

    assert violations(page) == []
    page.close()


def test_a_page_prints_without_its_furniture(week, sign_in, operations):
    page = sign_in(operations)
    page.goto(reverse("cases"))
    page.emulate_media(media="print")

    assert not page.locator(".masthead").is_visible()
    assert page.locator("#list table").is_visible()
