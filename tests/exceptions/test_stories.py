"""Whole stories against Prima: a cause is put right once, and everything behind it goes through."""

import pytest
from django.core.cache import cache
from django.template.loader import render_to_string

from connectors.sandbox.running import RunningSandbox
from connectors.sync import runner
from connectors.sync.models import SyncItem
from exceptions import approvals, tasks
from exceptions.action import Done, actions
from exceptions.intake import file_findings
from exceptions.models import BulkJob, ExceptionCase, Occurrence, Status
from exceptions.problems import PrimaRefused
from integration.accounts.models import User
from integration.audit.models import AuditEntry
from integration.core.problems import Problem
from integration.identity import keys
from integration.mapping.models import (
    OrderPolicy,
    ProductMapping,
    PromotionMapping,
)
from integration.mirror.models import (
    CampaignOrder,
    OrderCorrection,
    PrimaCustomer,
    PrimaItem,
    PrimaOrder,
)
from tests.factories.findings import finding

pytestmark = pytest.mark.django_db(transaction=True)


def unmapped_case(prima: RunningSandbox) -> tuple[ExceptionCase, str, str]:
    """The mapping that most orders need is taken away, and the orders are sent: they are held."""
    skus = [
        line["sku"].upper()
        for order in CampaignOrder.objects.all()
        for line in order.payload["lines"]
    ]
    known = {key.upper() for key in PrimaItem.objects.values_list("sku_key", flat=True)}
    mapped = {
        row.source_sku.upper(): row
        for row in ProductMapping.objects.all()
        if row.source_sku.upper() not in known
    }
    sku = max((sku for sku in skus if sku in mapped), key=skus.count)
    product = mapped[sku].prima_sku
    mapped[sku].delete()
    runner.run("orders_to_prima")
    return ExceptionCase.objects.get(kind="unknown_sku"), sku, product


def run(done: Done) -> BulkJob:
    assert done.job is not None
    tasks.run_job(done.job.pk)
    done.job.refresh_from_db()
    return done.job


def test_an_unknown_sku_mapped_heals_all_its_orders(
    prima: RunningSandbox, operations: User
) -> None:
    # given
    case, sku, product = unmapped_case(prima)
    waiting = case.open_count
    assert waiting > 1
    action = actions()["map_product"]
    cleaned = {"product": product, "note": ""}

    # when the preview is looked at
    preview = action.preview(case, cleaned, operations)

    # then it tells what will happen, and has changed nothing
    assert preview is not None
    assert (len(preview.healed), preview.still_failing) == (waiting, ())
    assert {code: f"{amount:.4f}" for code, amount in preview.money.items()} == case.value_waiting
    assert not ProductMapping.objects.filter(source_sku__iexact=sku).exists()

    # when it is saved
    job = run(action.take(case, cleaned, actor=operations, version=case.version))

    # then
    case.refresh_from_db()
    assert (job.state, job.done, job.healed, job.failed) == ("done", waiting, waiting, 0)
    assert (case.status, case.open_count) == (Status.RESOLVED, 0)
    assert case.resolution == f"Healed by mapping SKU {case.facts['sku']} → {product}"
    assert SyncItem.objects.filter(flow="orders_to_prima").exclude(state="sent").count() == 0
    assert PrimaOrder.objects.count() == 60


def test_an_item_created_in_prima_heals_its_orders_and_is_created_once(
    prima: RunningSandbox, operations: User
) -> None:
    case, sku, _ = unmapped_case(prima)
    code = prima.scenario["prima"]["tax_codes"][0]["code"]
    action = actions()["create_item"]
    form = action.form_class(case)({
        "sku": "NEW-SERVICE-1", "description": "A new service", "kind": "service", "tax_code": code,
    })  # fmt: skip
    assert form.is_valid(), form.errors
    preview = action.preview(case, form.cleaned_data, operations)

    job = run(action.take(case, form.cleaned_data, actor=operations, version=case.version))

    assert PrimaItem.objects.get(sku_key="NEW-SERVICE-1").kind == "service"
    assert ProductMapping.objects.get(source_sku__iexact=sku).prima_sku == "NEW-SERVICE-1"
    assert preview is not None
    assert job.healed == len(preview.healed)
    posts = {path: n for path, n in prima.calls().items() if path.endswith("/items")}
    assert sum(posts.values()) == 1


