"""What banks do differently: their MT940 dialects, pages, batches and charges of camt.053."""

from datetime import date
from decimal import Decimal

import pytest


def _swift(*lines: str) -> bytes:
    return "\r\n".join([*lines, ""]).encode()


def _statement(opening: str, line: str, closing: str, *texts: str) -> list[str]:
    """One statement of a bank that gives every statement the same reference and number."""
    return [
        ":20:STARTUMSE", ":25:70020270/1234567", ":28C:00000/001", f":60F:{opening}",
        f":61:{line}", *texts, f":62F:{closing}", "-",
    ]  # fmt: skip


_MONDAY = _statement("C260301EUR100,00", "2603020302CR20,00N051NONREF", "C260302EUR120,00")
_TUESDAY = _statement("C260302EUR120,00", "2603030303CR20,00N051NONREF", "C260303EUR140,00")


def test_statements_that_all_have_the_same_number_are_told_apart(read) -> None:
    together = read(_swift(*_MONDAY, *_TUESDAY))
    apart = [read(_swift(*lines)) for lines in (_MONDAY, _TUESDAY)]

    assert together.problem is None
    names = [line.entry_ref for line in together.bookings]
    assert len(set(names)) == 2
    assert [told.bookings[0].entry_ref for told in apart] == names


def test_the_same_statement_twice_in_a_file_is_refused(read) -> None:
    assert read(_swift(*_MONDAY, *_MONDAY)).code == "does_not_foot"


@pytest.mark.parametrize(
    ("line", "amount", "reference"),
    [
        ("260302C20,00NGT NONREF", "20.00", ""),
        ("260302C20,NOV ORDER 77", "20", "ORDER 77"),
        ("2603020302C20,00 NRTIKREF+//2026030200001", "20.00", ""),
        ("2603020302CF20,00S   X", "20.00", "X"),
        ("2603020302CR000000000020,00N051EREF            ", "20.00", ""),
        ("2603020302RDR20,00N068NONREF", "20.00", ""),
    ],
)
def test_the_booking_line_is_read_as_each_bank_writes_it(line, amount, reference, read) -> None:
    told = read(_swift(*_statement("C260301EUR100,00", line, "C260302EUR120,00")))

    assert told.problem is None
    assert (str(told.bookings[0].amount), told.bookings[0].end_to_end_id) == (amount, reference)


def test_a_value_day_of_30_february_is_the_last_of_that_month(read) -> None:
    told = read(
        _swift(*_statement("C260228EUR6,00", "2602300302DR6,00N024NONREF", "C260302EUR0,00"))
    )

    assert told.problem is None
    booking = told.bookings[0]
    assert (booking.value_on, booking.booked_on) == (date(2026, 2, 28), date(2026, 3, 2))


def test_a_reference_that_runs_over_the_fields_of_a_german_text_is_whole(read) -> None:
    text = (
        ":86:166?00GUTSCHRIFT?109310?20EREF+PAYOUT-2026-03-02-0017-?219921 SVWZ+STRIPE PAYOUT ?",
        "22po_9f31?30SSKMDEMM?31DE02700100800030876808?32NORTH SEA PAY?33MENTS",
    )

    told = read(
        _swift(*_statement("C260301EUR1,00", "260302C2,00NTRFNONREF", "C260302EUR3,00", *text))
    )

    booking = told.bookings[0]
    assert booking.end_to_end_id == "PAYOUT-2026-03-02-0017-9921"
    assert "STRIPE PAYOUT po_9f31" in booking.text
    assert booking.counterparty == "NORTH SEA PAYMENTS"
    assert booking.counterparty_account == "DE02700100800030876808"


def test_a_reference_in_a_dutch_text_is_found(read) -> None:
    text = (
        ":86:/TRTP/SEPA OVERBOEKING/IBAN/NL02ABNA0123456789/NAME/NORDPAY/EREF/PO",
        "-77-0001/REMI/SETTLEMENT 77",
    )

    told = read(
        _swift(*_statement("C260301EUR1,00", "260302C2,00N654EREF", "C260302EUR3,00", *text))
    )

    assert told.bookings[0].end_to_end_id == "PO-77-0001"
    assert "SETTLEMENT 77" in told.bookings[0].text


def test_a_dash_in_the_middle_of_a_text_does_not_end_the_statement(read) -> None:
    lines = _statement(
        "C260301EUR1,00", "260302C2,00NTRFNONREF", "C260302EUR3,00", ":86:ONE", "-", "TWO"
    )

    told = read(_swift(*lines))

    assert told.problem is None
    assert told.bookings[0].text == "ONE - TWO"
    assert read(_swift(*lines[:-2])).code == "cut_short"


