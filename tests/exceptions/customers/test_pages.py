"""Customers: the list, one customer, merging."""

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from exceptions.customers import reads
from exceptions.templatetags.customers import customer_tabs
from integration.audit.models import AuditEntry
from integration.identity import distinctions, keys, merging
from integration.identity.models import (
    Candidate,
    Customer,
    CustomerLink,
    Merger,
)
from integration.mirror.models import CampaignOrder
from tests.exceptions.customers.conftest import at, rows
from tests.factories.customers import drift, proposal
from tests.factories.estates import OTHER_VAT, VAT, account, contact

pytestmark = pytest.mark.django_db


# --- the list -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked", ["ck-1", "A1", "jane@X.example", "jane@y.example", "Jane Smith", "uid"]
)
def test_a_customer_is_found_by_any_key(asked, client_for, marketing):
    contact("CK-1", email="jane@x.example")
    account("A1", email="jane@y.example")
    customer = keys.link("CK-1", "A1", method="x", actor=None)
    keys.link("CK-9", "A9", method="x", actor=None)
    asked = str(customer.uid) if asked == "uid" else asked

    page = client_for(marketing).get(at("customers"), {"q": asked})

    assert [row.record.pk for row in page.context["table"].rows] == [customer.pk]


def test_customers_of_one_system_and_merged_ones(client_for, marketing, operations, couple):
    alone = Customer.objects.create(name="Alone")
    CustomerLink.objects.create(customer=alone, system="sfmc", key="Z", method="x", linked_by="x")
    merging.merge(*couple, actor=operations, reason="x")
    client = client_for(marketing)

    def found(**asked):
        page = client.get(at("customers"), asked)
        return {row.record.pk for row in page.context["table"].rows}

    assert found() == {alone.pk, couple[0].pk}
    assert found(side="both") == {couple[0].pk}
    assert found(side="sfmc") == {alone.pk}
    assert found(side="prima") == set()
    assert found(state="merged") == {couple[1].pk}


def test_lists_take_few_queries_however_long(client_for, marketing, django_assert_max_num_queries):
    for number in range(30):
        keys.link(f"CK-{number}", f"A{number}", method="x", actor=None)
    client = client_for(marketing)

    for number in range(30):
        Candidate.objects.create(
            contact_key=f"CK-{number}", account_code="Z", score=60, found_at=timezone.now()
        )

    for name in ("customers", "link-reviews", "apart", "linking"):
        with django_assert_max_num_queries(8):
            page = client.get(at(name)).content.decode()
        assert "Customers (30)" in page
        assert "Links to review (30)" in page


def test_the_tabs_count_what_waits_in_one_query(
    client_for, marketing, couple, django_assert_num_queries
):
    Candidate.objects.create(
        contact_key="CK-1", account_code="Z", score=60, found_at=timezone.now()
    )
    proposal("CK-1")
    proposal("CK-1", field="name", state="overtaken")
    drift("CK-1")
    drift("CK-2")
    drift("CK-2", field="email", healed_at=timezone.now())
    distinctions.tell_apart(("sfmc", "X"), ("prima", "Y"), actor=marketing, reason="x")

    with django_assert_num_queries(1):
        told = customer_tabs("drift")
    page = client_for(marketing).get(reverse("drift")).content.decode()

    assert [(slug, number) for _, _, slug, number in told["tabs"]] == [
        ("customers", 2), ("review", 1), ("apart", 1), ("linking", 0), ("proposals", 1),
        ("drift", 2),
    ]  # fmt: skip
    assert "Proposals (1)" in page
    assert "Drift (2)" in page


def test_an_empty_list_says_what_emptiness_means(client_for, marketing):
    page = client_for(marketing).get(at("customers")).content.decode()

    assert "No customers" in page


# --- one customer ---------------------------------------------------------------------------------


def test_a_customer_has_both_sides_orders_and_the_history_of_keys(
    client_for, marketing, couple, django_assert_max_num_queries
):
    kept, _ = couple
    CampaignOrder.objects.create(
        key="CO-1", payload={}, content_hash="x", contact_key="CK-1",
        first_seen_at=kept.created_at, last_seen_at=kept.created_at,
    )  # fmt: skip
    keys.link("CK-1", "A2", method="by hand", actor=marketing)
    client = client_for(marketing)

    with django_assert_max_num_queries(22):
        page = client.get(at("customer", kept.pk)).content.decode()
    other = client.get(at("customer-of", "sfmc", "ck-1"), follow=True).content.decode()

    assert "Retired" in page
    assert "CO-1" in other
    assert "LS1 4AP" in other


