"""Form fields for choosing a code of Prima: a search text, and the hits with their reasons."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import forms

from exceptions.storable import text
from exceptions.suggest import Hit

Search = Callable[[str], Sequence[Hit]]


class CodeField(forms.ChoiceField):
    """Offers the hits, and takes any other code that `exists`, typed or linked."""

    def __init__(self, *, exists: Callable[[str], bool], **options: Any) -> None:
        super().__init__(widget=forms.RadioSelect, **options)
        self._exists = exists

    def valid_value(self, value: Any) -> bool:
        return super().valid_value(value) or ("\x00" not in value and self._exists(str(value)))


def search_field(what: str) -> forms.CharField:
    return forms.CharField(
        label=f"Search {what}",
        required=False,
        max_length=120,
        help_text="Change the words and press the button to see other hits.",
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control"}),
    )


def choices_of(hits: Iterable[Hit], chosen: Hit | None = None) -> list[tuple[str, str]]:
    """Code, name and reason of each hit; what is chosen already is among them."""
    rows = {hit.code: hit for hit in ([chosen] if chosen else [])}
    rows.update({hit.code: hit for hit in hits})
    return [(hit.code, line(hit)) for hit in rows.values()]


def asked(given: Mapping[str, Any] | None, name: str, default: str = "") -> str:
    """What the person typed so far, or else the default."""
    return text(str((given or {}).get(name) or default), 500).strip()


def line(hit: Hit) -> str:
    named = f"{hit.code} – {hit.label}" if hit.label else hit.code
    return f"{named}: {hit.reason}" if hit.reason else named
