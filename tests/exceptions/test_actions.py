"""Every action: who may take it, what it needs, and that a refusal changes nothing."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from django.db import models

from connectors.sync.models import SyncItem
from exceptions import approvals
from exceptions.action import Action, actions
from exceptions.kind import kinds
from exceptions.models import Approval, BulkJob, CaseEvent, ExceptionCase, Occurrence, Status
from exceptions.problems import NotAllowed, NotPossible, Refused, Stale
from integration.accounts.models import User
from integration.accounts.roles import Role
from integration.audit.models import AuditEntry
from integration.identity.models import CustomerLink
from integration.mapping.models import (
    DiscountRelease,
    ProductMapping,
    PromotionMapping,
    ValueMapping,
)
from integration.mirror.models import OrderCorrection, PrimaCustomer, PrimaItem
from tests.factories.cases import account, case_of, code, item
from tests.factories.customers import lead_case
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db
ACTIONS = [pytest.param(action, id=slug) for slug, action in actions().items()]
EVERYTHING: tuple[type[models.Model], ...] = (
    ExceptionCase, Occurrence, CaseEvent, Approval, BulkJob, AuditEntry, SyncItem, ProductMapping,
    PromotionMapping, ValueMapping, CustomerLink, DiscountRelease, OrderCorrection, PrimaCustomer,
    PrimaItem,
)  # fmt: skip
KIND_FOR = {
    "approve_discount": "bad_discount",
    "map_promotion": "bad_discount",
    "map_value": "unmapped_value",
    "set_tax_number": "missing_tax_number",
    "set_address": "incompatible_address",
    "link_customer": "customer_not_found",
    "create_account": "customer_not_found",
}
CLEANED: Mapping[str, Mapping[str, Any]] = {
    "comment": {"text": "Hello"},
    "assign": {"to": None},
    "dismiss": {"reason": "Tests"},
    "reopen": {"reason": "Not tests"},
    "reject_order": {"scope": "all", "orders": [], "reason": "Test order"},
    "map_product": {"product": "WAR-36", "note": ""},
    "map_value": {"target": "CARR", "note": ""},
}


def snapshot() -> list[Any]:
    return [list(model._default_manager.order_by("pk").values()) for model in EVERYTHING]


def world() -> None:
    item("WAR-36", "Warranty 36 months")
    account("ACME", contact_key="C-1")
    code("charge", "CARR", "Carriage")
    code("tax", "S", "Standard")


def case_for(action: Action) -> ExceptionCase:
    world()
    if action.slug == "correct_contact":
        return lead_case()
    return case_of(KIND_FOR.get(action.slug, "unknown_sku"))


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_says_what_it_does(action: Action) -> None:
    assert 3 <= len(action.label) <= 32
    assert action.help.endswith(".")
    assert not (action.bulk and action.must_preview)
    assert any(action.slug in kind.actions for kind in kinds().values())


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("action", ACTIONS)
def test_who_may_not_take_it_is_refused_and_nothing_changes(action: Action, role: Role) -> None:
    # given
    person = PersonFactory.create(roles=[role.value])
    case = case_for(action)
    if person.may(action.permission):
        assert action.available(case, person) or action.slug == "reopen"
        return
    before = snapshot()

    # when / then
    assert not action.available(case, person)
    with pytest.raises(NotAllowed, match="Your roles do not let you"):
        action.take(case, CLEANED.get(action.slug, {}), actor=person, version=case.version)
    assert snapshot() == before


@pytest.mark.parametrize("action", ACTIONS)
def test_a_stale_page_is_refused_and_nothing_changes(action: Action) -> None:
    person = PersonFactory.create(roles=[role.value for role in Role])
    case = case_for(action)
    ExceptionCase.objects.filter(pk=case.pk).update(version=7)
    before = snapshot()

    with pytest.raises(Stale, match="changed while you were looking"):
        action.take(case, CLEANED.get(action.slug, {}), actor=person, version=1)

    assert snapshot() == before


@pytest.mark.parametrize("action", ACTIONS)
def test_a_closed_case_offers_only_what_makes_sense(action: Action) -> None:
    person = PersonFactory.create(roles=[role.value for role in Role])
    case = case_for(action)
    ExceptionCase.objects.filter(pk=case.pk).update(status=Status.RESOLVED, open_count=0)
    case.refresh_from_db()

    assert action.available(case, person) == (action.slug in ("comment", "reopen"))
    if not action.available(case, person):
        with pytest.raises(NotPossible):
            action.take(case, CLEANED.get(action.slug, {}), actor=person, version=None)


@pytest.mark.parametrize("action", ACTIONS)
def test_the_form_of_an_action_stands_without_input_and_refuses_emptiness(action: Action) -> None:
    case = case_for(action)
    form_class = action.form_class(case)

    assert bool(str(form_class(initial=action.initial(case)))) == action.asks
    asked = any(field.required for field in form_class().fields.values())
    assert form_class({}).is_valid() == (not asked)


def test_mapping_a_product_maps_audits_and_tries_all_orders_again(operations: User) -> None:
    world()
    case = case_of("unknown_sku", "CO-1", "CO-2")
    action = actions()["map_product"]
    cleaned = {"product": "WAR-36", "note": "As agreed"}

    done = action.take(case, cleaned, actor=operations, version=case.version)

    mapping = ProductMapping.objects.get()
    assert (mapping.source_sku, mapping.prima_sku) == ("WARRANTY-3Y", "WAR-36")
    assert done.job is not None
    assert (done.job.total, done.job.state) == (2, "waiting")
    assert done.job.payload["because"] == "mapping SKU WARRANTY-3Y → WAR-36"
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "case acted",
        "product mapping added",
    ]


def test_mapping_the_same_again_changes_the_one_mapping(operations: User) -> None:
    world()
    item("WAR-48", "Warranty 48 months")
    case = case_of("unknown_sku")
    action = actions()["map_product"]
    action.take(case, {"product": "WAR-36", "note": ""}, actor=operations, version=None)

    action.take(case, {"product": "WAR-48", "note": ""}, actor=operations, version=None)

    assert [row.prima_sku for row in ProductMapping.objects.all()] == ["WAR-48"]
    changed = AuditEntry.objects.get(action="product mapping changed")
    assert changed.details["before"]["prima_sku"] == "WAR-36"


def test_a_promotion_within_the_policy_is_mapped_and_above_it_proposed(
    operations: User, finance: User
) -> None:
    world()
    case = case_of("bad_discount", reason="unmapped")
    action = actions()["map_promotion"]
    cleaned = {
        "treatment": "discount",
        "prima_code": "SUMMER",
        "max_percent": None,
        "max_amount": None,
        "may_stack": True,
        "note": "Summer sale",
    }
    done = action.take(
        case, {**cleaned, "max_percent": Decimal(60)}, actor=operations, version=case.version
    )
    assert done.approval is not None
    assert not PromotionMapping.objects.exists()

    approvals.approve(done.approval, actor=finance)
    assert PromotionMapping.objects.get().max_percent == Decimal(60)

    case.refresh_from_db()
    action.take(case, cleaned, actor=operations, version=case.version)
    assert PromotionMapping.objects.get().max_percent is None


def test_a_code_of_the_wrong_list_is_refused_in_words() -> None:
    world()
    form = actions()["map_promotion"].form_class(case_of("bad_discount", reason="unmapped"))(
        {"treatment": "payment", "prima_code": "CARR", "note": "x"}
    )

    assert form.errors["prima_code"] == ["CARR is no payment method; choose one."]


def test_a_correction_is_kept_beside_the_original_and_the_order_tried_again(
    operations: User,
) -> None:
    world()
    case = case_of("unreadable_order")
    action = actions()["correct_order"]
    form = action.form_class(case)({
        "order": "CO-1", "lines.0.quantity": "2", "lines.0.sku": "WARRANTY-3Y",
        "lines.0.unit_price": "100.00", "lines.0.line_no": "1", "reason": "The customer said so",
    })  # fmt: skip
    assert form.is_valid(), form.errors

    action.take(case, form.cleaned_data, actor=operations, version=case.version)

    correction = OrderCorrection.objects.get()
    assert correction.changes == {
        "/lines/0/quantity": {"from": "1", "to": "2", "of": "1 WARRANTY-3Y"}
    }
    assert correction.order.payload["lines"][0]["quantity"] == "1"
    assert BulkJob.objects.get().payload["rows"] == ["CO-1"]


def test_a_correction_without_a_change_is_refused(operations: User) -> None:
    case = case_of("unreadable_order")
    with pytest.raises(Refused, match="Nothing was changed"):
        actions()["correct_order"].take(
            case, {"order": "CO-1", "reason": "x"}, actor=operations, version=None
        )


def test_a_proof_holds_for_what_was_shown_and_nothing_else() -> None:
    case = case_of("unknown_sku")
    action = actions()["map_product"]
    proof = action.proof(case, {"product": "WAR-36"})

    assert action.is_proof(proof, case, {"product": "WAR-36"})
    assert not action.is_proof(proof, case, {"product": "OTHER"})
    assert not action.is_proof("made up", case, {"product": "WAR-36"})
