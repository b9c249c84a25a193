"""A number in a row of figures, as the pages of runs and of calls show it."""

from typing import NamedTuple


class Figure(NamedTuple):
    """`number` is None where no limit is set; `note` stands small below it."""

    label: str
    number: int | None
    note: str = ""
