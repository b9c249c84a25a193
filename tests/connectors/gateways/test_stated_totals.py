"""Rows of totals in a mapped table prove its lines, and are never lines themselves."""

from dataclasses import replace
from decimal import Decimal

import pytest

from connectors.gateways.formats.generic_csv import GenericCsv
from connectors.gateways.mapping import GenericMapping
from integration.records.payout import LineKind

HEAD = "Id,Day,Type,Amount,Fee,Cur\n"
LINES = "A1,2026-03-02,Sale,100.00,2.00,EUR\nA2,2026-03-03,Sale,50.00,1.00,EUR\n"
BARE = GenericMapping(
    name="Shop pay",
    gateway="shop_pay",
    columns={
        "line_id": "Id", "occurred_at": "Day", "kind": "Type", "gross": "Amount", "fee": "Fee",
        "currency": "Cur",
    },
    kinds={"Sale": LineKind.CHARGE, "Refund": LineKind.REFUND, "Paid out": LineKind.PAYOUT},
)  # fmt: skip
MAPPING = replace(BARE, total_column="Day", total_words=("Total", "Subtotal*"))


@pytest.fixture
def told(read):
    def of(rows: str, mapping: GenericMapping = MAPPING):
        return read((HEAD + rows).encode(), known=GenericCsv(mapping))

    return of


class TestATotalThatIsSetUp:
    def test_proves_the_file_and_is_no_line(self, told):
        outcome = told(LINES + ",Total:,,150.00,3.00,EUR\n")

        assert [line.line_id for line in outcome.lines] == ["A1", "A2"]
        assert outcome.footed.totals[0].gross == Decimal("150.00")
        assert outcome.whole
        assert outcome.footed.sentence == (
            "The lines come to the total the file states in row 4, “Total:”: "
            "gross 150.00 EUR, fees 3.00 EUR."
        )

    @pytest.mark.parametrize(
        ("total", "words"),
        [
            (
                ",Total,,150.10,3.00,EUR\n",
                (
                    "Row 4: The total “Total” (gross) does not add up: it states 150.10 EUR, the lines "
                    "come to 150.00 EUR, a difference of -0.10 EUR."
                ),
            ),
            (",Total,,150.00,2.00,EUR\n", "(fees) does not add up: it states 2.00 EUR"),
            (",Total,,150.00,3.00,USD\n", "it states 150.00 USD, the lines come to 0 USD"),
            (",Total,,,,EUR\n", "states no amount in the columns of the mapping"),
        ],
    )
    def test_is_refused_when_the_lines_do_not_come_to_it(self, told, total, words):
        outcome = told(LINES + total)

        assert words in str(outcome.problem)
        assert outcome.footed is None

    @pytest.mark.parametrize("rows", [LINES, ",Total,,0.00,,EUR\n" + LINES])
    def test_that_is_missing_after_the_last_line_means_the_file_is_cut_short(self, told, rows):
        outcome = told(rows)

        assert outcome.code == "cut_short"
        assert "no total of the lines in EUR follows" in str(outcome.problem)

    def test_over_no_lines_at_all_is_an_empty_report(self, told):
        assert told(",Total,,0.00,0.00,\n").code == "empty"
        assert told(",Total,,12.00,0.00,\n").code == "does_not_foot"

    def test_may_follow_each_part_and_then_the_whole(self, told):
        outcome = told(
            LINES + ",Subtotal March,,150.00,,EUR\n"
            "A3,2026-04-01,Sale,7.00,0.00,EUR\n,Subtotal April,,7.00,,EUR\n,Total,,157.00,3.00,EUR\n"
        )

        assert outcome.whole
        assert outcome.footed.sentence == "The lines come to each of the 3 totals the file states."
        assert outcome.footed.remarks[2] == (
            "Taken as a total: row 7, “Total”: gross 157.00 EUR, fees 3.00 EUR."
        )

    def test_of_each_currency_is_held_against_its_own_lines(self, told):
        rows = LINES + "A3,2026-03-04,Sale,7.00,0.00,USD\n"

        assert told(rows + ",Total,,150.00,3.00,EUR\n,Total,,7.00,0.00,USD\n").whole
        assert told(rows + ",Total,,150.00,3.00,EUR\n").code == "cut_short"
        assert "names no currency, and the file has EUR and USD" in str(
            told(rows + ",Total,,157.00,3.00,\n").problem
        )

    def test_without_a_currency_is_of_the_only_one_there_is(self, told):
        assert told(LINES + ",Total,,150.00,3.00,\n").whole

    def test_without_a_currency_is_of_the_only_one_since_the_total_before(self, told):
        rows = LINES + ",Total,,150.00,3.00,\nA3,2026-03-04,Sale,7.00,0.00,USD\n"

        assert told(rows + ",Total,,7.00,0.00,\n").whole
        assert told(rows + ",Total,,157.00,3.00,\n").code == "does_not_foot"

    def test_of_fees_alone_does_not_prove_the_amounts(self, told):
        outcome = told(LINES + ",Total,,,3.00,EUR\n")

        assert len(outcome.lines) == 2
        assert outcome.footed.footing == "no_totals"
        assert outcome.footed.sentence == (
            "The totals the file states prove its fees only: compare the amounts yourself."
        )
        assert outcome.footed.remarks == ("Taken as a total: row 4, “Total”: fees 3.00 EUR.",)
        assert told(LINES + ",Total,,,2.00,EUR\n").code == "does_not_foot"

    def test_is_none_when_the_row_has_all_a_line_has(self, read):
        """Else a sale of the same amount as the one before would be taken for its total."""
        columns = {**BARE.columns, "reference": "Ref"}
        mapping = replace(BARE, columns=columns, total_column="Ref", total_words=("Total*",))
        data = HEAD.replace("\n", ",Ref\n") + (
            "A1,2026-03-02,Sale,50.00,1.00,EUR,1001\nA2,2026-03-02,Sale,50.00,1.00,EUR,TotalEnergies\n"
        )

        outcome = read(data.encode(), known=GenericCsv(mapping))

        assert outcome.code == "unknown_row_type"
        assert "has an id, a day and a kind as a line has" in str(outcome.problem)
        total = data.replace("A2,2026-03-02,Sale", ",,")
        assert read(total.encode(), known=GenericCsv(mapping)).whole

    def test_may_leave_aside_what_was_paid_out(self, told):
        rows = LINES + "A3,2026-03-05,Paid out,-147.00,0.00,EUR\n"

        assert told(rows + ",Total,,150.00,,EUR\n").whole
        assert told(rows + ",Total,,3.00,,EUR\n").whole
        assert told(rows + ",Total,,297.00,,EUR\n").code == "does_not_foot"

    @pytest.mark.parametrize(
        ("amount", "code"), [("130", "read"), ("170", "read"), ("20", "does_not_foot")]
    )
    def test_of_amounts_without_a_minus_is_their_sum_either_way(self, told, amount, code):
        mapping = replace(MAPPING, signs="by_kind")

        outcome = told(
            LINES + f"A3,2026-03-04,Refund,20.00,0.00,EUR\n,Total,,{amount},,EUR\n", mapping
        )

        assert outcome.code == code

    def test_may_be_known_by_an_empty_cell(self, told):
        mapping = replace(BARE, total_column="Id", total_empty=True)

        outcome = told(LINES + ",2026-03-31,,150.00,3.00,EUR\n", mapping)

        assert outcome.whole
        assert len(outcome.lines) == 2

    def test_in_minor_units_and_two_columns(self, read):
        mapping = GenericMapping(
            name="Till", gateway="till", minor_units=True, default_kind=LineKind.OTHER,
            columns={"occurred_at": "day", "debit": "out", "credit": "in", "currency": "cur"},
            total_column="day", total_words=("Sum",),
        )  # fmt: skip
        data = b"day,out,in,cur\n2026-03-02,,12345,GBP\n2026-03-02,500,,GBP\nSum,500,12345,\n"

        assert read(data, known=GenericCsv(mapping)).whole
        assert (
            read(data.replace(b"Sum,500", b"Sum,50"), known=GenericCsv(mapping)).code
            == "does_not_foot"
        )