def test_unlinking_may_be_for_good(client_for, marketing, couple):
    kept, _ = couple
    link = kept.links.get(system="sfmc")

    client_for(marketing).post(
        at("customer-unlink", kept.pk), {"link": link.pk, "reason": "Her mother", "for_good": "on"}
    )

    assert keys.resolve("sfmc", "CK-1") is None
    assert distinctions.are_apart([("sfmc", "CK-1")], [("prima", "A1")]) is not None
    assert AuditEntry.objects.filter(action="customer unlinked").exists()


@pytest.mark.parametrize("reason", ["", "   "])
def test_unlinking_needs_a_reason(reason, client_for, marketing, couple):
    kept, _ = couple
    before = rows()

    client_for(marketing).post(
        at("customer-unlink", kept.pk), {"link": kept.links.get(key="CK-1").pk, "reason": reason}
    )

    assert rows() == before


# --- merging --------------------------------------------------------------------------------------


def test_a_merger_is_previewed_made_and_taken_apart(client_for, marketing, couple):
    kept, gone = couple
    client = client_for(marketing)
    before = list(CustomerLink.objects.order_by("pk").values())

    preview = client.get(at("customer-merge", kept.pk), {"other": "ck-2"}).content.decode()
    made = client.post(at("customer-merge", kept.pk), {"other": str(gone.pk), "reason": "One"})

    assert "becomes an alias" in preview
    assert f"{gone.name} ({gone.pk}) becomes {kept.name} ({kept.pk})" in preview
    assert made.status_code == 302
    assert keys.resolve("prima", "A2") == kept
    merger = Merger.objects.get()
    left = client.get(at("customer", gone.pk)).content.decode()
    assert f'<a href="{at("customer", kept.pk)}">{kept.name} ({kept.pk})</a>' in left
    assert f"Merged. {gone.name} ({gone.pk}) leads here" in left
    assert "Both systems side by side" not in left
    assert "None of these keys has ordered" not in left
    client.post(at("merger-undo", merger.pk), {"reason": "Two after all"})
    assert list(CustomerLink.objects.order_by("pk").values()) == before
    gone.refresh_from_db()
    assert gone.merged_into is None


def test_two_tax_numbers_need_a_check_and_a_reason(client_for, marketing):
    for number, vat in ((1, VAT), (2, OTHER_VAT)):
        account(f"A{number}", "Acme Ltd", type="company", vat_number=vat)
        keys.link(f"CK-{number}", f"A{number}", method="x", actor=None)
    kept = keys.resolve("prima", "A1")
    assert kept is not None
    client = client_for(marketing)
    before = rows()

    page = client.get(at("customer-merge", kept.pk), {"other": "A2"}).content.decode()
    refused = client.post(at("customer-merge", kept.pk), {"other": "A2", "reason": "One"})

    assert "Two different tax numbers" in page
    assert refused.status_code == 422
    assert rows() == before
    client.post(
        at("customer-merge", kept.pk), {"other": "A2", "reason": "One", "despite_numbers": "on"}
    )
    assert Merger.objects.count() == 1


def test_an_ambiguous_or_unknown_other_is_not_merged(client_for, marketing, couple):
    client = client_for(marketing)

    page = client.post(at("customer-merge", couple[0].pk), {"other": "nobody", "reason": "x"})

    assert "more than one" in page.content.decode()
    assert not Merger.objects.exists()


def test_the_menu_shows_one_place_at_a_time(client_for, marketing):
    client = client_for(marketing)

    def here(name):
        menus = client.get(at(name)).context["navigation"]
        entries = [one for menu in menus for one in menu.get("entries", [menu])]
        return [one["label"] for one in entries if one["current"]]

    assert here("customers") == ["All customers"]
    assert here("link-review") == ["Links to review"]
    assert here("proposals") == ["Proposals"]


def test_orders_of_a_customer_are_found_by_contact_and_by_account(couple):
    """Each way by its index: together they would read every order."""
    found = reads.orders(CustomerLink.objects.all())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = found.explain()

    assert "order_contact" in plan
    assert "prima_order_account" in plan