def test_messages_that_end_the_way_ing_and_postfinance_end_them_are_whole(read) -> None:
    dutch = [*_MONDAY[:-1], ":86:D000000C000001D0,00C20,00", "-XXX"]
    swiss = [
        "{1:F01POFICHBEAXXX0000000000}{2:I940XXXXXXXXXXXXN}{4:", *_MONDAY[:-1],
        "-}{1:F01POFICHBEAXXX0000000000}{2:I940XXXXXXXXXXXXN}{4:", *_TUESDAY[:-1],
        "-}{5:{MAC:00000000}{CHK:000000000000}}",
    ]  # fmt: skip

    assert [len(read(_swift(*lines)).bookings) for lines in (dutch, swiss)] == [1, 2]


def test_texts_in_fields_of_the_banks_own_belong_to_their_booking(read) -> None:
    told = read(
        _swift(
            *_statement(
                "C260301HUF10,00",
                "260302CF5,00S   X",
                "C260302HUF15,00",
                ":NS:01526715",
                "15NORDPAY",
            )
        )
    )

    assert told.bookings[0].text == "01526715 15NORDPAY"


def _money(tag: str, amount: str, *, currency: str = "EUR") -> str:
    return f'<{tag} Ccy="{currency}">{amount}</{tag}>'


def _balance(kind: str, amount: str, day: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{_money('Amt', amount)}"
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _entry(amount: str, inside: str = "", *, reference: str = "R1") -> str:
    return (
        f"<Ntry><NtryRef>{reference}</NtryRef>{_money('Amt', amount)}<CdtDbtInd>CRDT</CdtDbtInd>"
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><DtTm>2026-03-02T23:30:00+01:00</DtTm></BookgDt>"
        f"{inside}</Ntry>"
    )


def _payment(inside: str) -> str:
    return f"<TxDtls>{inside}<CdtDbtInd>CRDT</CdtDbtInd></TxDtls>"


def _camt(*statements: str, name: str = "S1") -> bytes:
    inside = "".join(
        f"<Stmt><Id>{name}-{number}</Id>{one}</Stmt>" for number, one in enumerate(statements)
    )
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        f"{inside}</BkToCstmrStmt></Document>"
    ).encode()


_ACCOUNT = "<Acct><Id><IBAN>NL02ABNA0123456789</IBAN></Id></Acct>"


def _one_day(entries: str, closing: str, *, pages: str = "") -> str:
    opened = _balance("OPBD", "100.00", "2026-03-01")
    return pages + _ACCOUNT + opened + _balance("CLBD", closing, "2026-03-02") + entries


def test_a_booking_keeps_the_day_the_bank_wrote(read) -> None:
    told = read(_camt(_one_day(_entry("20.00"), "120.00")))

    assert told.bookings[0].booked_on == date(2026, 3, 2)


def test_entries_that_share_a_reference_are_told_apart(read) -> None:
    told = read(_camt(_one_day(_entry("20.00") + _entry("20.00"), "140.00")))

    assert told.problem is None
    assert [line.entry_ref for line in told.bookings] == ["R1", "R1-2"]


def test_a_batch_less_its_charges_is_whole_and_less_something_else_is_not(read) -> None:
    payments = _payment(_money("Amt", "60.00")) + _payment(_money("Amt", "40.00"))

    def batch(booked: str) -> bytes:
        charges = f"<Chrgs>{_money('TtlChrgsAndTaxAmt', '1.50')}</Chrgs>"
        inside = f"{charges}<NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch>{payments}</NtryDtls>"
        return _camt(_one_day(_entry(booked, inside), str(Decimal(booked) + 100)))

    assert read(batch("98.50")).problem is None
    assert read(batch("98.40")).code == "does_not_foot"


def test_charges_of_single_payments_are_added_up(read) -> None:
    payments = "".join(
        _payment(f"{_money('Amt', amount)}<Chrgs><Rcrd>{_money('Amt', '0.25')}</Rcrd></Chrgs>")
        for amount in ("60.00", "40.00")
    )

    told = read(_camt(_one_day(_entry("99.50", f"<NtryDtls>{payments}</NtryDtls>"), "199.50")))

    assert told.problem is None


