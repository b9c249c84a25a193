"""Change feeds: in order, without gaps, and honest about what they no longer know."""

import pytest

from tests.connectors.sandbox.prima.world import order


def follow(prima, resource, cursor="", limit=100, **query):
    """Every entry from the cursor on, and the last cursor."""
    entries = []
    while True:
        asked = "&".join(f"{k}={v}" for k, v in {"cursor": cursor, "limit": limit, **query}.items())
        page = prima.get(f"/{resource}/changes?{asked}").json()
        entries += page["items"]
        cursor, query = page["next_cursor"], {}
        if not page["has_more"]:
            return entries, cursor


def codes(entries):
    return [entry["data"]["account_code"] for entry in entries]


def test_the_feed_begins_with_everything_and_pages(prima):
    entries, cursor = follow(prima, "customers", limit=3)

    assert len(entries) == 8
    assert {entry["op"] for entry in entries} == {"upsert"}
    assert follow(prima, "customers", cursor) == ([], cursor)


def test_a_change_comes_after_the_cursor_with_its_version(prima):
    _, cursor = follow(prima, "customers")

    prima.control("PATCH", "customers/ACME01", {"phone": "1"})
    prima.control("PATCH", "customers/ACME01", {"phone": "2"})
    entries, _ = follow(prima, "customers", cursor)

    assert [(e["data"]["phone"], e["version"], e["data"]["version"]) for e in entries] == [
        ("2", "3", "3")
    ]


def test_what_is_deleted_leaves_a_tombstone(prima):
    jane = prima.get("/customers/by-account/JANE01").json()
    _, cursor = follow(prima, "customers")

    prima.control("DELETE", "customers/JANE01")
    entries, _ = follow(prima, "customers", cursor)

    assert entries == [
        {"op": "delete", "id": jane["id"], "version": "2", "tombstone": {"id": jane["id"]}}
    ]
    assert prima.get("/customers/by-account/JANE01").status_code == 404


def test_a_snapshot_ends_with_a_cursor_from_which_nothing_is_missed(prima):
    first = prima.get("/customers/changes?snapshot=true&limit=3").json()

    prima.control("PATCH", "customers/ACME01", {"phone": "changed meanwhile"})
    rest, cursor = follow(prima, "customers", first["next_cursor"], limit=3)
    later, _ = follow(prima, "customers", cursor)

    assert len(first["items"]) + len(rest) == 8
    assert codes(later) == ["ACME01"]


def test_a_plain_snapshot_does_the_same_with_the_records_themselves(prima):
    page = prima.get("/items?snapshot=true&limit=500").json()

    assert [item["sku"] for item in page["items"]] == sorted(item["sku"] for item in page["items"])
    assert follow(prima, "items", page["next_cursor"])[0] == []


def test_a_list_ends_without_a_cursor(prima):
    page = prima.get("/customers?limit=5").json()
    last = prima.get(f"/customers?cursor={page['next_cursor']}").json()

    assert (page["has_more"], last["has_more"], last["next_cursor"]) == (True, False, None)
    assert len(page["items"]) + len(last["items"]) == 8


@pytest.mark.parametrize("resource", ["customers", "items", "sales-orders", "availability"])
def test_an_expired_cursor_is_gone_and_a_snapshot_starts_again(prima, resource):
    prima.place(order())
    _, cursor = follow(prima, resource)

    prima.control("POST", "cursors/expire", {"resource": resource})
    answer = prima.get(f"/{resource}/changes?cursor={cursor}")

    assert answer.status_code == 410
    assert answer.json()["type"] == "urn:prima:problem:cursor-expired"
    assert answer.json()["errors"][0]["code"] == "cursor.expired"
    entries, fresh = follow(prima, resource, snapshot="true")
    assert entries
    assert follow(prima, resource, fresh)[0] == []


def test_a_cursor_from_before_a_reload_is_gone(sandbox, prima):
    prima.control("PATCH", "customers/ACME01", {"phone": "1"})
    _, cursor = follow(prima, "customers")

    sandbox.reload()

    assert prima.get(f"/customers/changes?cursor={cursor}").status_code == 410


@pytest.mark.parametrize("cursor", ["x", "eyJhIjoxfQ", "W10", "____"])
def test_a_made_up_cursor_is_refused(prima, cursor):
    assert prima.get(f"/customers/changes?cursor={cursor}").status_code == 400


def test_a_cursor_of_another_resource_is_refused(prima):
    _, cursor = follow(prima, "customers")

    assert prima.get(f"/items/changes?cursor={cursor}").status_code == 400


@pytest.mark.parametrize("limit", ["0", "-1", "many"])
def test_a_limit_is_a_whole_number_from_one(prima, limit):
    assert prima.get(f"/customers/changes?limit={limit}").status_code == 400


def test_a_limit_is_cut_to_the_page_size(prima):
    assert prima.get("/customers/changes?limit=100000").status_code == 200


def test_orders_availability_and_consents_have_feeds_too(prima):
    prima.place(order("O-1"))
    prima.control("PUT", "availability/BOOK", {"free_stock": "3"})

    orders, _ = follow(prima, "sales-orders")
    stock, _ = follow(prima, "availability")

    assert [entry["data"]["order_number"] for entry in orders] == ["SO-000001"]
    assert [entry["id"] for entry in stock] == ["MUG", "BOOK"]
    assert follow(prima, "consents")[0] == []


def test_a_fault_delivers_entries_twice(sandbox, prima):
    sandbox.fault("duplicate_changes", path="/customers/changes")

    page = prima.get("/customers/changes").json()

    assert len(page["items"]) == 16
    assert page["items"][0] == page["items"][1]


def test_a_fault_delivers_old_entries_again_behind_new_ones(sandbox, prima):
    _, cursor = follow(prima, "customers")
    prima.control("PATCH", "customers/ACME01", {"phone": "1"})
    sandbox.fault("late_changes", path="/customers/changes", entries=2)

    entries, onward = follow(prima, "customers", cursor)

    assert codes(entries)[0] == "ACME01"
    assert len(entries) == 3
    assert follow(prima, "customers", onward)[0] == []
