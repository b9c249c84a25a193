"""Statements that overlap, for tests: what they hold, and what became of them."""

from collections import Counter
from collections.abc import Sequence

from reconciliation.importing import evidence, files
from reconciliation.importing.files import Origin
from reconciliation.importing.overlap import Said, question
from reconciliation.models import BankLine, StatementFile
from tests.reconciliation.importing.bank_files import Booking

FIFTH = [Booking(5, 10, "RENT"), Booking(5, 1), Booking(5, 1)]
MONTH = [Booking(2, 70, "FEES"), *FIFTH, Booking(9, -4, "BOX"), Booking(28, 3, "BOX")]
OPENING = {5: 70, 9: 82, 28: 78}
SWEEP = [Booking(5, 50, "SWEEP"), Booking(5, -50, "SWEEP")]


def brought(data: bytes, name: str = "bank.sta") -> StatementFile:
    return files.inspect(files.arrive(evidence.keep([data]), Origin(name=name)))


def took(data: bytes, name: str = "bank.sta") -> str:
    """What the import said it took, or why it did not."""
    file = brought(data, name)
    return files.commit(file, actor=None).taken if file.state == "preview" else file.message


def booked() -> Counter[tuple[int, int, str]]:
    return Counter(
        (one.booked_on.day, one.amount // 100, one.text.split()[0])
        for one in BankLine.objects.all()
    )


def answer_of(file: StatementFile, said: Said) -> dict[str, str]:
    """What the form of the page sends."""
    return {"overlap": said, "asked": question(file.preview["asked"])}


def truly(bookings: Sequence[Booking]) -> Counter[tuple[int, int, str]]:
    return Counter((one.day, one.amount, one.text.split()[0]) for one in bookings)