def test_a_payment_from_abroad_counts_in_the_currency_of_its_booking(read) -> None:
    abroad = _payment(
        f"<AmtDtls><TxAmt>{_money('Amt', '70.00', currency='USD')}</TxAmt></AmtDtls>"
        + _money("Amt", "60.00")
    )
    inside = f"<NtryDtls>{abroad}{_payment(_money('Amt', '40.00'))}</NtryDtls>"

    assert read(_camt(_one_day(_entry("100.00", inside), "200.00"))).problem is None
    assert read(_camt(_one_day(_entry("101.00", inside), "201.00"))).code == "does_not_foot"


def test_several_batches_in_one_entry_are_counted_together(read) -> None:
    inside = "".join(
        f"<NtryDtls><Btch><NbOfTxs>1</NbOfTxs></Btch>{_payment(_money('Amt', amount))}</NtryDtls>"
        for amount in ("60.00", "40.00")
    )

    told = read(_camt(_one_day(_entry("100.00", inside), "200.00")))

    assert told.problem is None
    assert told.bookings[0].batch_size == 2


def test_pages_of_a_statement_are_held_together_by_their_interim_balances(read) -> None:
    first = (
        "<StmtPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></StmtPgntn>"
        + _ACCOUNT
        + _balance("OPBD", "100.00", "2026-03-02")
        + _balance("ITBD", "120.00", "2026-03-02")
        + _entry("20.00")
    )
    last = (
        _ACCOUNT
        + _balance("ITBD", "120.00", "2026-03-02")
        + _balance("CLBD", "150.00", "2026-03-02")
        + _entry("30.00")
    )

    assert read(_camt(first, last)).problem is None
    told = read(_camt(first))
    assert told.footed.remarks == (
        "Statement S1-0 goes on after page 1: bring its next page, too.",
    )
    assert read(_camt(last.replace("120.00", "121.00"))).code == "does_not_foot"


def test_a_statement_of_several_days_leads_from_the_first_to_the_last_balance(read) -> None:
    days = (
        _ACCOUNT
        + _balance("OPBD", "120.00", "2026-03-02")
        + _balance("CLBD", "150.00", "2026-03-02")
        + _balance("OPBD", "100.00", "2026-03-01")
        + _balance("CLBD", "120.00", "2026-03-01")
        + _entry("20.00")
        + _entry("30.00", reference="R2")
    )

    told = read(_camt(days))

    assert told.problem is None
    assert (told.statements[0].opening, told.statements[0].closing) == (
        Decimal("100.00"),
        Decimal("150.00"),
    )


def test_a_count_may_leave_out_what_is_not_booked_yet(read) -> None:
    pending = _entry("9.00", reference="R2").replace("BOOK", "PDNG")

    def counted(number: int) -> bytes:
        summary = f"<TxsSummry><TtlNtries><NbOfNtries>{number}</NbOfNtries></TtlNtries></TxsSummry>"
        return _camt(_one_day(summary + _entry("20.00") + pending, "120.00"))

    assert [read(counted(number)).code for number in (1, 2, 3)] == ["read", "read", "wrong_count"]


def test_a_new_account_may_open_on_no_day(read) -> None:
    told = read(_swift(*_statement("C000000EUR0,00", "260302C2,00NTRFNONREF", "C260302EUR2,00")))

    assert told.problem is None
    assert told.statements[0].opened_on is None


def test_entries_without_a_reference_have_names_of_their_own_on_every_page(read) -> None:
    def page(number: int, opening: str, closing: str) -> str:
        last = "true" if number == 2 else "false"
        return (
            f"<StmtPgntn><PgNb>{number}</PgNb><LastPgInd>{last}</LastPgInd></StmtPgntn>{_ACCOUNT}"
            + _balance("OPBD" if number == 1 else "ITBD", opening, "2026-03-02")
            + _balance("CLBD" if number == 2 else "ITBD", closing, "2026-03-02")
            + _entry("20.00", reference="")
        )

    pages = [page(1, "100.00", "120.00"), page(2, "120.00", "140.00")]

    names = [read(_camt(one)).bookings[0].entry_ref for one in pages]

    assert names == ["S1-0:1", "S1-0/2:1"]


def test_a_further_text_leaves_who_paid_in_place(read) -> None:
    told = read(
        _swift(
            *_statement(
                "C260301EUR100,00", "2603020302CR20,00N051NONREF", "C260302EUR120,00",
                ":86:166?00GUTSCHRIFT?20SHOP 7?31DE02120300000000202051?32NORDPAY",
                ":NS:01ADVICE 5",
            )
        )
    )  # fmt: skip

    (line,) = told.bookings
    assert (line.counterparty, line.counterparty_account) == ("NORDPAY", "DE02120300000000202051")
    assert line.text.endswith("01ADVICE 5")
