"""The mapping book: look-ups by any case, on the days a mapping is in force."""

from datetime import date
from decimal import Decimal

import pytest

from integration.mapping.book import CountryRule, MappingBook, Policy, PromotionRule
from integration.mapping.models import (
    OrderPolicy,
    ProductMapping,
    PromotionMapping,
    TaxRule,
    ValueMapping,
)

DAY, LATER = date(2026, 11, 20), date(2026, 12, 24)


@pytest.mark.django_db
def test_the_book_is_loaded_in_five_queries(django_assert_num_queries):
    ProductMapping.objects.create(source_sku="Web-Mug", prima_sku="MUG", valid_to=DAY)
    ProductMapping.objects.create(
        source_sku="WEB-MUG", prima_sku="MUG2", valid_from=date(2026, 11, 21)
    )
    PromotionMapping.objects.create(
        source_code="Ten", prima_code="P-10", max_percent=Decimal(20), may_stack=False
    )
    ValueMapping.objects.create(domain="country", source="Blighty", target="GB")
    TaxRule.objects.create(country="DE", customer_type="company", tax_code="RC")
    OrderPolicy.objects.all().delete()
    OrderPolicy.objects.create(currencies=" gbp, EUR,", max_lines=7)

    with django_assert_num_queries(5):
        book = MappingBook.load()

    assert book.product(" web-mug ", DAY) == "MUG"
    assert book.product("WEB-MUG", LATER) == "MUG2"
    assert book.product("WEB-MUG", date(2019, 1, 1)) is None
    assert book.promotion("TEN", DAY) == PromotionRule(
        "discount", "P-10", max_percent=Decimal(20), may_stack=False
    )
    assert book.value("country", "blighty", DAY) == "GB"
    assert book.value("terms", "blighty", DAY) is None
    assert book.tax_rule("DE", "company") == CountryRule(tax_number_required=False, tax_code="RC")
    assert (book.policy.currencies, book.policy.max_lines) == (("GBP", "EUR"), 7)


@pytest.mark.django_db
def test_without_a_policy_the_usual_one_holds():
    OrderPolicy.objects.all().delete()

    assert MappingBook.load().policy == Policy()


def test_the_most_particular_tax_rule_counts():
    rules = {
        ("DE", "company"): CountryRule(tax_code="1"),
        ("DE", "any"): CountryRule(tax_code="2"),
        ("*", "person"): CountryRule(tax_code="3"),
        ("*", "any"): CountryRule(tax_code="4"),
    }
    book = MappingBook(tax_rules=rules)

    found = [
        book.tax_rule(country, kind).tax_code
        for country in ("DE", "FR")
        for kind in ("company", "person")
    ]

    assert found == ["1", "2", "4", "3"]
    assert MappingBook().tax_rule("DE", "person") == CountryRule()


def test_a_change_gives_a_new_book_and_leaves_the_old_one():
    book = MappingBook().with_product("Mug", "OLD")
    rule = PromotionRule("charge", "CARR")

    changed = (
        book.with_product("MUG", "NEW", first=LATER)
        .with_promotion("ten", rule, last=DAY)
        .with_value("country", "UK", "GB")
    )

    assert (book.product("mug", LATER), book.promotion("TEN", DAY)) == ("OLD", None)
    assert (changed.product("mug", DAY), changed.product("mug", LATER)) == ("OLD", "NEW")
    assert (changed.promotion("TEN", DAY), changed.promotion("TEN", LATER)) == (rule, None)
    assert changed.value("country", "uk", DAY) == "GB"


def test_a_book_without_a_mapping_keeps_those_of_other_days():
    rule, other = PromotionRule("discount", "P-10"), PromotionRule("charge", "P-20")
    book = (
        MappingBook()
        .with_product("MUG", "OLD", last=DAY)
        .with_product("MUG", "NEW", first=LATER)
        .with_promotion("TEN", rule, last=DAY)
        .with_promotion("TEN", other, first=LATER)
        .with_value("country", "Blighty", "GB", last=DAY)
        .with_value("country", "Blighty", "UK", first=LATER)
    )

    less = (
        book.without_product(" mug ", "OLD", last=DAY)
        .without_promotion("ten", rule, last=DAY)
        .without_value("country", "blighty", "GB", last=DAY)
    )

    assert (less.product("MUG", DAY), less.product("MUG", LATER)) == (None, "NEW")
    assert (less.promotion("TEN", DAY), less.promotion("TEN", LATER)) == (None, other)
    assert less.value("country", "Blighty", DAY) is None
    assert less.value("country", "Blighty", LATER) == "UK"
    assert book.without_product("MUG", "OTHER", last=DAY).product("MUG", DAY) == "OLD"
