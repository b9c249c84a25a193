"""Payloads as rows of text."""

from exceptions.payload import Row, rows, singular, visible, words


def test_leaves_come_in_reading_order_with_their_pointers():
    payload = {"order": {"key": "O-1"}, "lines": [{"sku": "A", "unit_price": "1.00"}]}

    found = [(row.pointer, row.label, row.value) for row in rows(payload)]

    assert found == [
        ("/order", "Order", ""),
        ("/order/key", "Key", "O-1"),
        ("/lines/0", "Line 1", ""),
        ("/lines/0/sku", "SKU", "A"),
        ("/lines/0/unit_price", "Unit price", "1.00"),
    ]


def test_the_bad_field_is_marked_even_when_it_is_empty():
    found = rows({"order": {"tax_number": ""}}, ["/order/tax_number"])

    assert found[-1] == Row("/order/tax_number", "Tax number", "(empty)", bad=True, depth=2)


def test_a_correction_shows_both_values():
    changes = {"/order/city": {"from": "Leds", "to": "Leeds"}}

    row = rows({"order": {"city": "Leds"}}, changes=changes)[-1]

    assert (row.value, row.original, row.changed) == ("Leeds", "Leds", True)


def test_markup_and_control_characters_stay_visible_text():
    assert visible("a\x00b\x1b[31m\n<b>") == "a␀b␛[31m\n<b>"


def test_a_pointer_with_a_slash_in_its_key_is_escaped():
    assert rows({"a/b": {"c~d": "1"}})[-1].pointer == "/a~1b/c~0d"


def test_names_become_words():
    assert words("unit_price") == "Unit price"
    assert words("source_sku") == "Source SKU"
    assert singular("Lines") == "Line"
    assert singular("Address") == "Address"


def test_field_names_are_told_in_full():
    names = ["delivery_line1", "line_no", "line_nos", "skus", "extra"]

    assert [words(name) for name in names] == [
        "Delivery line 1",
        "Line number",
        "Line numbers",
        "SKUs",
        "Other columns",
    ]


def test_the_number_of_a_row_is_left_out_and_other_columns_are_shown() -> None:
    line = {"sku": "A", "extra": {"rowid": "CO-1-1"}}
    gift = {"sku": "B", "extra": {"rowid": "CO-1-2", "wrapping": "red"}}

    shown = [(row.label, row.value) for row in rows({"lines": [line, gift]})]

    assert ("Row ID", "CO-1-1") not in shown
    assert shown.count(("Other columns", "")) == 1
    assert ("Wrapping", "red") in shown
