"""Checks of a campaign against what Prima and the desk know, on a running sandbox."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from connectors.sandbox.running import RunningSandbox
from connectors.sfmc.rows import RowWrite
from connectors.sync import connections, runner
from exceptions.preflight import running, tasks
from exceptions.preflight.models import Preflight, PreflightRun
from exceptions.preflight.remedies import remedies
from integration.accounts.models import User
from integration.consent import ledger
from integration.mapping.models import ProductMapping, PromotionMapping
from integration.mirror.models import Contact, PrimaCustomer, PrimaItem, Stock
from tests.connectors.sync.desk import at_prima
from tests.factories.consent import opt_out


@pytest.fixture
def sellable(prima: RunningSandbox) -> list[str]:
    found = PrimaItem.objects.filter(status="active", kind="stock").order_by("sku_key")
    return list(found.values_list("sku_key", flat=True)[:3])


def planned(person: User, **changes: Any) -> Preflight:
    plan: dict[str, Any] = {
        "name": "Autumn sale",
        "campaign": "AW26-SALE",
        "send_on": timezone.localdate() + timedelta(days=3),
        "currency": "GBP",
        "audience": "",
        "uptake": Decimal(2),
        **changes,
    }
    return Preflight.objects.create(created_by=person, created_by_name=str(person), **plan)


def checked(preflight: Preflight, person: User) -> PreflightRun:
    run = running.begin(preflight, actor=person)
    tasks.check(run.pk)
    run.refresh_from_db()
    assert (run.state, run.message) == ("done", "")
    return run


def found(run: PreflightRun, slug: str) -> list[tuple[str, str]]:
    return list(run.findings.filter(check_slug=slug).values_list("subject", "code"))


def test_a_campaign_of_known_goods_may_go(sellable: list[str], marketing: User):
    run = checked(planned(marketing, skus=[{"sku": sku} for sku in sellable]), marketing)

    assert found(run, "skus") == []
    assert run.results.get(check_slug="skus").verdict == "go"


def test_unknown_and_blocked_products_stop_it(
    prima: RunningSandbox, sellable: list[str], marketing: User
):
    # given
    at_prima(prima, "PATCH", f"items/{sellable[0]}", status="blocked")
    runner.run("prima_reference")
    ProductMapping.objects.create(source_sku="OLD-ONE", prima_sku="GONE-1")

    # when
    skus = [{"sku": one} for one in (*sellable, "NO-SUCH", "OLD-ONE")]
    run = checked(planned(marketing, skus=skus), marketing)

    # then
    assert run.verdict == "no_go"
    assert found(run, "skus") == [
        (sellable[0], "item_not_sellable"),
        ("NO-SUCH", "unknown_sku"),
        ("OLD-ONE", "unknown_sku"),
    ]
    assert run.findings.get(subject="OLD-ONE").message == (
        "It is mapped to GONE-1, which Prima does not have."
    )


def test_a_promotion_without_mapping_stops_it_and_one_with_mapping_is_priced_both_ways(
    sellable: list[str], marketing: User
):
    # given
    PromotionMapping.objects.create(source_code="PRE10", prima_code="AUTUMN26")
    promotions = [
        {"code": "PRE10", "type": "percent", "value": "10", "scope": "order"},
        {"code": "NOBODY", "type": "percent", "value": "10", "scope": "order"},
    ]

    # when
    plan = planned(marketing, skus=[{"sku": sku} for sku in sellable], promotions=promotions)
    run = checked(plan, marketing)

    # then
    assert found(run, "promotions") == [("NOBODY", "bad_discount")]
    prices = dict(run.results.get(check_slug="promotions").figures)
    campaign, in_prima = prices["PRE10"].split(" in the campaign, ")
    assert in_prima == f"{campaign} in Prima"
    assert prices["NOBODY"].endswith("not in Prima")


def test_a_promotion_without_mapping_is_found_when_nothing_can_be_priced(
    prima: RunningSandbox, marketing: User, operations: User
):
    PromotionMapping.objects.create(source_code="PRE10", prima_code="AUTUMN26")
    promotions = [
        {"code": "PRE10", "type": "fixed_price", "value": "10", "scope": "order"},
        {"code": "NOBODY", "type": "percent", "value": "10", "scope": "order"},
    ]

    run = checked(planned(marketing, skus=[{"sku": "NO-SUCH"}], promotions=promotions), marketing)

    assert set(found(run, "promotions")) == {("NOBODY", "bad_discount"), ("PRE10", "not_priced")}
    nobody, pre = run.findings.filter(check_slug="promotions").order_by("subject")
    assert nobody.message.startswith("It is not mapped to a code of Prima on that day.")
    assert (nobody.label, pre.label) == ("Percentage off", "Fixed price")
    assert remedies([nobody, pre], operations).keys() == {nobody.pk}


def test_stock_is_not_called_enough_when_nothing_was_counted(
    prima: RunningSandbox, marketing: User
):
    run = checked(planned(marketing, skus=[{"sku": "NO-SUCH"}]), marketing)
    assert run.results.get(check_slug="stock").sentence.endswith("so none was counted.")


def test_a_discount_above_its_limit_stops_it(sellable: list[str], marketing: User):
    PromotionMapping.objects.create(source_code="BIG", prima_code="AUTUMN26", max_percent=5)
    promotions = [{"code": "BIG", "type": "percent", "value": "60", "scope": "order"}]

    run = checked(planned(marketing, skus=[{"sku": sellable[0]}], promotions=promotions), marketing)

    assert found(run, "promotions") == [("BIG", "bad_discount")]


def test_the_audience_is_looked_at_as_if_everybody_ordered(
    prima: RunningSandbox, sellable: list[str], marketing: User
):
    # given: somebody without account, with an address Prima cannot hold
    runner.run("contacts")

    # when
    plan = planned(marketing, skus=[{"sku": sellable[0]}], audience="Contact_Master")
    run = checked(plan, marketing)

    # then
    known = len(prima.scenario["sfmc"]["data_extensions"][3]["rows"])
    assert run.contacts == known
    said = set(run.findings.filter(check_slug="audience_account").values_list("message", flat=True))
    assert not [one for one in said if "has no credit" in one]
    assert [one for one in said if one.startswith("The order is in GBP, but account")]


def test_too_little_stock_stops_it_and_unknown_stock_does_not(sellable: list[str], marketing: User):
    # given
    Stock.objects.all().delete()
    for sku, free in zip(sellable, (39, 40, None), strict=True):
        Stock.objects.create(
            sku_key=sku,
            status="unknown" if free is None else "known",
            free_stock=free,
            read_at=timezone.now(),
        )

    # when
    skus = [{"sku": sku, "units": 40} for sku in sellable]
    run = checked(planned(marketing, skus=skus), marketing)

    # then
    assert found(run, "stock") == [
        (sellable[0], "stock_insufficient"),
        (sellable[2], "stock_unknown"),
    ]
    first = run.findings.get(code="stock_insufficient")
    assert first.message == "Prima has 39; 40 are expected to be sold."
    assert run.results.get(check_slug="stock").verdict == "no_go"


def test_who_has_opted_out_stops_it(prima: RunningSandbox, sellable: list[str], marketing: User):
    # given
    runner.run("contacts")
    unsubscribed = set(Contact.objects.filter(status="Unsubscribed").values_list("key", flat=True))
    someone = Contact.objects.exclude(key__in=unsubscribed).exclude(email="").first()
    assert unsubscribed
    assert someone is not None
    ledger.record([opt_out(someone.email)])

    # when
    plan = planned(marketing, skus=[{"sku": sellable[0]}], audience="Contact_Master")
    run = checked(plan, marketing)

    # then
    out = {subject for subject, _ in found(run, "audience_consent")}
    assert out == {*unsubscribed, someone.key}
    assert run.results.get(check_slug="audience_consent").verdict == "no_go"
    assert run.verdict == "no_go"


def test_a_company_abroad_without_tax_number_is_seen_before_it_orders(
    prima: RunningSandbox, sellable: list[str], marketing: User
):
    # given
    runner.run("contacts")
    company = Contact.objects.exclude(company_name="").exclude(tax_number="").first()
    assert company is not None
    PrimaCustomer.objects.filter(contact_key=company.key).update(vat_number="")
    client = connections.sfmc()
    changed = RowWrite({"ContactKey": company.key}, {"Country": "DE", "TaxNumber": "DE1"})
    client.data_extensions.upsert_rows("Contact_Master", [changed])
    client.close()

    # when
    plan = planned(marketing, skus=[{"sku": sellable[0]}], audience="Contact_Master")
    run = checked(plan, marketing)

    # then
    assert (company.key, "invalid_tax_number") in found(run, "audience_tax_number")
    assert run.results.get(check_slug="audience_tax_number").verdict == "care"


def test_who_may_not_see_personal_data_reads_what_is_wrong_and_not_of_whom(
    prima: RunningSandbox, sellable: list[str], client_for, marketing: User, auditor: User
):
    # given
    person = {
        "FirstName": "Ruth", "LastName": "Thompson", "CompanyName": "", "Country": "GB",
        "AddressLine1": "c/o Ruth Thompson, The Old Mill behind the second bridge, 12 Dyer Row",
        "Postcode": "QQ 99X",
    }  # fmt: skip
    client = connections.sfmc()
    client.data_extensions.upsert_rows(
        "Contact_Master", [RowWrite({"ContactKey": "CK-RUTH"}, {**person, "EmailAddress": "ruth@"})]
    )
    client.close()
    plan = planned(marketing, skus=[{"sku": sellable[0]}], audience="Contact_Master")

    # when
    run = checked(plan, marketing)

    # then
    said = run.findings.filter(subject="CK-RUTH").values_list("message", "impersonal")
    assert any("QQ 99X" in message for message, _ in said)
    pages = {
        reverse("preflight", args=[plan.pk]): {"check": "audience_address"},
        reverse("preflight", args=[plan.pk], query={"export": "csv"}): {"export": "csv"},
        reverse("api-preflight", args=[plan.pk]): {"limit": "500"},
    }
    for page, asked in pages.items():
        mine, theirs = (
            b"".join(client_for(one).get(page, asked)).decode() for one in (marketing, auditor)
        )
        assert "QQ 99X" in mine
        assert "CK-RUTH" in theirs
        for word in ("QQ 99X", "Thompson", "Mill", "Dyer", "ruth@"):
            assert word not in theirs, (page, word)
        assert "is no postcode of GB" in theirs


def test_the_account_a_sample_order_is_tried_with_is_masked_too(
    sellable: list[str], marketing: User
):
    PromotionMapping.objects.create(source_code="PRE10", prima_code="AUTUMN26")
    for buyer in PrimaCustomer.objects.filter(data__type="person"):
        for place in buyer.data["addresses"]:
            place["address"]["postcode"] = "QQ 99X"
        buyer.save()
    promotions = [{"code": "PRE10", "type": "percent", "value": "10", "scope": "order"}]

    plan = planned(marketing, skus=[{"sku": sellable[0]}], promotions=promotions)
    finding = checked(plan, marketing).findings.get(check_slug="promotions")

    assert finding.code == "not_priced"
    assert "“QQ 99X” is no postcode" in finding.message
    assert "“Q••• 9•••” is no postcode" in finding.impersonal


def test_an_audience_that_is_not_there_is_told_in_words(
    prima: RunningSandbox, sellable: list[str], marketing: User
):
    run = running.begin(
        planned(marketing, skus=[{"sku": sellable[0]}], audience="No_Such"), actor=marketing
    )
    tasks.check(run.pk)
    run.refresh_from_db()

    assert run.state == "failed"
    assert run.message
