"""What happens to an order in Prima, and the documents it leaves."""

from decimal import Decimal

import pytest

from tests.connectors.sandbox.prima.world import line, order


def two_lines(ref="O-1", **members):
    lines = [
        line(quantity="3", unit_price="9.99", net_amount="24.97", tax_amount="5.00"),
        line(line_ref="2", sku="CARE", kind="service"),
    ]
    payments = [{"method": "CARD", "amount": "41.97", "transaction_id": "T-9"}]
    return order(
        ref, lines=lines, **{"payments": payments, "expected_totals": {"gross": "41.97"}, **members}
    )


def act(prima, what, body=None, number="SO-000001"):
    answer = prima.control("POST", f"orders/{number}/{what}", body or {})
    assert answer.status_code == 200, answer.text
    return answer.json()


def read(prima, number="SO-000001"):
    return prima.get(f"/sales-orders/by-number/{number}").json()


def test_a_despatch_makes_a_shipment_and_takes_stock(prima):
    prima.place(two_lines())

    shipment = act(
        prima, "despatch", {"lines": [{"line_ref": "1", "quantity": "2"}], "tracking": "T1"}
    )

    assert shipment["number"] == "SHP-000001"
    assert shipment["lines"] == [{"line_ref": "1", "sku": "MUG", "quantity": "2"}]
    assert shipment["tracking"] == "T1"
    assert shipment["external_ref"]["ref"] == "O-1"
    assert read(prima)["fulfilment_status"] == "part_despatched"
    assert read(prima)["lines"][0]["shipped_qty"] == "2"
    stock = prima.post("/availability/query", {"items": [{"sku": "MUG"}]}).json()["items"][0]
    assert stock["free_stock"] == "3"
    assert prima.get("/shipments/SHP-000001").json() == shipment


def test_the_rest_completes_the_despatch(prima):
    prima.place(two_lines())
    act(prima, "despatch", {"lines": [{"line_ref": "1", "quantity": "2"}]})

    act(prima, "despatch")

    assert read(prima)["fulfilment_status"] == "despatched"
    assert prima.control("POST", "orders/SO-000001/despatch").status_code == 409


def test_part_invoices_add_up_to_the_order(prima):
    charge = {"code": "CARR", "net_amount": "3.29", "tax_code": "S", "tax_amount": "0.66"}
    paid = [{"method": "CARD", "amount": "45.92"}]
    prima.place(two_lines(charges=[charge], payments=paid, expected_totals={"gross": "45.92"}))

    parts = [
        act(prima, "invoice", {"lines": [{"line_ref": "1", "quantity": "1"}]}) for _ in range(3)
    ]
    parts.append(act(prima, "invoice"))

    assert [part["number"] for part in parts] == [f"INV-{n:06d}" for n in (1, 2, 3, 4)]
    assert sum(Decimal(part["gross"]) for part in parts) == Decimal("45.92")
    assert sum(Decimal(part["net"]) for part in parts) == Decimal("38.26")
    assert [len(part["charges"]) for part in parts] == [1, 0, 0, 0]
    assert read(prima)["invoice_status"] == "full"


def test_an_invoice_of_a_paid_order_has_receipts_and_nothing_outstanding(prima):
    prima.place(two_lines())

    invoice = act(prima, "invoice")

    assert invoice["outstanding"] == "0.00"
    receipt = prima.get("/receipts").json()["items"][0]
    assert (receipt["amount"], receipt["transaction_id"]) == ("41.97", "T-9")
    assert receipt["invoice_number"] == invoice["number"]


def test_an_invoice_on_account_is_owed(prima):
    prima.place(two_lines(customer={"account_code": "ACME01"}, payments=[]))

    invoice = act(prima, "invoice", {"date": "2026-11-21"})

    assert (invoice["outstanding"], invoice["due_date"]) == ("41.97", "2026-12-21")
    assert prima.get("/customers/by-account/ACME01").json()["balance"] == "941.97"
    act(prima, "pay")
    assert prima.get("/customers/by-account/ACME01").json()["balance"] == "900.00"
    assert read(prima)["payment_status"] == "paid"


def test_despatched_and_invoiced_is_completed(prima):
    prima.place(two_lines())

    act(prima, "despatch")
    act(prima, "invoice")

    assert read(prima)["order_status"] == "completed"


def test_a_credit_note_points_to_the_invoice(prima):
    prima.place(two_lines())
    act(prima, "invoice")

    note = act(
        prima, "credit", {"lines": [{"line_ref": "1", "quantity": "1"}], "reason_code": "FAULTY"}
    )

    assert (note["number"], note["invoice_number"]) == ("CRN-000001", "INV-000001")
    assert (note["net"], note["tax"], note["gross"]) == ("8.32", "1.67", "9.99")
    assert note["reason_code"] == "FAULTY"
    assert read(prima)["invoice_status"] == "credited"
    assert prima.get("/credit-notes/CRN-000001").json() == note


