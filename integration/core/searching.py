"""Finding texts by what stands anywhere in them, however many there are.

An index holds the pieces of three letters of each row's texts; a search asks for the rows that have
all pieces of what was typed, and only those are then looked at letter by letter. Two letters are
looked for where a word begins; one letter has no piece, so it is looked for everywhere.
"""

from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db.models import Func, Model, QuerySet, TextField, Value
from django.db.models.expressions import Combinable

Row = TypeVar("Row", bound=Model)
Texts = tuple[str | Combinable, ...]
_WHOLE, _SHORTEST = 3, 2
WAITING_KB = 32 * 1024
"""How much may wait: reading it costs a search some hundredths of a second."""
_BEFORE_A_WORD = "\n -_./@"


class Grams(Func):
    """The pieces of some texts. The function is in the database, by a migration."""

    function = "SEARCH_GRAMS"
    output_field = ArrayField(TextField())


def grams_of(texts: Texts) -> Grams:
    """Of a row. The empty text before the others gives the first one a beginning, too."""
    return Grams(Value(""), *texts)


def index(*texts: str | Combinable, name: str) -> GinIndex:
    """What a search over these texts goes by. New rows wait in a list, and go in by the thousand."""
    return GinIndex(grams_of(texts), name=name, gin_pending_list_limit=WAITING_KB)


def narrowed(rows: QuerySet[Row], text: str, texts: Texts) -> QuerySet[Row]:
    """Rows that may hold the text in one of those of their index, and all that do."""
    if len(text) < _SHORTEST:
        return rows
    found: QuerySet[Row] = rows.alias(grams=grams_of(texts))
    beginnings = [f"{mark}{text.upper()}" for mark in _BEFORE_A_WORD]
    wanted: dict[str, Any] = (
        {"grams__overlap": beginnings}
        if len(text) < _WHOLE
        else {"grams__contains": Grams(Value(text))}
    )
    return found.filter(**wanted)
