"""What the desk finds in a built-in world is what the world says is wrong; the rest Prima takes."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connectors.prima.rest.capabilities_payload import capabilities_from
from connectors.prima.rest.customer_payload import customer_from
from connectors.prima.rest.item_payload import code_from, item_from, tax_code_from
from connectors.prima.rest.order_payload import order_payload
from connectors.sandbox.clock import Clock
from connectors.sandbox.faults import Faults
from connectors.sandbox.prima import seed
from connectors.sandbox.prima.capabilities import build as build_capabilities
from connectors.sandbox.prima.installation import Company, Installation
from connectors.sandbox.prima.order_checks.verdict import judge
from connectors.sandbox.scenarios import broken_promotions, busy_week, happy_day, malformed_rows
from connectors.sandbox.store import Store
from connectors.sync.orders.arrival import SourceColumns, arrivals
from connectors.sync.orders.reading import read
from connectors.sync.orders.translate import translate_reading
from connectors.sync.orders.world import Reference, World
from integration.mapping.book import CountryRule, Dated, MappingBook, Policy, PromotionRule
from integration.records.item import CodeList

TODAY = datetime(2026, 11, 23, tzinfo=UTC)


def book_of(mappings):
    def dated(entries):
        return {source.upper(): (Dated(what),) for source, what in entries}

    domains = {value["domain"] for value in mappings["values"]}
    policy = mappings["policy"]
    return MappingBook(
        products=dated((p["source_sku"], p["prima_sku"]) for p in mappings["products"]),
        promotions=dated(
            (
                p["source_code"],
                PromotionRule(
                    p["treatment"],
                    p["prima_code"],
                    number(p.get("max_percent")),
                    number(p.get("max_amount")),
                    p["may_stack"],
                ),
            )
            for p in mappings["promotions"]
        ),
        values={
            domain: dated(
                (v["source"], v["target"]) for v in mappings["values"] if v["domain"] == domain
            )
            for domain in domains
        },
        tax_rules={
            (r["country"], r["customer_type"]): CountryRule(r["tax_number_required"], r["tax_code"])
            for r in mappings["tax_rules"]
        },
        policy=Policy(
            currencies=tuple(policy["currencies"].split(",")),
            default_source_media=policy["default_source_media"],
        ),
    )


def number(text):
    return None if text is None else Decimal(text)


def world_of(scenario):
    prima = scenario["prima"]
    lists: dict[CodeList, str] = {
        "charge": "charge_codes",
        "promotion": "promotion_codes",
        "source_media": "source_media",
        "payment_method": "payment_methods",
    }
    accounts = [customer_from({"id": c["account_code"], **c}) for c in prima["customers"]]
    by_email: dict[str, list[str]] = {}
    for account in accounts:
        by_email.setdefault(account.email.lower(), []).append(account.account_code)
    capabilities = build_capabilities(prima["capabilities"])
    return World(
        reference=Reference(
            book=book_of(scenario["mappings"]),
            capabilities=capabilities_from(capabilities.document),
            today=date(2026, 11, 23),
            codes={
                (name, entry["code"]): code_from(name, entry)
                for name, key in lists.items()
                for entry in prima[key]
            },
            tax_codes={entry["code"]: tax_code_from(entry) for entry in prima["tax_codes"]},
        ),
        items={item.sku_key.upper(): item for item in map(item_from, prima["items"])},
        accounts={account.account_code: account for account in accounts},
        by_key={
            key["key"]: (c["account_code"],)
            for c in prima["customers"]
            for key in c["external_keys"]
        },
        by_email={email: tuple(codes) for email, codes in by_email.items()},
    )


def translations(scenario):
    tables = {table["key"]: table["rows"] for table in scenario["sfmc"]["data_extensions"]}
    world = world_of(scenario)
    came = arrivals(
        tables["Campaign_Order"],
        tables["Campaign_Order_Line"],
        tables["Campaign_Order_Promotion"],
        SourceColumns.of({}),
    )
    return {one.key: translate_reading(read(one.payload, world.reference), world) for one in came}


@pytest.fixture
def prima(tmp_path):
    """Opens the books of a scenario's main company as Prima keeps them."""
    stores = []

    def opened(scenario):
        part, store = scenario["prima"], Store(tmp_path / "prima.sqlite3")
        stores.append(store)
        installation = Installation(store, Faults(), Clock())
        company = Company("main", store, build_capabilities(part["capabilities"]))
        installation.companies["main"] = company
        seed.prepare(installation, part)
        return company

    yield opened
    for store in stores:
        store.close()


@pytest.mark.parametrize("world", [happy_day, busy_week, broken_promotions, malformed_rows])
def test_the_desk_finds_what_is_wrong_and_nothing_else(world):
    scenario = world.build(today=TODAY)

    found = {
        key: sorted({problem.code for problem in translation.problems})
        for key, translation in translations(scenario).items()
    }

    assert {key: kinds for key, kinds in found.items() if kinds} == scenario["truth"]


@pytest.mark.parametrize("world", [happy_day, busy_week, broken_promotions])
def test_prima_takes_every_right_order_as_the_desk_sends_it(world, prima):
    scenario = world.build(today=TODAY)
    company = prima(scenario)
    right = [one.order for one in translations(scenario).values() if one.order is not None]

    with company.store.read() as db:
        refused = {
            order.external_ref: [
                (issue.pointer, issue.code, issue.message) for issue in verdict.errors
            ]
            for order in right
            if (verdict := judge(db, company, order_payload(order))).errors
        }

    assert len(right) >= 60
    assert refused == {}
