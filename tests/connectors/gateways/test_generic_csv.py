"""A table nobody wrote a format for, read by a mapping."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO

import pytest

from connectors.gateways.amounts import Mark
from connectors.gateways.formats.generic_csv import GenericCsv, preview
from connectors.gateways.mapping import GenericMapping
from connectors.gateways.moments import Order
from connectors.gateways.problems import FileProblem
from connectors.gateways.recognition import recognise_file
from integration.records.payout import LineKind

MAPPING = GenericMapping(
    name="Hausbank",
    gateway="hausbank",
    columns={
        "line_id": "Vorgang", "occurred_at": "Datum", "kind": "Art", "gross": "Betrag",
        "fee": "Entgelt", "payout_id": "Auszahlung", "reference": "Bestellung",
    },
    kinds={"Verkauf": LineKind.CHARGE, "Erstattung": LineKind.REFUND},
    mark=Mark.COMMA,
    dates=Order.DAY_FIRST,
    zone="Europe/Berlin",
    currency="EUR",
    signs="by_kind",
)  # fmt: skip


def test_a_mapping_recognises_and_reads_its_table(read, sample) -> None:
    # when
    known = recognise_file(BytesIO(sample("generic.csv")), "x.csv", [GenericCsv(MAPPING)])
    told = read(sample("generic.csv"), known=known)

    # then
    assert told.by_kind() == {"charge EUR": "1176.49", "refund EUR": "-200.50"}
    assert told.lines[0].occurred_at == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert told.lines[0].fee == Decimal("24.01")
    assert told.footed.footing == "no_totals"


def test_a_preview_shows_only_the_first_rows_and_counts_all(sample) -> None:
    tried = preview(BytesIO(sample("generic.csv")), MAPPING, 1)

    assert [line.line_id for line in tried.first] == ["G1"]
    assert tried.lines == 2


def test_minor_units_and_two_columns_for_the_amount(read) -> None:
    mapping = GenericMapping(
        name="Till",
        gateway="till",
        columns={"occurred_at": "day", "debit": "out", "credit": "in", "currency": "cur"},
        default_kind=LineKind.OTHER,
        minor_units=True,
    )
    data = b"day,out,in,cur\n2026-03-02,,12345,GBP\n2026-03-02,500,,JPY\n"

    told = read(data, known=GenericCsv(mapping))

    assert [line.net for line in told.lines] == [Decimal("123.45"), Decimal("-500")]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"currency": ""}, "Name the column of the currency, or the currency itself."),
        ({"columns": {"occurred_at": "Datum", "kind": "Art"}}, "Name the column of the amount"),
    ],
)
def test_an_unfinished_mapping_says_what_is_missing(change, words, sample) -> None:
    with pytest.raises(FileProblem, match=words):
        preview(BytesIO(sample("generic.csv")), replace(MAPPING, **change))


def test_a_word_without_a_kind_is_refused(read, sample) -> None:
    data = sample("generic.csv").replace(b"Erstattung", b"Sonstiges")

    assert read(data, known=GenericCsv(MAPPING)).code == "unknown_row_type"
