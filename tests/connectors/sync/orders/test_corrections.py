"""People's corrections lie over the payload and never hide what the source says later."""

from connectors.sync.orders.corrections import corrected, value_at


def payload():
    return {"order": {"key": "W-1", "tax_number": "x"}, "lines": [{"sku": "A"}, {"sku": "B"}]}


def test_changes_apply_to_a_copy():
    original = payload()

    result = corrected(
        original,
        [{"/lines/1/sku": {"from": "B", "to": "C"}, "/order/email": {"from": None, "to": "a@b.c"}}],
    )

    assert result.payload["lines"][1] == {"sku": "C"}
    assert result.payload["order"]["email"] == "a@b.c"
    assert result.stale == ()
    assert original == payload()


def test_the_newest_change_of_a_field_counts_whichever_value_it_was_made_on():
    first = {"/order/tax_number": {"from": "x", "to": "y"}}

    on_the_corrected = corrected(
        payload(), [first, {"/order/tax_number": {"from": "y", "to": "z"}}]
    )
    on_the_original = corrected(payload(), [first, {"/order/tax_number": {"from": "x", "to": "z"}}])

    assert on_the_corrected.payload["order"]["tax_number"] == "z"
    assert on_the_original.payload["order"]["tax_number"] == "z"
    assert (on_the_corrected.stale, on_the_original.stale) == ((), ())


def test_a_change_of_what_has_changed_since_is_stale():
    result = corrected(
        payload(),
        [
            {
                "/order/tax_number": {"from": "old", "to": "new"},
                "/lines/9/sku": {"from": "", "to": "Z"},
                "/order/key/deep": {"from": "", "to": "Z"},
                "": {"from": "", "to": {}},
                "/lines/0": "nonsense",
            }
        ],
    )

    assert result.payload == payload()
    assert len(result.stale) == 5


def test_a_change_of_a_line_does_not_land_on_another_that_took_its_place():
    mine = {"line_no": "2", "sku": "A", "quantity": "1"}
    other = {"line_no": "1", "sku": "B", "quantity": "1"}
    change = {"/lines/0/quantity": {"from": "1", "to": "2", "of": "2 A"}}

    there = corrected({"lines": [mine]}, [change])
    moved = corrected({"lines": [other, mine]}, [change])

    assert there.payload["lines"][0]["quantity"] == "2"
    assert moved.payload == {"lines": [other, mine]}
    assert moved.stale == ("/lines/0/quantity",)


def test_pointers_reach_names_with_slashes():
    assert value_at({"a/b": {"~": 1}}, "/a~1b/~0") == 1
    assert value_at([1], "/00000000000000000000001") is None
    assert value_at([1], "/²") is None


def test_the_key_of_an_order_is_never_corrected():
    change = {"from": "W-1", "to": "W-2"}

    result = corrected(payload(), [{"/order/key": change, "/order": {"from": {}, "to": {}}}])

    assert result.payload == payload()
    assert result.stale == ("/order/key", "/order")
