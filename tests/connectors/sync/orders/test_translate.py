"""A whole order: what goes to Prima, and that everything wrong is found at once."""

from decimal import Decimal

from tests.connectors.sync.orders.worlds import (
    GENEROUS,
    SecondOpinion,
    found,
    line,
    payload,
    promotion,
    translated,
    world,
)


def test_an_order_in_order_goes_to_prima_to_the_penny():
    # given two mugs and a book with ten percent off, carriage and a gift card
    sent = payload(
        line("1", "WEB-MUG", quantity="2"),
        line("2", "BOOK", unit_price="10.00"),
        promotions=(
            promotion("TEN", value="10", amount="3.40"),
            promotion(
                "GIFTCARD", sequence="2", type="voucher", value="20", amount="20", reference="V-1"
            ),
        ),
        shipping_code="standard",
        shipping_amount="4.95",
        source_media="newsletter",
        total_paid="35.55",
        tax_total="4.43",
        customer_po="PO 7",
    )

    # when
    translation = translated(sent)

    # then
    assert translation.problems == ()
    assert translation.matched_by == "external_key"
    order = translation.order
    assert order is not None
    assert (order.external_system, order.external_ref) == ("sfmc", "W-1")
    assert (order.account_code, order.source_media, order.customer_po) == (
        "JANE01",
        "EMAIL",
        "PO 7",
    )
    mug, book = order.lines
    assert [(a.discount_ref, a.amount) for a in mug.allocations] == [("D1", Decimal("2.40"))]
    assert (mug.sku, mug.net_amount, mug.tax_amount) == ("MUG", Decimal("18.00"), Decimal("3.60"))
    assert (book.net_amount, book.tax_amount) == (Decimal("9.00"), Decimal("0"))
    assert [(c.code, c.net_amount, c.tax_amount) for c in order.charges] == [
        ("CARR", Decimal("4.12"), Decimal("0.83"))
    ]
    assert [(p.method, p.amount, p.voucher_number) for p in order.payments] == [
        ("VOUCHER", Decimal("20"), "V-1"),
        ("CARD", Decimal("15.55"), ""),
    ]
    assert order.totals.gross == Decimal("35.55")
    assert order.totals.discount_total == Decimal("3.40")
    assert order.delivery_address.postcode == "LS1 4DL"


def test_prima_agrees_with_what_is_sent():
    prima = SecondOpinion()
    sent = payload(
        line("1", "WEB-BOOT-42", quantity="3", unit_price="33.33"),
        line("2", "SEAT", quantity="1.5", unit_price="7.777"),
        promotions=(promotion("TEN", value="12.5"), promotion("FREESHIP", type="free_shipping")),
        shipping_code="CARR",
        shipping_amount="4.95",
        total_paid="97.70",
    )

    translation = translated(sent)

    assert translation.problems == ()
    assert translation.order is not None
    assert prima.refusals(translation.order) == []
    prima.close()


def test_all_problems_are_found_in_one_pass():
    sent = payload(
        line("1", "WARRANTY-3Y"),
        line("2", "BARRED"),
        line("3", "WARRANTY-3Y"),
        promotions=(promotion("NOBODY-KNOWS", value="10"),),
        email="jane(at)example.com",
        tax_number="GB123456789",
        invoice_postcode="NOT A CODE",
        payment_method="shells",
        source_media="tv",
        currency="USD",
        total_paid="1.00",
    )

    assert found(sent) == [
        ("currency_not_allowed", "policy"),
        ("invalid_email", "form"),
        ("invalid_tax_number", ""),
        ("incompatible_address", "postcode"),
        ("unknown_sku", "WARRANTY-3Y"),
        ("item_not_sellable", "blocked"),
        ("unmapped_value", "payment_method"),
        ("unmapped_value", "source_media"),
        ("bad_discount", "unmapped"),
        ("total_mismatch", "total_paid"),
    ]


def test_what_cannot_be_read_does_not_hide_the_rest():
    sent = payload(line("1", "WARRANTY-3Y", quantity="two"), payment_method="shells")

    assert found(sent) == [
        ("unreadable_order", "number"),
        ("unknown_sku", "WARRANTY-3Y"),
        ("unmapped_value", "payment_method"),
    ]


def test_a_problem_says_in_words_what_and_where_it_is():
    sent = payload(line("1", "WARRANTY-3Y", description="Warranty"), line("2", "WARRANTY-3Y"))

    (problem,) = translated(sent).problems[:1]

    assert problem.message == (
        "Order W-1: the SKU WARRANTY-3Y is mapped to no product, "
        "and Prima has no item of that code."
    )
    assert problem.facts == {"sku": "WARRANTY-3Y", "mapped_to": "", "description": "Warranty"}
    assert problem.pointers == ("/lines/0/sku", "/lines/1/sku")
    assert problem.target_pointers == ("/lines/0/sku", "/lines/1/sku")


def test_the_same_order_gives_the_same_answer_again():
    sent = payload(
        line("1", "MUG", quantity="3", unit_price="3.33"),
        line("2", "MUG", quantity="3", unit_price="3.33"),
        promotions=(promotion("TEN", type="amount", value="10"),),
        total_paid="9.98",
    )

    once, again = translated(sent, world(GENEROUS)), translated(sent, world(GENEROUS))

    assert once == again
    assert once.order is not None


def test_a_tax_rule_that_hangs_on_an_unknown_customer_stops_the_tax_only():
    """A German company would pay no tax; whether the stranger is one, nobody knows."""
    abroad = {
        "invoice_country": "DE",
        "invoice_postcode": "10115",
        "invoice_city": "Berlin",
        "contact_key": "C-NEW",
        "email": "new@example.com",
    }
    right = payload(total_paid="12.00", **abroad)
    wrong = payload(total_paid="11.00", **abroad)

    assert found(right) == [("customer_not_found", "unknown")]
    assert found(wrong) == [("customer_not_found", "unknown"), ("total_mismatch", "total_paid")]


def test_lines_can_belong_to_a_set():
    sent = payload(
        line("1", "MUG"), line("2", "GIFT", unit_price="0.00", parent_line_no="1"), total_paid="12"
    )

    order = translated(sent).order

    assert order is not None
    assert [one.parent_line_ref for one in order.lines] == ["", "1"]


def test_a_matrix_product_keeps_its_codes():
    order = translated(payload(line("1", "WEB-BOOT-42"))).order

    assert order is not None
    assert (order.lines[0].sku, order.lines[0].variant) == ("BOOT", ("RED", "42", "", ""))


def test_an_order_of_nothing_but_gifts_is_taken():
    sent = payload(line("1", "GIFT", unit_price="0.00"), total_paid="0.00", payment_method="")

    order = translated(sent, world(GENEROUS)).order

    assert order is not None
    assert order.payments == ()