def test_a_retry_sends_what_is_right_and_says_why_the_rest_is_held(
    prima: RunningSandbox, operations: User
) -> None:
    case, _, _ = unmapped_case(prima)

    job = run(actions()["retry"].take(case, {}, actor=operations, version=case.version))

    assert (job.healed, job.failed) == (0, case.open_count)
    assert {row["why"] for row in job.results} == {f"{case.title}."}
    case.refresh_from_db()
    assert case.status == Status.OPEN


def test_rejected_orders_leave_the_queue_with_the_reason_and_never_reach_prima(
    prima: RunningSandbox, operations: User
) -> None:
    case, _, _ = unmapped_case(prima)
    booked = PrimaOrder.objects.count()
    cleaned = {"scope": "all", "orders": [], "reason": "Sold by mistake"}

    job = run(actions()["reject_order"].take(case, cleaned, actor=operations, version=case.version))

    case.refresh_from_db()
    assert job.failed == 0
    assert case.resolution == f"Rejected by {operations}: Sold by mistake"
    assert SyncItem.objects.filter(state="rejected").count() == job.total
    runner.run("orders_to_prima")
    assert PrimaOrder.objects.count() == booked


def test_a_discount_above_the_limit_goes_through_two_people(
    prima: RunningSandbox, finance: User, finance2: User
) -> None:
    # given a limit that the promotions of the day are above
    PromotionMapping.objects.update(max_percent=None, max_amount=None)
    OrderPolicy.objects.update(max_discount_percent=1)
    cache.clear()
    runner.run("orders_to_prima")
    case = ExceptionCase.objects.filter(kind="bad_discount").order_by("-open_count")[0]
    assert case.facts["reason"] == "over_limit"
    waiting = case.open_count

    # when one proposes and another approves
    asked = actions()["approve_discount"].take(
        case, {"reason": "Agreed with sales"}, actor=finance, version=case.version
    )
    assert asked.approval is not None
    done = approvals.approve(asked.approval, actor=finance2, note="Fine")
    job = run(done)

    # then exactly those orders are in Prima, and the case says by what
    case.refresh_from_db()
    assert case.resolution == f"Healed by approval {asked.approval.pk} by {finance2}"
    keys = list(case.occurrences.values_list("external_id", flat=True))
    in_prima = PrimaOrder.objects.filter(campaign_order__key__in=keys).count()
    assert in_prima == job.healed
    assert job.healed + job.failed == waiting


def held_by(kind: str, facts: dict[str, str]) -> tuple[ExceptionCase, CampaignOrder]:
    """An order held for this, however right it is."""
    order = CampaignOrder.objects.order_by("key").exclude(contact_key="")[0]
    SyncItem.objects.filter(external_id=order.key).update(state="held", last_error="Held.")
    told = {"contact_key": order.contact_key, **facts}
    file_findings([finding(order.key, Problem(kind, "It is wrong.", told))])
    return ExceptionCase.objects.get(), order


def account_of(order: CampaignOrder) -> PrimaCustomer:
    return PrimaCustomer.objects.get(contact_key=order.contact_key)


def test_a_tax_number_set_at_the_account_is_in_prima_and_heals(
    prima: RunningSandbox, operations: User
) -> None:
    order = CampaignOrder.objects.order_by("key").exclude(contact_key="")[0]
    account = account_of(order)
    case, order = held_by("missing_tax_number", {"account": account.account_code, "country": "GB"})
    action = actions()["set_tax_number"]
    form = action.form_class(case)({"number": "gb 980 7806 84", "source": "letterhead"})
    assert form.is_valid(), form.errors
    assert action.preview(case, form.cleaned_data, operations) is not None

    job = run(action.take(case, form.cleaned_data, actor=operations, version=case.version))

    account.refresh_from_db()
    assert account.vat_number == "GB980780684"
    assert (job.state, job.healed) == ("done", 1)
    case.refresh_from_db()
    assert case.resolution == f"Healed by setting the tax number of account {account.account_code}"


def test_a_number_that_cannot_be_right_never_reaches_prima(prima: RunningSandbox) -> None:
    case, _ = held_by("missing_tax_number", {"country": "GB"})

    form = actions()["set_tax_number"].form_class(case)({"number": "GB123", "source": "x"})

    assert "check digits" in form.errors["number"][0]


def test_an_address_is_set_at_the_account_and_corrected_in_the_order(
    prima: RunningSandbox, operations: User
) -> None:
    case, order = held_by("incompatible_address", {"use": "delivery"})
    action = actions()["set_address"]
    form = action.form_class(case)({
        "name": "Acme", "line1": "2 Low Road", "city": "York", "postcode": "yo17hh",
        "country": "United Kingdom", "source": "the customer",
    })  # fmt: skip
    assert form.is_valid(), form.errors
    assert action.preview(case, form.cleaned_data, operations) is not None

    run(action.take(case, form.cleaned_data, actor=operations, version=case.version))

    lines = [one["address"]["lines"] for one in account_of(order).data["addresses"]]
    assert ["2 Low Road"] in lines
    changes = OrderCorrection.objects.get().changes
    assert changes["/order/delivery_postcode"]["to"] == "YO1 7HH"


