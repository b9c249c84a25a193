"""Lists for spreadsheets: complete, harmless to open, and masked for those who need not see."""

import csv
import io
from datetime import datetime

import pytest
from django.core.exceptions import PermissionDenied
from openpyxl import load_workbook

from exceptions import exports
from exceptions.models import ExceptionCase, Occurrence
from integration.accounts.models import User
from integration.exports import answer
from integration.mirror.models import CampaignOrder
from tests.factories.cases import case_of, order

pytestmark = pytest.mark.django_db
EVIL = '=HYPERLINK("http://evil.example","Click")'


def read_csv(answer) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def read_xlsx(answer) -> list[tuple[object, ...]]:
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    answer.close()
    return list(book.worksheets[0].iter_rows(values_only=True))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+44 20 7946", "'+44 20 7946"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("  =1", "'  =1"),
        ("-12.50", "-12.50"),
        ("+3", "+3"),
        ("Acme = good", "Acme = good"),
    ],
)
def test_what_begins_a_formula_is_made_harmless_and_numbers_stay(value: str, expected: str) -> None:
    assert exports.neutral(value) == expected


def test_cases_as_csv(operations: User) -> None:
    case_of("unknown_sku", "CO-1", "CO-2", sku=EVIL)

    rows = read_csv(
        answer(ExceptionCase.objects.all(), exports.CASES, "cases", form="csv", user=operations)
    )

    assert rows[0][:3] == ["Case", "Queue", "What is wrong"]
    assert rows[1][1] == "Unknown SKUs"
    assert rows[1][6:8] == ["2", "200.00 GBP"]


def test_orders_as_xlsx_keep_numbers_and_dates_and_run_nothing(operations: User) -> None:
    row = order("=CO-1")
    CampaignOrder.objects.filter(pk=row.pk).update(customer_name=EVIL, campaign="a\x0bb")

    rows = read_xlsx(
        answer(CampaignOrder.objects.all(), exports.ORDERS, "orders", form="xlsx", user=operations)
    )

    told = dict(zip(rows[0], rows[1], strict=True))
    assert told["Order"] == "'=CO-1"
    assert told["Customer"] == f"'{EVIL}"
    assert told["Campaign"] == "a\ufffdb"
    assert told["Paid"] == 100
    assert isinstance(told["Ordered"], datetime)


def test_personal_data_is_masked_for_those_who_need_not_see_it(
    operations: User, auditor: User
) -> None:
    order("CO-1")
    case_of("invalid_email", "CO-1", email="jane.roe@acme.example")

    seen = read_csv(
        answer(CampaignOrder.objects.all(), exports.ORDERS, "orders", form="csv", user=operations)
    )
    masked = read_csv(
        answer(CampaignOrder.objects.all(), exports.ORDERS, "orders", form="csv", user=auditor)
    )
    titles = read_csv(
        answer(ExceptionCase.objects.all(), exports.CASES, "cases", form="csv", user=auditor)
    )

    assert seen[1][2:4] == ["Acme Trading Ltd", "a@acme.example"]
    assert masked[1][2:4] == ["A••• T••• L•••", "a•••@acme.example"]
    assert "jane.roe" not in str(titles)


def test_orders_of_a_case_are_exported_row_by_row(
    operations: User, django_assert_max_num_queries
) -> None:
    case = case_of("unknown_sku", *[f"CO-{n}" for n in range(20)])

    with django_assert_max_num_queries(1):
        rows = read_csv(
            exports.occurrences(Occurrence.objects.filter(case=case), form="csv", user=operations)
        )

    assert len(rows) == 21


def test_who_may_not_export_is_refused(operations: User) -> None:
    operations.roles = []

    with pytest.raises(PermissionDenied):
        answer(ExceptionCase.objects.all(), exports.CASES, "cases", form="csv", user=operations)


def test_the_value_of_a_case_has_the_decimals_of_its_currency() -> None:
    case = ExceptionCase(value_waiting={"JPY": "1500", "KWD": "1.234", "GBP": "5"})
    (value,) = [one.value for one in exports.CASES if one.title == "Value waiting"]
    assert value(case) == "5.00 GBP; 1500 JPY; 1.234 KWD"
