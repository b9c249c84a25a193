"""Rows that look like totals although the mapping names none: refused, and told what to set."""

from dataclasses import dataclass, field
from decimal import Decimal

from connectors.gateways.mapping import GenericMapping
from connectors.gateways.problems import Code, FileProblem
from connectors.gateways.row import Row, plain
from integration.records.payout import LineKind, PayoutLine

_WORDS = frozenset(
    [
        "total", "totals", "subtotal", "grand", "sum", "sums", "summe", "summen",
        "gesamt", "gesamtsumme", "zwischensumme", "endsumme", "totaal", "totale", "totales",
        "somme", "sous", "suma", "razem", "celkem", "summa", "yhteensä", "totalt", "totalbelopp",
    ]
)  # fmt: skip
_TWO_WORDS = {"grand": "total", "sous": "total"}
_KNOWN_BY = ("line_id", "transaction_id", "reference")
_LOOKED_AT = (
    "line_id",
    "kind",
    "occurred_at",
    "payout_id",
    "reference",
    "transaction_id",
    "account",
)


@dataclass(slots=True)
class Lookout:
    """Looks at rows as they are read. Once a mapping names its totals, all others are lines."""

    mapping: GenericMapping
    _sums: dict[str, Decimal] = field(default_factory=dict)
    _lines: int = 0
    _last: FileProblem | None = None

    def told(self, row: Row) -> FileProblem | None:
        """What to set, when a row that is no line looks like a total."""
        if self.mapping.total_column:
            return self._one_more(row)
        if found := self._worded(row):
            return self._wrong_word(row, *found)
        missing = [name for name in ("line_id", "occurred_at") if self.mapping.column(name)]
        if self._amounts(row) and not any(self._says(row, name) for name in missing):
            title = self.mapping.columns[missing[0]]
            return self._problem(
                row, f"The row has an amount and nothing in “{title}”, as totals have.", title, ""
            )
        return None

    def _one_more(self, row: Row) -> FileProblem | None:
        word = row.text(plain(self.mapping.total_column))
        if not word and not self.mapping.total_empty and self._amounts(row):
            return self._empty_one(row)
        if not _is_total(word):
            return None
        return FileProblem(
            Code.UNKNOWN_ROW_TYPE,
            f"“{word}” looks like a total, not a line. If it is one, add it to “Words for totals” in "
            f"the mapping “{self.mapping.name}”.",
            row.number,
            plain(self.mapping.total_column),
            word,
        )

    def _empty_one(self, row: Row) -> FileProblem:
        return FileProblem(
            Code.UNKNOWN_ROW_TYPE,
            f"The row has an amount and nothing in “{self.mapping.total_column}”. If it is a total, tick "
            f"“An empty cell is a total” in the mapping “{self.mapping.name}”.",
            row.number,
            plain(self.mapping.total_column),
        )

    def see(self, row: Row, line: PayoutLine) -> None:
        """Raises FileProblem for a row that reads like a line and is named like a total."""
        if self.mapping.total_column:
            return
        unnamed = not self._has_name(row)
        if unnamed and (found := self._worded(row)):
            raise self._wrong_word(row, *found)
        before = self._sums.get(line.currency, Decimal(0))
        alike = self._lines > 1 and before == line.gross != 0 and not self._has_number(row)
        self._last = (
            self._sums_up(row, line) if alike and line.kind is not LineKind.PAYOUT else None
        )
        self._sums[line.currency] = before + line.gross
        self._lines += 1

    def close(self) -> None:
        """Raises FileProblem when the last line was exactly the sum of all before it."""
        if self._last is not None:
            raise self._last

    def _amounts(self, row: Row) -> bool:
        return any(self._says(row, name) for name in ("gross", "net", "debit", "credit"))

    def _says(self, row: Row, name: str) -> bool:
        return bool(row.text(self.mapping.column(name)))

    def _has_name(self, row: Row) -> bool:
        """Something of its own by which the line is known, which is no word for a total."""
        said = [row.text(self.mapping.column(name)) for name in _KNOWN_BY]
        return any(word and not _is_total(word) for word in said)

    def _has_number(self, row: Row) -> bool:
        """An id has a digit, while a word for a total in any language has none."""
        said = "".join(row.text(self.mapping.column(name)) for name in _KNOWN_BY)
        return any(char.isdigit() for char in said)

    def _worded(self, row: Row) -> tuple[str, str] | None:
        """The title and the word, when a cell that names the row says “total”."""
        titles = {self.mapping.column(name): self.mapping.columns[name] for name in _LOOKED_AT
                  if self.mapping.column(name)}  # fmt: skip
        first = next((title for title, cell in row.cells.items() if cell.strip()), "")
        for title in (first, *titles):
            if _is_total(row.text(title)):
                return titles.get(title, title), row.text(title)
        return None

    def _wrong_word(self, row: Row, title: str, word: str) -> FileProblem:
        return self._problem(
            row, f"“{word}” in “{title}” looks like a total, not a line.", title, word
        )

    def _sums_up(self, row: Row, line: PayoutLine) -> FileProblem:
        title = self.mapping.columns.get("line_id") or self.mapping.columns.get("reference", "")
        return self._problem(
            row,
            f"The last row has no id and states exactly what the rows above it come to, {line.gross} "
            f"{line.currency}, as totals do.",
            title, "",
        )  # fmt: skip

    def _problem(self, row: Row, sentence: str, title: str, word: str) -> FileProblem:
        column = f"“{title}”" if title else "a column that only totals leave empty"
        what = f"“Words for totals” to “{word}”" if word else "tick “An empty cell is a total”"
        return FileProblem(
            Code.UNKNOWN_ROW_TYPE,
            f"{sentence} If it is one, set in the mapping “{self.mapping.name}” “Column that tells "
            f"totals” to {column} and {what}: then it is held against the lines.",
            row.number,
            plain(title),
            word,
        )


def _is_total(text: str) -> bool:
    words = plain(text).split()
    if not words or words[0] not in _WORDS:
        return False
    after = _TWO_WORDS.get(words[0])
    return after is None or words[1:2] == [after]
