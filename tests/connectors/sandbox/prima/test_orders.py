"""Orders: booked once for ever, found again, cancelled, held, released."""

import threading
from collections import Counter

from tests.connectors.sandbox.prima.world import Client, line, order


def booked(prima):
    return prima.get("/sales-orders?limit=500").json()["items"]


def test_an_order_is_booked(prima):
    answer = prima.place(order("O-1"))

    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/prima/v1/main/sales-orders/{made['id']}"
    assert made["order_number"] == "SO-000001"
    assert made["external_ref"] == {"system": "sfmc", "ref": "O-1"}
    assert made["customer"]["account_code"] == "JANE01"
    assert (made["order_status"], made["raw_status"]) == ("accepted", "OPEN")
    assert (made["fulfilment_status"], made["invoice_status"]) == ("none", "none")
    assert made["payment_status"] == "paid"
    assert made["lines"][0]["shipped_qty"] == "0"
    assert made["totals"] == {
        "goods_net": "10.00",
        "discount_total": "0.00",
        "charges_net": "0.00",
        "tax_total": "2.00",
        "tax_summary": [{"code": "S", "rate": "20", "base": "10.00", "tax": "2.00"}],
        "gross": "12.00",
        "rounding_adjustment": "0.00",
    }


def test_an_order_is_found_by_id_number_and_reference(prima):
    made = prima.place(order("O/1 é")).json()
    made.pop("warnings")

    assert prima.get(f"/sales-orders/{made['id']}").json() == made
    assert prima.get("/sales-orders/by-number/SO-000001").json() == made
    assert prima.get("/sales-orders/by-external/sfmc/O%2F1%20%C3%A9").json() == made
    assert prima.get("/sales-orders/by-external/sfmc/O-2").status_code == 404
    assert prima.get("/sales-orders/by-external/shop/O%2F1%20%C3%A9").status_code == 404


def test_the_same_order_again_is_the_order_that_is_there(prima):
    body = order("O-1")
    first = prima.place(body, "key-1")

    same_key, other_key = prima.place(body, "key-1"), prima.place(body, "key-2")

    for again in (same_key, other_key):
        assert again.status_code == 200
        assert again.headers["Idempotent-Replay"] == "true"
        assert again.json()["order_number"] == first.json()["order_number"]
    assert len(booked(prima)) == 1


def test_the_order_of_the_members_does_not_matter(prima):
    body = order("O-1")
    prima.place(body)

    assert prima.place(dict(reversed(body.items()))).status_code == 200


def test_the_same_reference_with_other_contents_is_refused(prima):
    first = prima.place(order("O-1"), "key-1").json()

    answer = prima.place(order("O-1", customer_po="PO-7"), "key-1")

    told = answer.json()
    assert answer.status_code == 409
    assert told["type"] == "urn:prima:problem:duplicate-external-ref"
    assert told["existing_order_number"] == "SO-000001"
    assert told["existing_content_hash"] == first["content_hash"]
    assert told["content_hash"] != first["content_hash"]
    assert told["errors"][0]["code"] == "external_ref.duplicate"
    assert len(booked(prima)) == 1


def test_the_same_reference_of_another_system_is_another_order(prima):
    prima.place(order("O-1"))
    other = order("O-1", external_ref={"system": "shop", "ref": "O-1"})

    assert prima.place(other, "key-2").status_code == 201


def test_a_key_used_for_another_order_is_refused(prima):
    prima.place(order("O-1"), "key-1")

    answer = prima.place(order("O-2"), "key-1")

    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:prima:problem:idempotency-key-reused"
    assert len(booked(prima)) == 1


def test_keys_are_forgotten_after_thirty_days_references_never(sandbox, prima):
    body = order("O-1")
    prima.place(body, "key-1")

    sandbox.advance_clock(31 * 86_400)

    assert prima.place(order("O-2"), "key-1").status_code == 201
    assert prima.place(body, "key-3").status_code == 200


def test_without_a_key_no_order_is_booked(prima):
    answer = prima.send("POST", "/sales-orders", order("O-1"))

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:prima:problem:idempotency-key-missing"
    assert booked(prima) == []


