"""Items, what is free of them, and what they cost."""

import pytest


def test_an_item_is_found_by_its_key_with_matrix_codes(prima):
    boot = prima.get("/items/BOOT%7CBLACK%7C42").json()

    assert boot["sku_key"] == "BOOT|BLACK|42"
    assert boot["variant"] == {"m1": "BLACK", "m2": "42", "m3": "", "m4": ""}
    assert prima.get("/items/BOOT").status_code == 404


def test_a_service_item_is_opened_and_sold(prima):
    body = {"sku": "SETUP", "description": "Set-up", "kind": "service", "tax_code": "S"}

    answer = prima.post("/items", body, "item-1")

    assert answer.status_code == 201
    assert prima.post("/items", body, "item-1").headers["Idempotent-Replay"] == "true"
    assert prima.post("/items", body, "item-2").json()["type"].endswith(":duplicate-sku")
    assert prima.get("/items/SETUP").json()["kind"] == "service"


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"kind": "stock"}, "#/kind", "item.kind_mismatch"),
        ({"kind": "thing"}, "#/kind", "enum.unmapped"),
        ({"tax_code": "NONE"}, "#/tax_code", "tax.code_unknown"),
        ({"sku": "A|B"}, "#/sku", "field.invalid"),
        ({"sku": "S" * 31}, "#/sku", "field.too_long"),
        ({"description": ""}, "#/description", "field.required"),
        ({"colour": "red"}, "#/colour", "field.unknown"),
        ({"price": 9.99}, "#/price", "field.invalid"),
    ],
)
def test_an_item_prima_cannot_keep_is_refused(prima, change, pointer, code):
    body = {"sku": "SETUP", "description": "Set-up", "kind": "service", **change}

    answer = prima.post("/items", body)

    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]


def test_an_item_is_blocked_with_the_version_that_was_read(prima):
    blind = prima.send("PATCH", "/items/MUG", {"status": "blocked"})
    done = prima.send("PATCH", "/items/MUG", {"status": "blocked"}, If_Match='"1"')
    price = prima.send("PATCH", "/items/MUG", {"price": "1.00"}, If_Match='"2"')

    assert blind.status_code == 428
    assert done.json()["status"] == "blocked"
    assert price.json()["errors"][0]["code"] == "field.unknown"


def test_what_was_never_counted_is_unknown_not_zero(prima):
    answer = prima.post("/availability/query", {"items": [{"sku": "MUG"}, {"sku_key": "BOOK"}]})

    mug, book = answer.json()["items"]
    assert (mug["free_stock"], mug["status"], mug["warehouse"]) == ("5", "known", "MAIN")
    assert (book["free_stock"], book["status"]) == (None, "unknown")


def test_two_hundred_items_are_asked_for_at_most(prima):
    answer = prima.post("/availability/query", {"items": [{"sku": "MUG"}] * 201})

    assert answer.json()["errors"][0]["limit"] == "200"


def test_a_price_comes_from_the_list_then_the_item_else_it_is_missing(prima):
    items = [{"sku": "MUG", "quantity": "2"}, {"sku": "BOOK"}, {"sku": "CARE"}, {"sku": "NOPE"}]

    answer = prima.post(
        "/prices/query", {"account_code": "ACME01", "currency": "GBP", "items": items}
    )

    mug, book, care, nope = answer.json()["items"]
    assert (mug["unit_price"], mug["source"]) == ("8.5000", "price_list:TRADE")
    assert (book["unit_price"], book["source"]) == ("12.50", "item")
    assert care["error"]["code"] == "price.missing"
    assert nope["error"]["code"] == "item.not_found"


def test_a_price_in_another_currency_is_missing(prima):
    answer = prima.post("/prices/query", {"currency": "EUR", "items": [{"sku": "BOOK"}]})

    assert answer.json()["items"][0]["error"]["code"] == "price.missing"