def test_a_linked_contact_goes_to_its_account(prima: RunningSandbox, operations: User) -> None:
    case, order = held_by("customer_not_found", {})
    account = account_of(order)
    action = actions()["link_customer"]
    cleaned = {"account": account.account_code, "reason": "Same signature", "search": ""}
    assert action.preview(case, cleaned, operations) is not None

    job = run(action.take(case, cleaned, actor=operations, version=case.version))

    linked = keys.accounts_by_contact([order.contact_key])
    assert linked == {order.contact_key: account.account_code}
    assert job.healed == 1


def test_an_account_is_opened_once_and_carries_the_key_of_the_contact(
    prima: RunningSandbox, operations: User
) -> None:
    case, _ = held_by("customer_not_found", {"contact_key": "NEW-1", "email": "new@new.example"})
    action = actions()["create_account"]
    form = action.form_class(case)({
        **action.initial(case), "account_name": "New Customer", "type": "person", "tax_number": "",
        "email": "new@new.example", "currency": "GBP", "phone": "", "name": "New Customer",
        "line1": "1 High Street", "city": "Leeds", "postcode": "LS1 4AP", "country": "GB",
    })  # fmt: skip
    assert form.is_valid(), form.errors
    preview = action.preview(case, form.cleaned_data, operations)
    assert preview is not None
    assert not preview.tried
    page = render_to_string("exceptions/parts/preview.html", {"preview": preview, "action": action})
    assert "would be tried again with the new account" in page
    assert "Orders that would go to Prima" not in page

    run(action.take(case, form.cleaned_data, actor=operations, version=case.version))

    entry = AuditEntry.objects.get(action="account opened in Prima")
    assert entry.details["contact"] == "NEW-1"
    assert entry.details["account"]["account_name"] == "N••• C•••"
    trail = str(list(AuditEntry.objects.values()))
    assert not any(one in trail for one in ("New Customer", "new@new.example", "1 High Street"))
    opened = PrimaCustomer.objects.get(contact_key="NEW-1")
    assert opened.name == "New Customer"
    assert keys.accounts_by_contact(["NEW-1"]) == {"NEW-1": opened.account_code}


def test_a_refusal_of_prima_is_told_and_the_case_stays(
    prima: RunningSandbox, operations: User
) -> None:
    case, _, _ = unmapped_case(prima)
    taken = prima.scenario["prima"]["items"][0]["sku"]
    cleaned = {
        "sku": taken, "description": "x", "kind": "service", "tax_code": "S", "price": None,
    }  # fmt: skip

    with pytest.raises(PrimaRefused):
        actions()["create_item"].take(case, cleaned, actor=operations, version=case.version)

    case.refresh_from_db()
    assert case.status == Status.OPEN
    assert BulkJob.objects.get(action="create_item").state == "failed"


def test_prima_that_does_not_answer_is_asked_again_and_the_effect_is_once(
    prima: RunningSandbox, operations: User
) -> None:
    # given Prima creates the item and the answer is lost
    case, sku, _ = unmapped_case(prima)
    prima.fault("server_error", method="POST", path="/items$", when="after")
    cleaned = {
        "sku": "NEW-2", "description": "New", "kind": "service", "price": None,
        "tax_code": prima.scenario["prima"]["tax_codes"][0]["code"],
    }  # fmt: skip

    # when
    done = actions()["create_item"].take(case, cleaned, actor=operations, version=case.version)

    # then
    assert "goes on trying" in done.message
    assert not PrimaItem.objects.filter(sku_key="NEW-2").exists()

    # when the sweep takes it up again
    assert done.job is not None
    BulkJob.objects.filter(pk=done.job.pk).update(lease_until=None)
    tasks.run_job(done.job.pk)
    tasks.run_job(done.job.pk)

    # then
    assert PrimaItem.objects.filter(sku_key="NEW-2").count() == 1
    assert ProductMapping.objects.get(source_sku__iexact=sku).prima_sku == "NEW-2"
    done.job.refresh_from_db()
    assert done.job.state == "done"
    assert not Occurrence.objects.filter(case=case, closed_at__isnull=True).exists()
