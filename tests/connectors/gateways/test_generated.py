"""Files made up at random: those that foot are read, those with one changed amount are not."""

import tracemalloc
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.gateways.formats.camt053 import Camt053
from connectors.gateways.formats.stripe_balance_transactions import StripeBalanceTransactions
from connectors.gateways.formats.stripe_payout_reconciliation import StripePayoutReconciliation
from connectors.gateways.gateway import Format
from tests.connectors.gateways.conftest import outcome_of

AMOUNTS = st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 5000)), min_size=1, max_size=12)
_HEADER = (
    "balance_transaction_id,automatic_payout_id,created_utc,currency,gross,fee,net,"
    "reporting_category\n"
)


def _money(pennies: int) -> str:
    sign = "-" if pennies < 0 else ""
    return f"{sign}{abs(pennies) // 100}.{abs(pennies) % 100:02}"


def _stripe(lines: list[list[int]]) -> bytes:
    rows = [
        f"t{i},po_1,2026-03-02 10:00:00,gbp,{','.join(map(_money, line))},"
        f"{'payout' if i == len(lines) - 1 else 'charge'}\n"
        for i, line in enumerate(lines)
    ]
    return (_HEADER + "".join(rows)).encode()


def _settlement(lines: list[list[int]]) -> bytes:
    columns = (
        "Transaction ID,Invoice ID,Transaction Event Code,Transaction Initiation Date,"
        "Transaction Debit or Credit,Gross Transaction Amount,Gross Transaction Currency,"
        "Fee Debit or Credit,Fee Amount,Fee Currency"
    )
    rows = [
        f"SB,T{i},W{i},T0006,2026/03/02 10:00:00 +0000,CR,{gross},GBP,DR,{fee},GBP\n"
        for i, (gross, fee) in enumerate(lines)
    ]
    gross, fee = (sum(line[part] for line in lines) for part in (0, 1))
    return (
        "SH,2026/03/02 00:00:00 +0000,2026/03/02 23:59:59 +0000,ACC\n"
        f"CH,{columns}\n{''.join(rows)}SF,GBP,{gross},0,0,{fee}\nSC,{len(lines)}\n"
    ).encode()


def _swift(lines: list[list[int]], closing: int) -> bytes:
    rows = "".join(
        f":61:260305{'C' if one >= 0 else 'D'}{_money(abs(one)).replace('.', ',')}NTRFNONREF\n"
        for (one,) in lines
    )
    return (
        f":20:S\n:25:A\n:28C:1\n:60F:C260304GBP0,00\n{rows}"
        f":62F:{'C' if closing >= 0 else 'D'}260305GBP{_money(abs(closing)).replace('.', ',')}\n"
    ).encode()


@given(AMOUNTS, st.data())
@settings(max_examples=60, deadline=None)
def test_stripe_reports_that_foot_are_read_and_changed_ones_are_refused(amounts, data) -> None:
    # given
    lines = [[gross, fee, gross - fee] for gross, fee in amounts]
    paid = -sum(line[2] for line in lines)
    lines.append([paid, 0, paid])
    # then
    assert outcome_of(_stripe(lines)).whole

    # when
    row = data.draw(st.integers(0, len(lines) - 1))
    part = data.draw(st.integers(0, 2))
    lines[row][part] += data.draw(st.sampled_from([1, -1, 100, 9]))
    # then
    assert outcome_of(_stripe(lines)).code == "does_not_foot"


@given(AMOUNTS, st.data())
@settings(max_examples=60, deadline=None)
def test_settlements_that_foot_are_read_and_changed_ones_are_refused(amounts, data) -> None:
    lines = [list(pair) for pair in amounts]
    whole = _settlement(lines)
    assert outcome_of(whole).whole

    row, part = data.draw(st.integers(0, len(lines) - 1)), data.draw(st.integers(0, 1))
    before = f",{lines[row][part]},GBP".encode()
    changed = f",{lines[row][part] + 1},GBP".encode()

    assert outcome_of(whole.replace(before, changed, 1)).code == "does_not_foot"


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=12), st.data())
@settings(max_examples=60, deadline=None)
def test_statements_that_foot_are_read_and_changed_ones_are_refused(amounts, data) -> None:
    lines = [[one] for one in amounts]
    closing = sum(amounts)
    assert outcome_of(_swift(lines, closing)).whole

    lines[data.draw(st.integers(0, len(lines) - 1))][0] += data.draw(st.sampled_from([1, -7]))

    assert outcome_of(_swift(lines, closing)).code == "does_not_foot"


def _rows(count: int) -> Iterator[str]:
    yield _HEADER
    for number in range(count):
        yield f"t{number},po_{number % 5},2026-03-02 10:00:00,gbp,10.00,0.30,9.70,charge\n"


def _items(count: int) -> Iterator[str]:
    yield '{"data": ['
    for number in range(count):
        yield (
            f'{"," if number else ""}{{"id": "t{number}", "object": "balance_transaction", '
            '"amount": 1000, "fee": 30, "net": 970, "currency": "gbp", "type": "charge", '
            '"source": "ch", "created": 1772409600, "available_on": 1772409600}'
        )
    yield '], "has_more": false}'


def _entries(count: int) -> Iterator[str]:
    def balance(kind: str, amount: int) -> str:
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='GBP'>{amount}</Amt>"
            "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-05</Dt></Dt></Bal>"
        )

    yield "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.02'><BkToCstmrStmt><Stmt>"
    yield f"<Id>S</Id>{balance('OPBD', 0)}{balance('CLBD', count)}"
    for number in range(count):
        yield (
            f"<Ntry><NtryRef>{number}</NtryRef><Amt Ccy='GBP'>1</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
            "<Sts>BOOK</Sts><BookgDt><Dt>2026-03-05</Dt></BookgDt></Ntry>\n"
        )
    yield "</Stmt></BkToCstmrStmt></Document>"


def _peak(path: Path, known: Format) -> tuple[int, int]:
    tracemalloc.start()
    with path.open("rb") as stream:
        count = sum(1 for _ in known.read(stream))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return count, peak


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "known", "many"),
    [
        (_rows, StripePayoutReconciliation(), 200_000),
        (_items, StripeBalanceTransactions(), 50_000),
        (_entries, Camt053(), 50_000),
    ],
    ids=["table", "json", "xml"],
)
def test_a_file_a_hundred_times_longer_takes_no_more_memory(
    make: Callable[[int], Iterator[str]], known: Format, many: int, tmp_path: Path
) -> None:
    # given
    small, large = tmp_path / "small", tmp_path / "large"
    for path, count in ((small, 2_000), (large, many)):
        with path.open("w") as out:
            out.writelines(make(count))

    # when
    few, little = _peak(small, known)
    lots, much = _peak(large, known)

    # then
    assert lots - few == many - 2_000
    assert much < little * 2 + 1_500_000


def test_reading_starts_over_on_the_same_stream(sample) -> None:
    stream = BytesIO(sample("stripe_itemised.csv"))
    known = StripePayoutReconciliation()

    assert list(known.read(stream)) == list(known.read(stream))
