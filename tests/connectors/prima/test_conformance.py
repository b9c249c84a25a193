"""What every adapter of Prima must do alike. It is given only the port."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.errors import (
    CursorExpired,
    NotFound,
    PermanentError,
    Rejected,
    Stale,
)
from connectors.http import Conduct, HttpSession
from connectors.prima.port import Change, ChangePage, Prima
from connectors.sandbox.running import RunningSandbox
from integration.records.address import Address
from integration.records.customer import Customer, CustomerAddress
from integration.records.item import Code, Item, TaxCode
from tests.connectors.prima.adapters import LEEDS, LOOPBACK


def followed(read: Callable[[str], ChangePage], cursor: str = "") -> tuple[list[Change], str]:
    """All changes up to now, and the cursor behind them."""
    found: list[Change] = []
    while True:
        page = read(cursor)
        found += page.changes
        cursor = page.cursor
        if not page.has_more:
            return found, cursor


def inside(installation: RunningSandbox, method: str, what: str, **members: Any) -> Any:
    """Something happens in Prima without us."""
    session = HttpSession("Prima", installation.base_url, Conduct(addresses=LOOPBACK))
    target = f"/prima/__control__/{what}"
    answer = session.send(method, target, headers={}, body=json.dumps(members).encode())
    session.close()
    return answer.json()


def test_it_says_what_this_prima_can_do(prima: Prima) -> None:
    can = prima.capabilities()
    assert can.contract == "1"
    assert can.vat_rounding == "line"
    assert can.rounding_mode == "half_up"
    assert can.price_basis == ("net", "gross")
    assert can.order_discount == "allocate_to_lines"
    assert can.currencies == ("GBP", "EUR", "USD")
    assert can.tax_codes == {"S": "20", "Z": "0"}
    assert can.limits.calls_per_second == 500
    assert can.limits.length("addresses.lines", 60) == 30
    assert can.limits.length("no.such.path", 12) == 12


def test_it_reads_the_code_lists(prima: Prima) -> None:
    lists = prima.references()
    assert lists.tax_codes == (
        TaxCode("S", "Standard", Decimal(20), date(2011, 1, 4), None),
        TaxCode("Z", "Zero", Decimal(0)),
    )
    assert lists.codes == (
        Code("charge", "CARR", "Carriage", "S"),
        Code("promotion", "SPRING10", "Spring", "", None, date(2026, 12, 31)),
        Code("source_media", "EMAIL", "E-mail campaign"),
        Code("payment_method", "CARD", "Card"),
    )


def test_a_snapshot_holds_every_customer_once_and_goes_on_with_the_changes(prima: Prima) -> None:
    changes, cursor = followed(prima.customer_changes)

    accounts = [change.record.account_code for change in changes if change.record]
    assert len(accounts) == 602
    assert len(set(accounts)) == 602
    assert {change.op for change in changes} == {"upsert"}
    assert followed(prima.customer_changes, cursor) == ([], cursor)

    made = prima.create_customer(Customer("", "NEW01", "New Ltd"), idempotency_key="K-1")
    [change], _ = followed(prima.customer_changes, cursor)
    assert change.record == made
    assert (change.id, change.version) == (made.id, made.version)


def test_a_snapshot_holds_every_item(prima: Prima) -> None:
    changes, _ = followed(prima.item_changes)
    items = {change.record.sku_key: change.record for change in changes if change.record}
    assert set(items) == {"BOOT", "COAT|RED|XL", "OLD"}
    assert items["COAT|RED|XL"].variant == ("RED", "", "", "XL")
    assert items["BOOT"].price == Decimal("30.00")
    assert items["OLD"].status == "blocked"


def test_a_cursor_that_prima_forgot_asks_for_a_snapshot(
    installation: RunningSandbox, prima: Prima
) -> None:
    _, cursor = followed(prima.customer_changes)
    inside(installation, "POST", "cursors/expire")

    with pytest.raises(CursorExpired):
        prima.customer_changes(cursor)

    changes, _ = followed(prima.customer_changes)
    assert len(changes) == 602


def test_a_deleted_customer_and_a_held_item_come_as_changes(
    installation: RunningSandbox, prima: Prima
) -> None:
    gone = prima.customer_by_account("C007")
    _, customers = followed(prima.customer_changes)
    _, items = followed(prima.item_changes)

    inside(installation, "DELETE", "customers/C007")
    inside(installation, "PATCH", "items/BOOT", status="blocked", blocked_reason="Recall")

    [deleted], _ = followed(prima.customer_changes, customers)
    assert (deleted.op, deleted.id, deleted.record) == ("delete", gone.id, None)
    [blocked], _ = followed(prima.item_changes, items)
    assert blocked.record is not None
    assert (blocked.record.status, blocked.record.blocked_reason) == ("blocked", "Recall")


@pytest.mark.parametrize("fault", ["duplicate_changes", "late_changes"])
def test_changes_that_come_twice_or_late_end_at_the_same_cursor(
    installation: RunningSandbox, prima: Prima, fault: str
) -> None:
    _, start = followed(prima.customer_changes)
    inside(installation, "PATCH", "customers/C007", hold="all")
    expected, end = followed(prima.customer_changes, start)

    installation.fault(fault)
    page = prima.customer_changes(start)

    assert page.cursor == end
    assert len(page.changes) > 1
    assert expected[0] in page.changes


def test_a_customer_is_found_by_account_and_by_another_systems_key(prima: Prima) -> None:
    found = prima.customer_by_account("ACME01")

    assert found.name == "Acme Ltd"
    assert found.external_keys == {"sfmc": "C-42/a"}
    assert found.credit_limit == Decimal("5000.00")
    assert found.vat_number == "GB980780684"
    assert found.addresses == (CustomerAddress("A-1", "invoice", LEEDS, is_default=True),)
    assert found.version
    assert found.modified_at is not None
    assert datetime.now(UTC) - found.modified_at < timedelta(minutes=5)
    assert prima.customers_by_external("sfmc", "C-42/a") == found


def test_an_unknown_customer_is_not_found(prima: Prima) -> None:
    with pytest.raises(NotFound):
        prima.customer_by_account("NOBODY/?x=1")
    with pytest.raises(NotFound):
        prima.customers_by_external("sfmc", "C-43")


def test_a_new_customer_comes_back_with_what_prima_chose(prima: Prima) -> None:
    wanted = Customer(
        id="",
        account_code="",
        name="Żółw & Sons",
        type="person",
        external_keys={"sfmc": "C-77"},
        email="z@example.com",
        payment_terms="30 DAYS",
        addresses=(CustomerAddress("", "both", LEEDS, is_default=True),),
    )

    made = prima.create_customer(wanted, idempotency_key="K-1")

    assert made.id
    assert made.account_code
    assert made.addresses[0].address == LEEDS
    assert made == prima.customers_by_external("sfmc", "C-77")
    assert (
        replace(
            made,
            id="",
            account_code="",
            addresses=wanted.addresses,
            balance=None,
            modified_at=None,
            version="",
        )
        == wanted
    )


def test_a_customer_is_opened_once_for_a_key(prima: Prima) -> None:
    wanted = Customer("", "", "New Ltd")
    first = prima.create_customer(wanted, idempotency_key="K-1")
    assert prima.create_customer(wanted, idempotency_key="K-1") == first


def test_a_taken_account_code_or_key_is_refused(prima: Prima) -> None:
    with pytest.raises(PermanentError, match="ACME01"):
        prima.create_customer(Customer("", "ACME01", "Other"), idempotency_key="K-1")
    with pytest.raises(PermanentError, match="ACME01"):
        prima.create_customer(
            Customer("", "", "Other", external_keys={"sfmc": "C-42/a"}), idempotency_key="K-2"
        )


def test_only_the_named_fields_are_changed(prima: Prima) -> None:
    read = prima.customer_by_account("ACME01")
    mended = replace(read, vat_number="GB 980780684", email="nobody@example.com", name="Changed")

    changed = prima.update_customer(mended, changed=["vat_number", "email"])

    assert (changed.name, changed.email) == ("Acme Ltd", "nobody@example.com")
    assert changed.version != read.version
    assert prima.customer_by_account("ACME01") == changed


def test_a_changed_address_is_written(prima: Prima) -> None:
    read = prima.customer_by_account("ACME01")
    moved = Address("Acme Ltd", ("2 Low Street", "Unit 4"), "York", "", "YO1 7HH", "GB")
    mended = replace(read, addresses=(replace(read.addresses[0], address=moved),))

    prima.update_customer(mended, changed=["addresses"])

    [address] = prima.customer_by_account("ACME01").addresses
    assert (address.id, address.address) == ("A-1", moved)


def test_what_our_records_do_not_hold_survives_a_change_of_address(
    installation: RunningSandbox, prima: Prima
) -> None:
    read = prima.customer_by_account("ACME01")
    moved = replace(read.addresses[0].address, city="Bradford")
    mended = replace(read, addresses=(replace(read.addresses[0], address=moved),))

    prima.update_customer(mended, changed=["addresses"])

    [address] = inside(installation, "PATCH", "customers/ACME01")["addresses"]
    assert (address["city"], address["attention"]) == ("Bradford", "The buyer")


def test_a_change_over_somebody_elses_is_refused_and_says_the_version(prima: Prima) -> None:
    read = prima.customer_by_account("ACME01")
    newer = prima.update_customer(replace(read, phone="+441130000000"), changed=["phone"])

    with pytest.raises(Stale) as caught:
        prima.update_customer(replace(read, name="Late"), changed=["name"])

    assert caught.value.current_version == newer.version
    assert prima.customer_by_account("ACME01").name == "Acme Ltd"


def test_several_accounts_are_changed_at_once_each_with_its_own_answer(prima: Prima) -> None:
    codes = ("C001", "C002", "C003", "C004")
    first, late, wrong, last = (prima.customer_by_account(code) for code in codes)
    newer = prima.update_customer(replace(late, phone="+441130000000"), changed=["phone"])
    gone = replace(last, id="nobody")
    names = ("One Ltd", "Late Ltd", "x" * 300, "Gone Ltd")
    asked = [
        replace(one, name=name) for one, name in zip((first, late, wrong, gone), names, strict=True)
    ]

    told = prima.update_customers(asked, changed=["name"])

    taken, stale, rejected, missing = told
    assert isinstance(taken, Customer)
    assert taken == prima.customer_by_account("C001")
    assert (taken.name, taken.version != first.version) == ("One Ltd", True)
    assert isinstance(stale, Stale)
    assert stale.current_version == newer.version
    assert isinstance(rejected, Rejected)
    assert rejected.issues[0].pointer == "/name"
    assert isinstance(missing, NotFound)
    assert [prima.customer_by_account(code).name for code in codes[1:]] == [
        "Customer 2", "Customer 3", "Customer 4",
    ]  # fmt: skip


def test_addresses_are_not_changed_several_at_once(prima: Prima) -> None:
    read = prima.customer_by_account("ACME01")

    with pytest.raises(ValueError, match="one by one"):
        prima.update_customers([read], changed=["addresses"])

    assert prima.customer_by_account("ACME01") == read


def test_a_wrong_tax_number_is_refused_where_it_stands(prima: Prima) -> None:
    read = prima.customer_by_account("ACME01")
    with pytest.raises(Rejected) as caught:
        prima.update_customer(replace(read, vat_number="GB980780685"), changed=["vat_number"])
    [issue] = caught.value.issues
    assert (issue.code, issue.pointer) == ("vat.checksum", "/vat_number")


def test_a_field_that_prima_keeps_is_never_sent(prima: Prima) -> None:
    read = prima.customer_by_account("ACME01")
    with pytest.raises(ValueError, match="balance"):
        prima.update_customer(read, changed=["balance"])


def test_a_service_item_is_created(prima: Prima) -> None:
    wanted = Item("WARRANTY", "Warranty of 2 years", "service", "S", price=Decimal("19.99"))

    made = prima.create_item(wanted, idempotency_key="K-1")

    assert replace(made, modified_at=None, version="", currency="") == wanted
    assert prima.create_item(wanted, idempotency_key="K-1") == made


def test_a_stock_item_is_not_created_from_outside(prima: Prima) -> None:
    with pytest.raises(Rejected) as caught:
        prima.create_item(Item("SHOE", "Shoe", "stock", "S"), idempotency_key="K-1")
    assert [issue.code for issue in caught.value.issues] == ["item.kind_mismatch"]


def test_stock_is_followed_and_asked_for_and_unknown_is_not_zero(
    prima: Prima, installation: RunningSandbox
) -> None:
    _, cursor = followed(prima.availability_changes)
    inside(
        installation, "PUT", "availability/NO-SUCH-1", free_stock="0", available_date="2027-02-01"
    )
    inside(installation, "PUT", "availability/NO-SUCH-2", free_stock="12.5")

    changes, _ = followed(prima.availability_changes, cursor)

    told = {one.record.sku_key: one.record for one in changes if one.record}
    assert told["NO-SUCH-1"].free_stock == 0
    assert told["NO-SUCH-1"].available_on == date(2027, 2, 1)
    asked = prima.availability(["NO-SUCH-2", *(f"NEVER-{n}" for n in range(250)), "NO-SUCH-1"])
    assert [asked[0].free_stock, asked[-1].free_stock] == [Decimal("12.5"), 0]
    assert {(one.status, one.free_stock) for one in asked[1:-1]} == {("unknown", None)}


def test_it_notifies_an_address_until_that_is_ended(prima: Prima) -> None:
    told: dict[str, Any] = {"secret": "hush", "idempotency_key": "S-1"}
    made = prima.subscribe("http://127.0.0.1:9/notes", ["consents", "items"], **told)

    again = prima.subscribe("http://127.0.0.1:9/notes", ["consents", "items"], **told)
    assert again == made
    assert made.resources == ("consents", "items")
    assert prima.subscriptions() == (made,)

    prima.unsubscribe(made.id)
    prima.unsubscribe(made.id)
    assert prima.subscriptions() == ()


def test_an_address_nobody_can_notify_is_refused(prima: Prima) -> None:
    with pytest.raises(Rejected):
        prima.subscribe("ftp://desk", ["consents"], secret="hush", idempotency_key="S-2")
    assert prima.subscriptions() == ()
