"""What a mapping would do is shown from the form of Admin, before it is saved."""

import pytest
from django.urls import reverse

from connectors.sandbox.running import RunningSandbox
from connectors.sync.models import SyncItem
from exceptions import mapping_preview
from integration.accounts.models import User
from integration.audit.models import AuditEntry
from integration.mapping.models import ProductMapping, PromotionMapping, ValueMapping
from integration.mirror.models import CampaignOrder, PrimaItem
from tests.exceptions.test_stories import unmapped_case

pytestmark = pytest.mark.django_db(transaction=True)
AT = reverse("mapping-preview", args=["productmapping"])


def form(sku: str, product: str, **changes: str) -> dict[str, str]:
    return {
        "source_sku": sku,
        "prima_sku": product,
        "valid_from": "2020-01-01",
        "valid_to": "",
        "note": "",
        **changes,
    }


def test_an_admin_sees_what_a_mapping_would_heal_and_nothing_is_saved(
    prima: RunningSandbox, client_for, admin_person: User
):
    case, sku, product = unmapped_case(prima)
    client = client_for(admin_person)

    page = client.post(AT, form(sku, product))

    assert len(page.context["preview"].healed) == case.open_count
    assert list(page.context["preview"].other_cases) == [case]
    assert reverse("case", args=[case.pk]) in page.content.decode()
    over = client.post(AT, form(sku, product, valid_to="2020-01-02"))
    assert not over.context["preview"].tried
    assert "any different" in over.content.decode()
    assert not ProductMapping.objects.filter(source_sku__iexact=sku).exists()
    assert SyncItem.objects.filter(state="held").count() >= case.open_count
    assert not AuditEntry.objects.filter(action__startswith="product mapping").exists()


@pytest.fixture
def relied(prima: RunningSandbox) -> tuple[ProductMapping, set[str]]:
    """A mapping and the orders that wait for nothing but their turn, and rely on it."""
    case, sku, product = unmapped_case(prima)
    orders = set(case.occurrences.values_list("external_id", flat=True))
    return ProductMapping.objects.create(source_sku=sku, prima_sku=product), orders


def test_the_orders_that_relied_on_the_old_value_are_told_beside_what_the_new_one_does(
    relied, client_for, admin_person: User, django_assert_max_num_queries
):
    row, orders = relied
    client = client_for(admin_person)

    with django_assert_max_num_queries(48):
        page = client.post(f"{AT}?pk={row.pk}", form("SOMETHING-ELSE", row.prima_sku))

    lost = page.context["lost"]
    alone = {one.order_key for one in lost.held}
    assert alone
    assert alone | {one.order_key for one in lost.worse} == orders
    assert not page.context["preview"].tried
    text = page.content.decode()
    assert f"Until now it is {row}" in text
    assert all(reverse("order", args=[key]) in text for key in orders)
    paid = CampaignOrder.objects.filter(key__in=alone).values_list("currency", "total_paid")
    assert sum(lost.money.values()) == sum(amount or 0 for _, amount in paid)
    row.refresh_from_db()
    assert row.source_sku != "SOMETHING-ELSE"
    assert not AuditEntry.objects.filter(action__startswith="product mapping").exists()


def test_what_a_shorter_time_loses_is_told_too(relied, client_for, admin_person: User):
    row, orders = relied
    client = client_for(admin_person)
    at = f"{AT}?pk={row.pk}"

    over = client.post(at, form(row.source_sku, row.prima_sku, valid_to="2020-01-02"))
    same = client.post(at, form(row.source_sku, row.prima_sku, note="Only a word."))

    lost = over.context["lost"]
    assert {one.order_key for one in (*lost.held, *lost.worse)} == orders
    assert same.context["lost"].relying == 0
    assert "No order that waits or is held relies on it." in same.content.decode()


def test_orders_that_would_go_with_another_product_are_neither_healed_nor_held(
    relied, client_for, admin_person: User
):
    row, orders = relied
    now = PrimaItem.objects.get(sku_key=row.prima_sku)
    PrimaItem.objects.create(
        sku_key="TWIN", sku="TWIN", description="Twin", kind=now.kind, tax_code=now.tax_code,
        data={**now.data, "sku": "TWIN"}, status="active", read_at=now.read_at,
    )  # fmt: skip

    page = client_for(admin_person).post(f"{AT}?pk={row.pk}", form(row.source_sku, "TWIN"))

    lost = page.context["lost"]
    assert lost.otherwise
    assert set(lost.otherwise) <= orders
    assert (lost.held, lost.worse) == ((), ())
    assert "go to Prima by it that does not go now" in page.content.decode()


def test_a_new_mapping_has_no_old_side(relied, client_for, admin_person: User):
    page = client_for(admin_person).post(AT, form("SOMETHING-ELSE", relied[0].prima_sku))

    assert page.context["lost"] is None
    assert "relied on the old value" not in page.content.decode()


def test_the_form_of_admin_offers_it_to_those_who_may_save(
    client_for, admin_person: User, auditor: User
):
    row = ProductMapping.objects.create(source_sku="A", prima_sku="B")
    changing = reverse("admin:mapping_productmapping_change", args=[row.pk])

    for address, target in (
        (reverse("admin:mapping_productmapping_add"), f'"{AT}"'),
        (changing, f'"{AT}?pk={row.pk}"'),
    ):
        assert f"formaction={target}" in client_for(admin_person).get(address).content.decode()
    assert "formaction" not in client_for(auditor).get(changing).content.decode()


def test_what_admin_would_refuse_is_told_in_words(client_for, admin_person: User):
    ProductMapping.objects.create(source_sku="A", prima_sku="B")

    page = client_for(admin_person).post(AT, form("a", "C"))

    assert page.status_code == 422
    assert "already mapped on some of these days" in page.content.decode()


@pytest.mark.parametrize("who", ["operations", "finance", "marketing", "auditor"])
def test_nobody_else_may_look_through_it(who, request, client_for):
    client = client_for(request.getfixturevalue(who))

    assert client.post(AT, form("A", "B")).status_code == 403
    assert not ProductMapping.objects.exists()


def test_it_answers_only_to_a_post_and_for_mappings_alone(client_for, admin_person: User):
    client = client_for(admin_person)

    assert client.get(AT).status_code == 405
    assert client.post(reverse("mapping-preview", args=["taxrule"]), {}).status_code == 404


def test_each_mapping_changes_what_it_says_on_its_own_days():
    product = ProductMapping(source_sku="A", prima_sku="B", valid_to="2026-12-31")
    promotion = PromotionMapping(source_code="TEN", prima_code="DEAL", may_stack=False)
    value = ValueMapping(domain="charge", source="std", target="CARR")

    assert mapping_preview.change(product).products == (("A", "B"),)
    assert mapping_preview.change(product).last == "2026-12-31"
    ((code, rule),) = mapping_preview.change(promotion).promotions
    assert (code, rule.prima_code, rule.may_stack) == ("TEN", "DEAL", False)
    assert mapping_preview.change(value).values == (("charge", "std", "CARR"),)


def test_saving_says_that_held_orders_are_tried_again(client_for, admin_person: User):
    saved = client_for(admin_person).post(
        reverse("admin:mapping_productmapping_add"), form("A", "B"), follow=True
    )

    assert "are tried again within minutes" in saved.content.decode()
