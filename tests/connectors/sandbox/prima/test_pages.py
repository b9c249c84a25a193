"""The pages for training: what Prima holds, safely shown."""

import pytest
import requests

from tests.connectors.sandbox.prima.world import order


def page(sandbox, path):
    return requests.get(f"{sandbox.base_url}/prima/{path}", timeout=5)


def test_orders_are_listed_with_a_link_to_each(sandbox, prima):
    prima.place(order("O-1"))

    listed, one = page(sandbox, ""), page(sandbox, "orders/SO-000001")

    assert "/prima/orders/SO-000001" in listed.text
    assert "12.00 GBP" in listed.text
    assert "<h1>Order SO-000001</h1>" in one.text
    assert "MUG" in one.text


@pytest.mark.parametrize(
    ("path", "expected"),
    [("accounts", "ACME01"), ("items", "BOOT|BLACK|42"), ("codes", "AUTUMN10")],
)
def test_each_section_shows_what_prima_holds(sandbox, path, expected):
    assert expected in page(sandbox, path).text


def test_the_search_narrows(sandbox):
    text = page(sandbox, "accounts?q=Jane").text

    assert "JANE01" in text
    assert "ACME01" not in text
    assert "Nothing here." in page(sandbox, "accounts?q=100%25_").text


def test_names_are_escaped(sandbox, prima):
    prima.post("/customers", {"name": "<script>alert(1)</script>"})

    assert "<script>" not in page(sandbox, "accounts").text
    assert "&lt;script&gt;" in page(sandbox, "accounts").text
    assert 'value="&quot;&gt;' in page(sandbox, 'accounts?q=">').text


def test_long_lists_have_pages(sandbox, prima):
    for number in range(55):
        prima.post("/customers", {"name": f"Number {number}"})

    first, second = page(sandbox, "accounts"), page(sandbox, "accounts?page=2")

    assert "63 found, page 1 of 2" in first.text
    assert ">Next</a>" in first.text
    assert ">Previous</a>" in second.text


@pytest.mark.parametrize("path", ["nothing", "orders/SO-9", "items/MUG"])
def test_what_is_not_there_is_said(sandbox, path):
    assert page(sandbox, path).status_code == 404


def test_a_page_number_that_is_none_is_the_first(sandbox):
    assert "page 1 of 1" in page(sandbox, "items?page=-3").text
    assert page(sandbox, "items?page=9").status_code == 200