class TestATotalThatIsNot:
    @pytest.mark.parametrize(
        ("total", "words"),
        [
            ("Total,,,150.00,3.00,EUR\n", ("“Total” in “Id” looks like a total, not a line. If it is one, "
             "set in the mapping “Shop pay” “Column that tells totals” to “Id” and “Words for totals” "
             "to “Total”")),
            (",Summe März,,150.00,3.00,EUR\n", "“Summe März” in “Day” looks like a total"),
            (",,,150.00,3.00,EUR\n", "an amount and nothing in “Id”, as totals have"),
            (",2026-03-31,Sale,150.00,3.00,EUR\n", ("states exactly what the rows above it come to, "
             "150.00 EUR")),
            ("Total,2026-03-31,Sale,150.00,3.00,EUR\n", "“Total” in “Id” looks like a total"),
            ("Итого,2026-03-31,Sale,150.00,3.00,EUR\n", "what the rows above it come to"),
        ],
    )  # fmt: skip
    def test_is_held_and_the_message_says_what_to_set(self, told, total, words):
        outcome = told(LINES + total, BARE)

        assert outcome.code == "unknown_row_type"
        assert words in str(outcome.problem)
        assert str(outcome.problem).startswith("Row 4: ")

    def test_with_a_word_the_mapping_lacks_is_to_be_added_to_the_others(self, told):
        outcome = told(LINES + ",Grand total,,150.00,3.00,EUR\n")

        assert "add it to “Words for totals” in the mapping “Shop pay”" in str(outcome.problem)

    def test_with_an_empty_cell_that_is_none_yet_names_the_box_to_tick(self, told):
        outcome = told(LINES + ",,,150.00,3.00,EUR\n")

        assert outcome.code == "unknown_row_type"
        assert str(outcome.problem).startswith("Row 4: The row has an amount and nothing in “Day”.")
        assert "tick “An empty cell is a total” in the mapping “Shop pay”" in str(outcome.problem)

    def test_is_not_seen_in_lines_that_only_look_a_little_like_it(self, told):
        rows = (
            LINES + "A3,2026-03-04,Sale,150.00,0.00,EUR\nTotalEnergies 7,2026-03-04,Sale,1,0,EUR\n"
        )

        assert len(told(rows, BARE).lines) == 4

    def test_keeps_the_message_of_rows_that_are_wrong_otherwise(self, told):
        assert told(LINES + "A3,someday,Sale,1.00,0.00,EUR\n", BARE).code == "bad_date"
        assert told(LINES + "A3,someday,Sale,1.00,0.00,EUR\n").code == "bad_date"


def test_a_mapping_names_both_the_column_of_a_total_and_its_words():
    assert MAPPING.problems() == []
    for change in ({"total_column": ""}, {"total_words": ()}):
        assert "Name the column a total is known by" in replace(MAPPING, **change).problems()[0]
    assert "“*” is no word for a total." in replace(MAPPING, total_words=("*",)).problems()
