"""The words of an order's lines and promotions as mappings look them up, for an index of them."""

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, JSONField, TextField, Value
from django.db.models.expressions import Combinable


class OrderWords(Func):
    """One field of every part in a list of a payload, in the composed form, trimmed, in capitals.

    The function is in the database, by a migration.
    """

    function = "ORDER_WORDS"
    output_field = ArrayField(TextField())


def words(parts: str, field: str, payload: Combinable | str = "payload") -> OrderWords:
    """`parts` is "lines" or "promotions"."""
    return OrderWords(payload, Value(parts), Value(field))


def words_of(value: str, parts: str, field: str) -> OrderWords:
    """The value as it would stand among them."""
    payload = {parts: [{field: value}]}
    return words(parts, field, Value(payload, output_field=JSONField()))
