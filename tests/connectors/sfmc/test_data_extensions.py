"""Rows, read and written over HTTP."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from connectors.errors import (
    Forbidden,
    NotFound,
    Rejected,
    ServerFailed,
    StillRunning,
    Throttled,
    UnexpectedShape,
)
from connectors.sandbox.running import RunningSandbox
from connectors.sfmc.async_rows import Patience
from connectors.sfmc.client import SfmcClient
from connectors.sfmc.filters import order_by, where, where_empty, where_in, where_present
from connectors.sfmc.rows import RowOutcome, RowPage, RowWrite
from connectors.sfmc.tokens import MemoryTokenStore
from connectors.sfmc.values import Value, as_bool, as_decimal, as_moment
from tests.connectors.sfmc.conftest import client_of

ROWSET = "POST /sfmc/rest/hub/v1/dataevents/key:ORDERS/rowset"
QUICK = Patience(at_most=5, between=0.02)


def row(number: int | str, **values: Value) -> RowWrite:
    return RowWrite({"OrderId": str(number)}, values or {"Note": "x"})


def put(client: SfmcClient, *rows: RowWrite) -> None:
    outcomes = client.data_extensions.upsert_rows("ORDERS", rows)
    assert all(outcome.ok for outcome in outcomes)


def ids(pages: list[RowPage]) -> list[str]:
    return [one.keys["orderid"] for page in pages for one in page.rows]


def test_a_row_comes_back_with_lower_case_names_and_values_as_text(client: SfmcClient) -> None:
    placed = datetime(2026, 3, 1, 22, 5, tzinfo=UTC)
    values: dict[str, Value] = {
        "Email": "ann@example.com",
        "Total": Decimal("12.50"),
        "Is Gift": False,
        "PlacedAt": placed,
        "Note": "Żółw & <b> 🐢",
    }
    put(client, row(1, **values))

    [page] = client.data_extensions.read_rows("ORDERS")

    assert (page.count, page.number) == (1, 1)
    [found] = page.rows
    assert dict(found.keys) == {"orderid": "1"}
    assert as_decimal(found.values["total"] or "") == Decimal("12.50")
    assert as_bool(found.values["is gift"] or "") is False
    assert as_moment(found.values["placedat"] or "") == placed
    assert found.columns()["note"] == "Żółw & <b> 🐢"


def test_an_empty_data_extension_is_a_page_without_rows(client: SfmcClient) -> None:
    assert list(client.data_extensions.read_rows("ORDERS")) == [RowPage((), 0, 1)]


def test_pages_are_followed_to_the_end(cloud: RunningSandbox, client: SfmcClient) -> None:
    put(client, *[row(number) for number in range(23)])

    pages = list(
        client.data_extensions.read_rows("ORDERS", page_size=10, order_by=order_by("OrderId"))
    )

    assert [len(page.rows) for page in pages] == [10, 10, 3]
    assert ids(pages) == sorted(str(number) for number in range(23))
    assert [page.number for page in pages] == [1, 2, 3]


def test_a_full_last_page_is_not_followed_by_an_empty_one(
    cloud: RunningSandbox, client: SfmcClient
) -> None:
    put(client, *[row(number) for number in range(20)])
    pages = list(client.data_extensions.read_rows("ORDERS", page_size=10))
    assert [len(page.rows) for page in pages] == [10, 10]


def test_an_expired_request_token_starts_the_reading_again(
    cloud: RunningSandbox, client: SfmcClient
) -> None:
    put(client, *[row(number) for number in range(4)])
    pages = client.data_extensions.read_rows("ORDERS", page_size=2)
    first = next(pages)

    cloud.advance_clock(31 * 60)
    rest = list(pages)

    assert ids([first]) == ["0", "1"]
    assert ids(rest) == ["0", "1", "2", "3"]


def test_a_filter_finds_values_with_quotes_spaces_and_plus_signs(client: SfmcClient) -> None:
    put(client, row(1, Note="O'Brien + Sons"), row(2, Note="x' OR OrderId eq '1"), row(3, Note="y"))

    def found(note: str) -> list[str]:
        wanted = where("Note", "eq", note)
        return ids(list(client.data_extensions.read_rows("ORDERS", filter=wanted)))

    assert found("O'Brien + Sons") == ["1"]
    assert found("x' OR OrderId eq '1") == ["2"]
    assert found("x") == []


def test_filters_combine_and_compare_by_type(client: SfmcClient) -> None:
    early, late = datetime(2026, 3, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, 12, tzinfo=UTC)
    put(
        client,
        row(1, Total=Decimal("9.99"), PlacedAt=early),
        row(2, Total=Decimal("10.00"), PlacedAt=late),
        row(3, Total=Decimal("100.00"), PlacedAt=late, Note="big"),
    )

    def found(wanted) -> list[str]:
        return ids(list(client.data_extensions.read_rows("ORDERS", filter=wanted)))

    assert found(where("Total", "gte", Decimal("10"))) == ["2", "3"]
    assert found(where("PlacedAt", "lt", late)) == ["1"]
    assert found(where("PlacedAt", "gte", late)) == ["2", "3"]
    assert found(where("PlacedAt", "gte", late) & where_empty("Note")) == ["2"]
    assert found(where_present("Note") | where_in("OrderId", ["1"])) == ["1", "3"]


def test_only_the_fields_asked_for_come_besides_the_keys(client: SfmcClient) -> None:
    put(client, row(1, Email="ann@example.com", Note="x"))
    [page] = client.data_extensions.read_rows("ORDERS", fields=["Note"])
    assert page.rows[0].columns() == {"orderid": "1", "note": "x"}


@pytest.mark.parametrize("column", ["", "a'b", "(a)", "1a", "a,b", "a\nb"])
def test_a_filter_refuses_what_cannot_be_a_column(column: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of a column"):
        where(column, "eq", "x")


def test_an_unknown_data_extension_is_not_found(client: SfmcClient) -> None:
    with pytest.raises(NotFound):
        list(client.data_extensions.read_rows("NOWHERE"))


def test_a_filter_on_an_unknown_column_is_refused_with_the_reason(client: SfmcClient) -> None:
    with pytest.raises(Rejected, match=r"\$filter could not be resolved"):
        list(client.data_extensions.read_rows("ORDERS", filter=where("Colour", "eq", "red")))


def test_many_rows_are_written_fifty_a_call(cloud: RunningSandbox, client: SfmcClient) -> None:
    outcomes = client.data_extensions.upsert_rows("ORDERS", [row(n) for n in range(120)])

    assert outcomes == [RowOutcome(n, ok=True) for n in range(120)]
    assert cloud.calls()[ROWSET] == 3


def test_bad_rows_are_singled_out_and_all_others_are_stored(
    cloud: RunningSandbox, client: SfmcClient
) -> None:
    rows = [row(n, Email="nonsense" if n in (3, 31, 49) else "ann@example.com") for n in range(50)]

    outcomes = client.data_extensions.upsert_rows("ORDERS", rows)

    assert [outcome.index for outcome in outcomes] == list(range(50))
    bad = [outcome for outcome in outcomes if not outcome.ok]
    assert [outcome.index for outcome in bad] == [3, 31, 49]
    assert bad[0].message == (
        "Email: The value for column [Email] is not a valid email address. "
        "Parse error [InvalidEmailAddress]"
    )
    assert bad[0].code == "10000"
    [page] = client.data_extensions.read_rows("ORDERS")
    assert page.count == 47
    assert cloud.calls()[ROWSET] < 40


def test_a_save_that_failed_without_a_reason_may_be_tried_again(
    cloud: RunningSandbox, client: SfmcClient
) -> None:
    cloud.fault("rows_10006", additional=False)
    with pytest.raises(ServerFailed, match="could not save just now"):
        client.data_extensions.upsert_rows("ORDERS", [row(1)])


def test_a_wrong_key_column_is_refused_as_a_whole(
    cloud: RunningSandbox, client: SfmcClient
) -> None:
    with pytest.raises(Rejected, match="Primary key 'Colour' does not exist"):
        client.data_extensions.upsert_rows("ORDERS", [RowWrite({"Colour": "red"}, {"Note": "x"})])
    assert cloud.calls()[ROWSET] == 1


def test_rows_can_be_deleted(client: SfmcClient) -> None:
    put(client, row(1), row(2))
    client.data_extensions.delete_rows("ORDERS", [{"OrderId": "1"}])
    assert ids(list(client.data_extensions.read_rows("ORDERS"))) == ["2"]


def test_rows_in_the_background_are_accounted_for_one_by_one(client: SfmcClient) -> None:
    rows = [row(n, Email="nonsense" if n == 7 else "ann@example.com") for n in range(20)]

    outcomes = client.data_extensions.in_background.upsert_rows("ORDERS", rows, QUICK)

    assert [outcome.index for outcome in outcomes] == list(range(20))
    assert [outcome.index for outcome in outcomes if not outcome.ok] == [7]
    [page] = client.data_extensions.read_rows("ORDERS")
    assert page.count == 19


def test_rows_in_the_background_go_in_pieces_that_a_call_can_carry(
    cloud: RunningSandbox, client: SfmcClient
) -> None:
    outcomes = client.data_extensions.in_background.upsert_rows(
        "ORDERS", [row(n) for n in range(2_501)], Patience(at_most=20, between=0.05)
    )
    assert [outcome.index for outcome in outcomes] == list(range(2_501))
    assert cloud.calls()["PUT /sfmc/rest/data/v1/async/dataextensions/key:ORDERS/rows"] == 2


def test_rows_that_take_too_long_have_an_unknown_outcome(client: SfmcClient) -> None:
    with pytest.raises(StillRunning) as caught:
        client.data_extensions.in_background.upsert_rows(
            "ORDERS", [row(1)], Patience(at_most=0, between=0)
        )
    assert caught.value.outcome_unknown


def test_background_rows_for_an_unknown_data_extension_are_refused(client: SfmcClient) -> None:
    with pytest.raises(Rejected) as caught:
        list(client.data_extensions.in_background.submit("NOWHERE", [row(1)]))
    assert [issue.code for issue in caught.value.issues] == ["CustomObjectNotFound"]


def test_being_throttled_says_for_how_long(cloud: RunningSandbox, client: SfmcClient) -> None:
    cloud.fault("throttle", path="rowset", retry_after=9)
    with pytest.raises(Throttled) as caught:
        list(client.data_extensions.read_rows("ORDERS"))
    assert caught.value.retry_after == 9.0


def test_a_list_in_place_of_a_page_is_an_unexpected_shape(
    cloud: RunningSandbox, client: SfmcClient
) -> None:
    cloud.fault("wrong_shape", path="rowset")
    with pytest.raises(UnexpectedShape):
        list(client.data_extensions.read_rows("ORDERS"))


def test_without_the_permission_to_write_nothing_is_written(
    cloud: RunningSandbox, tokens: MemoryTokenStore
) -> None:
    reader = client_of(cloud, tokens, client_id="reader")
    with pytest.raises(Forbidden):
        reader.data_extensions.upsert_rows("ORDERS", [row(1)])
    [page] = reader.data_extensions.read_rows("ORDERS")
    assert page.count == 0


def test_rows_without_a_primary_key_have_no_keys(client: SfmcClient) -> None:
    [page] = client.data_extensions.read_rows("KEYLESS")
    assert page.rows[0].keys == {}
    assert page.rows[0].columns() == {"note": "x"}


def test_background_rows_for_a_data_extension_without_a_key_are_each_refused(
    client: SfmcClient,
) -> None:
    rows = [RowWrite({}, {"Note": "y"}), RowWrite({}, {"Note": "z"})]
    outcomes = client.data_extensions.in_background.upsert_rows("KEYLESS", rows, QUICK)
    assert [outcome.ok for outcome in outcomes] == [False, False]
    assert "does not have any primary keys" in outcomes[0].message


def test_a_deadlock_is_worth_another_try(cloud: RunningSandbox, client: SfmcClient) -> None:
    cloud.fault("deadlock_row")
    outcomes = client.data_extensions.in_background.upsert_rows("ORDERS", [row(1), row(2)], QUICK)
    assert [outcome.retryable for outcome in outcomes if not outcome.ok] == [True]


def test_half_a_character_is_refused_before_it_is_sent(
    cloud: RunningSandbox, client: SfmcClient
) -> None:
    with pytest.raises(Rejected, match="half a character"):
        client.data_extensions.upsert_rows("ORDERS", [row(1, Note="\ud83d")])
    assert cloud.calls() == {}