def test_an_invoice_can_be_made_wrong_for_rehearsal(prima):
    prima.place(two_lines())

    invoice = act(prima, "invoice", {"overrides": {"gross": "41.98"}})

    assert invoice["gross"] == "41.98"


def test_documents_are_read_only_and_come_in_feeds(prima):
    prima.place(two_lines())
    act(prima, "invoice")

    entries = prima.get("/invoices/changes").json()["items"]

    assert [entry["data"]["order_number"] for entry in entries] == ["SO-000001"]
    assert prima.post("/invoices", {}).status_code == 405
    assert prima.get("/invoices/INV-9").status_code == 404


def test_states_are_set_by_the_control_within_their_words(prima):
    prima.place(two_lines())

    rejected = act(prima, "status", {"order_status": "rejected"})
    wrong = prima.control("POST", "orders/SO-000001/status", {"order_status": "lost"})

    assert (rejected["order_status"], rejected["raw_status"]) == ("rejected", "REJ")
    assert wrong.status_code == 422


@pytest.mark.parametrize("what", ["despatch", "invoice", "allocate"])
def test_a_cancelled_order_is_not_worked_on(prima, what):
    prima.place(two_lines())
    act(prima, "cancel")

    assert prima.control("POST", f"orders/SO-000001/{what}").status_code == 409


def test_advance_moves_every_open_order_one_step(prima):
    prima.place(two_lines("O-1"))
    prima.place(two_lines("O-2"))

    states = []
    for _ in range(3):
        prima.control("POST", "orders/advance")
        states.append((read(prima)["fulfilment_status"], read(prima)["order_status"]))

    assert states == [
        ("allocated", "accepted"),
        ("despatched", "accepted"),
        ("despatched", "completed"),
    ]


def test_codes_items_and_accounts_are_changed_inside_prima(prima):
    prima.control("PUT", "codes/promotion-codes/NEW", {"description": "New"})
    prima.control("PATCH", "items/BLOCKED", {"status": "active", "tax_code": "S"})
    body = order(
        lines=[line(sku="BLOCKED", allocations=[{"discount_ref": "D", "amount": "0.00"}])],
        discounts=[{"ref": "D", "code": "NEW", "amount": "0.00"}],
    )

    assert prima.refused(body) == []
    prima.control("DELETE", "codes/promotion-codes/NEW")
    prima.control("DELETE", "items/BLOCKED")
    assert prima.refused(body) == [
        ("discount.unknown_code", "#/discounts/0/code"),
        ("item.not_found", "#/lines/0/sku"),
    ]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "customers", {}),
        ("POST", "customers", {"account_code": "ACME01", "name": "Twice"}),
        ("PUT", "availability/MUG", {}),
        ("POST", "orders", {"currency": "GBP"}),
        ("POST", "orders/SO-000001/pay", {"amount": "much"}),
        ("POST", "orders/SO-000001/despatch", {"lines": [{"line_ref": "9"}]}),
        ("POST", "consents", {}),
    ],
)
def test_a_word_to_the_control_that_does_not_fit_is_refused(prima, method, path, body):
    prima.place(two_lines())

    answer = prima.control(method, path, body)

    assert answer.status_code in (400, 422)
    assert answer.json()["detail"]


def test_a_receipt_has_the_day_of_its_invoice(prima):
    prima.place(two_lines())

    act(prima, "invoice", {"date": "2026-10-06"})

    assert prima.get("/receipts").json()["items"][0]["date"] == "2026-10-06"


def test_many_steps_are_done_at_once_in_their_order(prima):
    prima.place(two_lines())
    prima.place(two_lines("O-2"))
    steps = [
        {"number": "SO-000001", "do": "despatch", "with": {}},
        {"number": "SO-000001", "do": "invoice", "with": {"date": "2026-10-06"}},
        {"number": "SO-000002", "do": "cancel", "with": {"reason": "By mistake."}},
    ]

    answer = prima.control("POST", "orders/steps", {"steps": steps})

    assert answer.json() == {"done": 3}
    assert read(prima)["order_status"] == "completed"
    assert read(prima, "SO-000002")["order_status"] == "cancelled"


def test_of_steps_that_do_not_all_fit_none_is_done(prima):
    prima.place(two_lines())
    steps = [
        {"number": "SO-000001", "do": "despatch", "with": {}},
        {"number": "SO-000001", "do": "despatch", "with": {}},
    ]

    answer = prima.control("POST", "orders/steps", {"steps": steps})

    assert answer.status_code == 409
    assert read(prima)["fulfilment_status"] == "none"
    assert prima.get("/shipments").json()["items"] == []


def test_the_control_tells_every_order_and_the_address_of_each_account(prima):
    prima.place(two_lines())

    told = prima.control("GET", "orders", {}).json()

    assert [order["order_number"] for order in told["orders"]] == ["SO-000001"]
    assert "ACME01" in told["emails"]
