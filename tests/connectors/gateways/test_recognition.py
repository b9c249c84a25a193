"""A file is known by what it says, never by its name."""

from io import BytesIO
from pathlib import Path

import pytest

from connectors.gateways.amounts import Mark
from connectors.gateways.formats.generic_csv import GenericCsv
from connectors.gateways.gateway import formats
from connectors.gateways.mapping import GenericMapping
from connectors.gateways.problems import Code, FileProblem
from connectors.gateways.recognition import recognise_file, recognised
from integration.records.payout import LineKind, PayoutLine
from tests.connectors.gateways.conftest import SAMPLES


def test_every_format_has_its_words() -> None:
    assert len(formats()) == 18
    assert all(one.title and one.gateway for one in formats().values())


def test_a_path_and_a_stream_give_the_same_answer_and_its_reason(tmp_path: Path) -> None:
    path = SAMPLES / "shopify.csv"

    by_path, reason = recognised(path)
    by_stream = recognise_file(BytesIO(path.read_bytes()), "whatever.bin")

    assert by_path is by_stream
    assert reason.reason.startswith("It has the columns ")


@pytest.mark.parametrize(
    "data",
    [b"a,b,c\n1,2,3\n", b"Dear Sir,\nplease find enclosed\n", b"\x00\x01\x02", b'{"a": 1}'],
)
def test_a_stranger_is_told_in_words(data: bytes) -> None:
    with pytest.raises(FileProblem) as told:
        recognise_file(BytesIO(data), "stranger")

    assert told.value.code is Code.NOT_RECOGNISED
    assert "No known payout or bank format" in str(told.value)


def test_an_empty_file_is_told_as_empty() -> None:
    with pytest.raises(FileProblem) as told:
        recognise_file(BytesIO(b" \n"), "empty.csv")

    assert told.value.code is Code.EMPTY


def test_two_formats_that_know_a_file_equally_well_are_both_named() -> None:
    # given
    def mapped(name: str) -> GenericCsv:
        mapping = GenericMapping(
            name,
            "other",
            {"gross": "Sum", "occurred_at": "Day"},
            currency="GBP",
            default_kind=LineKind.CHARGE,
        )
        return GenericCsv(mapping)

    # when
    with pytest.raises(FileProblem) as told:
        recognise_file(BytesIO(b"Sum,Day\n1,2026-01-01\n"), "x", [mapped("a"), mapped("b")])

    # then
    assert told.value.code is Code.AMBIGUOUS
    assert str(told.value).startswith("The file could be “a” and “b”.")


def test_a_comma_inside_quotes_does_not_choose_the_separator(read, sample) -> None:
    data = sample("worldpay.csv").replace(b",", b";").replace(b"SHOPGBP", b'"S,H,O,P,G,B,P"')

    assert read(data).footed.whole


def test_commas_within_amounts_do_not_choose_the_separator() -> None:
    columns = {"occurred_at": "Day", "gross": "Gross", "fee": "Fee", "net": "Net"}
    mapping = GenericMapping(
        "till", "till", columns, mark=Mark.COMMA, currency="EUR", default_kind=LineKind.CHARGE
    )
    data = b"Day;Gross;Fee;Net\n2026-01-01;1.010,00;0,50;1.009,50\n"

    known = recognise_file(BytesIO(data), "till.csv", [GenericCsv(mapping)])
    (line,) = (one for one in known.read(BytesIO(data)) if isinstance(one, PayoutLine))

    assert (str(line.gross), str(line.fee)) == ("1010.00", "0.50")
