"""Every kind keeps its promises: words, an owner, actions that exist, a stable fingerprint."""

from pathlib import Path

import pytest

from exceptions.action import actions
from exceptions.fingerprint import fingerprint
from exceptions.kind import Kind, kind_of, kinds, shape
from integration.accounts.roles import ROLES, May
from tests.factories.cases import FACTS, account, case_of, code, item, order

KINDS = [pytest.param(kind, id=slug) for slug, kind in kinds().items()]
ROOT = Path(__file__).parents[2]
JARGON = ("exception", "payload", "traceback", "sync item", "json", "null", "boolean", "regex")


def test_the_facts_of_every_kind_are_known_to_the_tests() -> None:
    assert set(FACTS) == set(kinds())


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_speaks_plainly(kind: Kind) -> None:
    words = " ".join([kind.title, kind.plural, kind.meaning, *kind.what_to_do])

    assert len(kind.meaning) > 80
    assert 3 <= len(kind.what_to_do) <= 6
    assert not [word for word in JARGON if word in words.lower()]
    assert all(step.endswith(".") for step in kind.what_to_do)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_offers_actions_that_exist_and_its_owner_may_take_some(kind: Kind) -> None:
    assert set(kind.actions) <= set(actions())
    assert len(set(kind.actions)) == len(kind.actions)
    assert May.WORK_CASES in ROLES[kind.owner] or kind.owner.value == "admin"


@pytest.mark.parametrize("kind", KINDS)
def test_the_steps_name_buttons_that_are_there(kind: Kind) -> None:
    labels = {actions()[slug].label for slug in kind.actions}
    named = [part.split("”")[0] for step in kind.what_to_do for part in step.split("“")[1:]]
    assert set(named) <= labels


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_has_its_page_in_the_manual(kind: Kind) -> None:
    page = (ROOT / kind.manual).read_text()

    assert page.startswith(f"# {kind.title}\n")
    assert page.count("\n## ") >= 4


@pytest.mark.parametrize("kind", KINDS)
def test_a_title_names_the_cause_and_survives_missing_facts(kind: Kind) -> None:
    facts = {**FACTS[kind.slug], "order": "CO-1"}

    assert 10 < len(kind.title_for(facts)) < 160
    assert kind.title_for({"order": "CO-1"})
    assert kind.title_for({})


@pytest.mark.parametrize("kind", KINDS)
def test_a_title_names_nobody(kind: Kind) -> None:
    """It goes into the audit trail, which nobody can take a name out of again."""
    person = {"email": "ruth@example.com", "tax_number": "GB999999973"}
    if "name" in kind.personal:
        person["name"] = "Ruth Thompson"

    title = kind.title_for({**FACTS[kind.slug], **person})

    assert [value for value in person.values() if value in title] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_fingerprint_is_stable_whatever_order_case_and_space(kind: Kind) -> None:
    facts = {**FACTS[kind.slug], "order": "CO-1"}
    other = {name: f"  {value.upper()} " for name, value in reversed(facts.items()) if value}

    one = fingerprint(kind.slug, kind.cause(facts), "CO-1")

    assert one.startswith("v1:")
    assert len(one) <= 64
    if kind.slug != "bad_discount":  # Its reason is a fixed word, never typed by anybody.
        assert one == fingerprint(kind.slug, kind.cause(other), "CO-1")


def test_without_facts_the_record_is_the_cause() -> None:
    assert fingerprint("unknown_sku", {}, "CO-1") != fingerprint("unknown_sku", {}, "CO-2")


def test_one_promotion_above_the_limit_is_one_case_whatever_its_structure() -> None:
    kind = kind_of("bad_discount")
    percent = {"code": "X", "type": "percent", "reason": "over_limit"}

    assert kind.cause(percent) == kind.cause({**percent, "type": "amount"})
    assert kind.cause({**percent, "reason": "unmapped"}) != kind.cause(
        {**percent, "reason": "unmapped", "type": "amount"}
    )


def test_a_refusal_of_prima_is_one_cause_whichever_line_it_was_on() -> None:
    assert shape("/lines/3/allocations/12/amount") == "/lines/*/allocations/*/amount"


@pytest.mark.django_db
def test_a_product_that_differs_in_punctuation_is_suggested_first() -> None:
    item("WARRANTY3Y", "Garantie")
    item("WAR-36", "Warranty 3 years")
    item("BOOT", "Walking boot")

    found = kind_of("unknown_sku").suggestions(case_of("unknown_sku"))

    assert [(one.initial["product"], one.reason) for one in found] == [
        ("WARRANTY3Y", "differs only in punctuation or case"),
        ("WAR-36", "same words in the description"),
    ]


@pytest.mark.django_db
def test_an_account_is_suggested_with_the_reason_and_a_pool_account_never() -> None:
    account("ACME", "Acme Trading Ltd", email="A@acme.example", postcode="LS1 4AP")
    account("WEB", "Acme Trading Ltd", email="a@acme.example", is_pool=True)
    account("OTHER", "Zenith plc")

    found = kind_of("customer_not_found").suggestions(case_of("customer_not_found"))

    assert [(one.initial["account"], one.reason) for one in found] == [
        ("ACME", "same e-mail and similar name")
    ]


@pytest.mark.django_db
def test_a_code_of_prima_is_suggested_for_a_word_of_the_campaign() -> None:
    code("charge", "CARR-DRONE", "Drone delivery")
    code("charge", "CARR", "Carriage")
    order("CO-1")

    found = kind_of("unmapped_value").suggestions(case_of("unmapped_value"))

    assert found[0].initial["target"] == "CARR-DRONE"


@pytest.mark.django_db
def test_a_promotion_without_a_place_gets_the_codes_that_look_like_it() -> None:
    code("promotion", "SUMMER-50", "Summer sale")
    code("promotion", "WINTER", "Winter sale")

    unmapped = kind_of("bad_discount").suggestions(case_of("bad_discount", reason="unmapped"))
    above = kind_of("bad_discount").suggestions(case_of("bad_discount", "CO-2"))

    assert [(one.initial["prima_code"], one.reason) for one in unmapped] == [
        ("SUMMER-50", "differs only in punctuation or case")
    ]
    assert above == []


@pytest.mark.django_db
def test_a_long_address_line_comes_with_a_way_to_break_it() -> None:
    case = case_of(
        "incompatible_address", reasons="line_too_long", suggestion="Long Farm\nNear the mill"
    )

    (one,) = kind_of("incompatible_address").suggestions(case)

    assert one.action == "correct_order"
    assert one.initial == {
        "order": "CO-1",
        "order.delivery_line1": "Long Farm",
        "order.delivery_line2": "Near the mill",
    }


@pytest.mark.django_db
def test_a_channel_islands_postcode_comes_with_its_country() -> None:
    case = case_of("incompatible_address", reasons="crown_dependency", suggestion="JE")

    (one,) = kind_of("incompatible_address").suggestions(case)

    assert one.initial["order.delivery_country"] == "JE"