def test_a_refused_order_succeeds_with_the_same_key_once_the_cause_is_mended(prima):
    body = order("O-1", customer={"account_code": "HELD01"})
    refused = prima.place(body, "key-1")

    prima.control("PATCH", "customers/HELD01", {"hold": "none"})
    mended = prima.place(body, "key-1")

    assert refused.status_code == 422
    assert mended.status_code == 201


def test_many_at_once_with_one_order_book_one(sandbox):
    body = order("O-1")
    answers = []

    def place(number):
        with Client(sandbox) as prima:
            answers.append(prima.place(body, f"key-{number % 3}").status_code)

    threads = [threading.Thread(target=place, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    counted = Counter(answers)
    assert counted[201] == 1
    assert set(counted) <= {200, 201, 409}
    with Client(sandbox) as prima:
        assert len(booked(prima)) == 1


def test_different_orders_at_once_are_all_booked_with_their_own_numbers(sandbox):
    def place(number):
        with Client(sandbox) as prima:
            for each in range(5):
                prima.place(order(f"P-{number}-{each}"))

    threads = [threading.Thread(target=place, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with Client(sandbox) as prima:
        numbers = sorted(each["order_number"] for each in booked(prima))
    assert numbers == [f"SO-{number:06d}" for number in range(1, 31)]


def test_checking_answers_the_priced_order_and_books_nothing(prima):
    answer = prima.post("/sales-orders:validate", order("O-1"))

    assert answer.json()["order"]["totals"]["gross"] == "12.00"
    assert answer.json()["order"]["order_status"] == "accepted"
    assert booked(prima) == []


def test_checking_tells_a_taken_reference(prima):
    prima.place(order("O-1"))

    assert prima.refused(order("O-1", customer_po="PO-7")) == [
        ("external_ref.duplicate", "#/external_ref")
    ]
    assert prima.refused(order("O-1")) == []


def test_an_account_may_be_named_by_an_external_key(prima):
    named = {"external_key": {"system": "sfmc", "key": "C-1"}}

    assert prima.place(order(customer=named)).json()["customer"]["account_code"] == "ACME01"


def test_an_order_is_held_and_released(prima):
    made = prima.place(order("O-1")).json()

    held = prima.post(f"/sales-orders/{made['id']}:hold", {"reason": "Fraud check"}).json()
    released = prima.post(f"/sales-orders/{made['id']}:release", {}).json()

    assert (held["order_status"], held["raw_status"]) == ("on_hold", "HELD")
    assert held["hold"] == {"on": True, "reason": "Fraud check"}
    assert released["order_status"] == "accepted"


def test_an_order_sent_on_hold_waits(prima):
    made = prima.place(order(hold={"on": True, "reason": "Check"})).json()

    assert made["order_status"] == "on_hold"


def test_an_order_is_cancelled_once(prima):
    made = prima.place(order("O-1")).json()
    path = f"/sales-orders/{made['id']}:cancel"

    first = prima.post(path, {"reason": "Changed her mind"}, "cancel-1")
    again = prima.post(path, {"reason": "Changed her mind"}, "cancel-1")

    assert first.json()["order_status"] == "cancelled"
    assert first.json()["lines"][0]["cancelled_qty"] == "1"
    assert again.headers["Idempotent-Replay"] == "true"
    assert prima.post(path, {}, "cancel-2").json()["version"] == first.json()["version"]


def test_an_allocated_order_is_no_longer_cancelled(prima):
    made = prima.place(order("O-1")).json()
    prima.control("POST", "orders/SO-000001/allocate")

    answer = prima.post(f"/sales-orders/{made['id']}:cancel", {})

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:prima:problem:order-state-conflict"


def test_orders_are_listed_by_account_and_status(prima):
    prima.place(order("O-1"))
    prima.place(order("O-2", customer={"external_key": {"system": "sfmc", "key": "C-1"}}))

    def refs(query):
        return [
            o["external_ref"]["ref"] for o in prima.get(f"/sales-orders?{query}").json()["items"]
        ]

    assert refs("account_code=ACME01") == ["O-2"]
    assert refs("order_status=accepted&account_code=JANE01") == ["O-1"]
    assert refs("order_status=cancelled") == []


def test_ten_thousand_lines_are_refused_in_words(prima):
    lines = [line(line_ref=str(number)) for number in range(10_000)]

    assert ("field.too_long", "#/lines") in prima.refused(order(lines=lines))
