"""The pages of the pre-flight: the form, a run, its findings, remedies and who may what."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exceptions.preflight.models import (
    Preflight,
    PreflightFinding,
    PreflightResult,
    PreflightRun,
)
from exceptions.preflight.plan import as_data
from integration.accounts.models import User
from integration.audit.models import AuditEntry
from integration.mapping.models import ProductMapping
from integration.mirror.models import PrimaItem

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]


def form(**changes: str) -> dict[str, str]:
    return {
        "name": "Autumn sale",
        "campaign": "AW26-SALE",
        "send_on": (timezone.localdate() + timedelta(days=2)).isoformat(),
        "currency": "gbp",
        "audience": "",
        "uptake": "2",
        "sku_lines": "OAK-1 40\n\nOAK-2\noak-2",
        "promotions-TOTAL_FORMS": "1",
        "promotions-INITIAL_FORMS": "0",
        "promotions-0-code": "TEN",
        "promotions-0-type": "percent",
        "promotions-0-value": "10.00",
        "promotions-0-scope": "order",
        **changes,
    }


def a_run(person: User, number: int = 1, preflight: Preflight | None = None) -> PreflightRun:
    row = preflight or Preflight.objects.create(
        name="Autumn sale",
        send_on=timezone.localdate(),
        skus=[{"sku": "OAK-1", "units": None}],
        uptake=Decimal(2),
        created_by=person,
        created_by_name=str(person),
    )
    return PreflightRun.objects.create(
        preflight=row,
        number=number,
        plan=as_data(row),
        state="done",
        verdict="no_go",
        started_by=person,
        started_by_name=str(person),
        created_at=timezone.now(),
        finished_at=timezone.now(),
    )


def a_finding(run: PreflightRun, subject: str = "OAK-1", **changes: object) -> PreflightFinding:
    known = {
        "check_slug": "skus",
        "code": "unknown_sku",
        "message": "It is mapped to no product.",
        "facts": {"sku": subject},
        **changes,
    }
    return PreflightFinding.objects.create(run=run, subject=subject, **known)


def test_what_is_saved_is_checked_at_once(client_for: ClientFor, marketing: User):
    answer = client_for(marketing).post(reverse("preflight-new"), form())

    row = Preflight.objects.get()
    assert answer["Location"] == reverse("preflight", args=[row.pk])
    assert row.currency == "GBP"
    assert row.skus == [{"sku": "OAK-1", "units": 40}, {"sku": "oak-2", "units": None}]
    assert row.promotions == [{"code": "TEN", "type": "percent", "value": "10", "scope": "order"}]
    assert row.runs.get().state == "waiting"
    assert AuditEntry.objects.filter(action="campaign checked").exists()


def test_a_form_without_goods_says_so(client_for: ClientFor, marketing: User):
    answer = client_for(marketing).post(reverse("preflight-new"), form(sku_lines=" \n"))

    assert "This field is required" in answer.content.decode()
    assert not Preflight.objects.exists()


def test_a_campaign_is_checked_by_one_run_at_a_time(client_for: ClientFor, marketing: User):
    run = a_run(marketing)
    client = client_for(marketing)
    client.post(reverse("preflight-check", args=[run.preflight_id]))

    answer = client.post(reverse("preflight-check", args=[run.preflight_id]), follow=True)

    assert "being checked already" in answer.content.decode()
    assert PreflightRun.objects.count() == 2


def test_the_page_compares_with_the_run_before(client_for: ClientFor, marketing: User):
    # given
    first = a_run(marketing)
    second = a_run(marketing, 2, first.preflight)
    for run, skus in ((first, ("A", "B", "C")), (second, ("B", "C", "D", "E"))):
        for sku in skus:
            a_finding(run, sku)
        PreflightResult.objects.create(
            run=run, check_slug="skus", verdict="no_go", sentence="Held.", findings_count=len(skus)
        )

    # when
    page = client_for(marketing).get(reverse("preflight", args=[first.preflight_id]))
    only_new = client_for(marketing).get(
        reverse("preflight", args=[first.preflight_id]), {"new": "1", "check": "skus"}
    )

    # then
    change = page.context["results"][0][2]
    assert (change.new, change.gone, change.same) == (2, 1, 2)
    assert [row.record.subject for row in only_new.context["table"].page.object_list] == ["D", "E"]


def test_the_number_of_queries_does_not_grow(
    client_for: ClientFor, marketing: User, django_assert_max_num_queries
):
    run = a_run(marketing)
    for number in range(40):
        a_finding(run, f"S-{number}")
    client = client_for(marketing)

    with django_assert_max_num_queries(18):
        client.get(reverse("preflight", args=[run.preflight_id]))


def test_findings_are_exported_safely(client_for: ClientFor, marketing: User):
    run = a_run(marketing)
    a_finding(run, "=1+1")

    answer = client_for(marketing).get(
        reverse("preflight", args=[run.preflight_id]), {"export": "csv"}
    )

    text = answer.getvalue().decode()
    assert "'=1+1" in text
    assert "Products" in text


def test_a_missing_mapping_is_one_click_away(client_for: ClientFor, operations: User):
    # given
    run = a_run(operations)
    finding = a_finding(run)
    PrimaItem.objects.create(
        sku_key="OAK-100", sku="OAK-100", description="Oak", kind="stock", data={},
        read_at=timezone.now(),
    )  # fmt: skip
    client = client_for(operations)
    page = client.get(reverse("preflight", args=[run.preflight_id])).content.decode()
    assert reverse("preflight-map", args=[finding.pk]) in page

    # when
    answer = client.post(
        reverse("preflight-map", args=[finding.pk]), {"product": "OAK-100", "note": ""}
    )

    # then
    assert answer["Location"] == reverse("preflight", args=[run.preflight_id])
    assert ProductMapping.objects.get(source_sku="OAK-1").prima_sku == "OAK-100"


def test_a_search_without_hits_says_what_to_try(client_for: ClientFor, operations: User):
    finding = a_finding(a_run(operations))
    asked = {"search": "nothing of the kind", "look": "1"}

    page = client_for(operations).post(reverse("preflight-map", args=[finding.pk]), asked)

    assert "Search for other words" in page.content.decode()


def test_admins_are_sent_to_the_mapping_in_admin(client_for: ClientFor, admin_person: User):
    run = a_run(admin_person)
    a_finding(run)

    page = client_for(admin_person).get(reverse("preflight", args=[run.preflight_id]))

    assert "/admin/mapping/productmapping/add/?source_sku=OAK-1" in page.content.decode()


def test_names_of_the_audience_are_masked_for_the_auditor(client_for: ClientFor, auditor: User):
    run = a_run(auditor)
    a_finding(
        run, "CK-1", label="Jane Smith", check_slug="audience_account", code="customer_not_found",
        facts={"contact_key": "CK-1"},
    )  # fmt: skip

    page = client_for(auditor).get(reverse("preflight", args=[run.preflight_id])).content.decode()

    assert "Jane" not in page
    assert "J••• S•••" in page


KEPT_EARLIER = {
    "label": "Jane Smith", "check_slug": "audience_address", "code": "incompatible_address",
    "message": "The line 12 Dyer Row of jane@example.com is too long.", "facts": {"contact_key": ""},
}  # fmt: skip


def test_a_contact_without_a_key_is_masked_as_well_and_so_are_runs_of_before(
    client_for: ClientFor, auditor: User, marketing: User
):
    run = a_run(auditor)
    a_finding(run, "jane@example.com", **KEPT_EARLIER)
    a_finding(run, "TEN", check_slug="promotions", code="bad_discount", label="Percentage off")
    address = reverse("preflight", args=[run.preflight_id])

    page = client_for(auditor).get(address).content.decode()
    export = client_for(auditor).get(address, {"export": "csv"}).getvalue().decode()

    for text in (page, export):
        assert not [word for word in ("Jane", "jane@", "Dyer") if word in text]
        assert "j•••@example.com" in text
        assert "Incompatible address." in text
        assert "Percentage off" in text
    assert "jane@example.com" in client_for(marketing).get(address).content.decode()


@pytest.mark.parametrize("name", ["preflight-new", "preflight-edit", "preflight-check"])
def test_who_only_looks_checks_nothing(client_for: ClientFor, auditor: User, name: str):
    run = a_run(auditor)
    args = [] if name == "preflight-new" else [run.preflight_id]

    answer = client_for(auditor).post(reverse(name, args=args), form(name="Changed"))

    assert answer.status_code == 403
    assert PreflightRun.objects.count() == 1
    assert Preflight.objects.get().name == "Autumn sale"


def test_who_may_not_map_is_refused(client_for: ClientFor, marketing: User):
    finding = a_finding(a_run(marketing))

    answer = client_for(marketing).post(
        reverse("preflight-map", args=[finding.pk]), {"product": "X"}
    )

    assert answer.status_code == 403
    assert not ProductMapping.objects.exists()
