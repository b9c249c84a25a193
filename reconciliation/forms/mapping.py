"""The form by which an admin says how to read a table of a gateway that has no format."""

from typing import Any, ClassVar

from django import forms

from connectors.gateways.mapping import FIELDS
from connectors.gateways.moments import zone
from integration.records.payout import LineKind
from reconciliation.importing.mappings import mapping_of
from reconciliation.models import GatewayMapping

_KINDS = [(kind.value, kind.value.replace("_", " ").capitalize()) for kind in LineKind]
_PLAIN = (
    "delimiter", "mark", "dates", "zone", "currency", "account", "minor_units", "signs", "fee_sign",
    "default_kind", "total_column", "total_empty",
)  # fmt: skip


def _column(label: str) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=160)


class GatewayMappingForm(forms.ModelForm):
    """Every column by its title in the file; kinds as lines of `word = kind`.

    Declared one by one, because the admin site shows no field that a form adds to itself.
    """

    column_line_id = _column("Id of the line")
    column_payout_id = _column("Id of the payout")
    column_kind = _column("Kind of movement")
    column_gross = _column("Gross amount")
    column_fee = _column("Fee")
    column_fee_tax = _column("VAT in the fee")
    column_net = _column("Net amount")
    column_currency = _column("Currency")
    column_occurred_at = _column("Date, or date and time")
    column_time = _column("Time, when apart")
    column_available_on = _column("Day it counts for")
    column_reference = _column("Order reference")
    column_transaction_id = _column("Transaction id")
    column_parent_transaction_id = _column("Id of the transaction it belongs to")
    column_customer_email = _column("E-mail of the customer")
    column_description = _column("Description")
    column_account = _column("Account")
    column_debit = _column("Debit, when the amount has two columns")
    column_credit = _column("Credit, when the amount has two columns")
    kinds = forms.CharField(
        label="Words for kinds",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="One a line, as in “Sale = charge”. Kinds: "
        + ", ".join(kind.value for kind in LineKind),
    )
    default_kind = forms.ChoiceField(
        label="Kind of every row", required=False, choices=[("", "By the column"), *_KINDS]
    )
    delimiter = forms.ChoiceField(
        label="Columns are parted by",
        required=False,
        choices=[("", "Find it"), (",", "Comma"), (";", "Semicolon"), ("\t", "Tab"), ("|", "Pipe")],
    )
    mark = forms.ChoiceField(
        label="Decimals", choices=[("point", "1,234.50"), ("comma", "1.234,50")]
    )
    dates = forms.ChoiceField(
        label="Days", choices=[("ymd", "2026-10-31"), ("dmy", "31/10/2026"), ("mdy", "10/31/2026")]
    )
    zone = forms.CharField(label="Time zone", initial="UTC", help_text="As in Europe/London.")
    currency = forms.CharField(
        label="Currency of every row", required=False, max_length=3, help_text="As in GBP."
    )
    account = forms.CharField(label="Account of every row", required=False, max_length=80)
    minor_units = forms.BooleanField(label="Amounts are in pence or cents", required=False)
    signs = forms.ChoiceField(
        choices=[
            ("stated", "Amounts have their signs"),
            ("by_kind", "Refunds, fees and payouts are written without a minus"),
        ]
    )
    fee_sign = forms.ChoiceField(
        label="Fees", choices=[("cost", "A fee is positive"), ("movement", "A fee is negative")]
    )
    total_column = forms.CharField(
        label="Column that tells totals",
        required=False,
        max_length=160,
        help_text="Only for files that have rows of totals: the title of the column by which such a "
        "row is known. Its amounts are held against the lines; it is never imported as one.",
    )
    total_words = forms.CharField(
        label="Words for totals",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What stands there in a total, one a line. “Total*” stands for all that begins "
        "with Total.",
    )
    total_empty = forms.BooleanField(label="An empty cell is a total", required=False)

    SECTIONS: ClassVar[Any] = (
        (None, {"fields": ["name", "gateway"]}),
        (
            "Columns",
            {
                "description": "The title of each column as it stands in the file. Leave empty what "
                "the file does not have.",
                "fields": [f"column_{name}" for name in FIELDS],
            },
        ),
        ("Kinds of movement", {"fields": ["kinds", "default_kind"]}),
        (
            "How the file is written",
            {
                "fields": [
                    "delimiter", "mark", "dates", "zone", "currency", "account", "minor_units",
                    "signs", "fee_sign",
                ]
            },
        ),
        ("Rows of totals", {"fields": ["total_column", "total_words", "total_empty"]}),
    )  # fmt: skip

    class Meta:
        model = GatewayMapping
        fields = ("name", "gateway")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.instance.settings
        for name in FIELDS:
            self.fields[f"column_{name}"].initial = given.get("columns", {}).get(name, "")
        for name in _PLAIN:
            if name in given:
                self.fields[name].initial = given[name]
        words = given.get("kinds", {})
        self.fields["kinds"].initial = "\n".join(f"{word} = {kind}" for word, kind in words.items())
        self.fields["total_words"].initial = "\n".join(given.get("total_words", []))

    def clean_total_words(self) -> list[str]:
        return [row.strip() for row in self.cleaned_data["total_words"].splitlines() if row.strip()]

    def clean_kinds(self) -> dict[str, str]:
        found = {}
        for row in self.cleaned_data["kinds"].splitlines():
            word, _, kind = (part.strip() for part in row.rpartition("="))
            if not row.strip():
                continue
            if not word or kind not in set(LineKind):
                raise forms.ValidationError(f"“{row}” is not “word = kind” with a known kind.")
            found[word] = kind
        return found

    def clean_zone(self) -> str:
        name = str(self.cleaned_data["zone"])
        try:
            zone(name)
        except ValueError as error:
            raise forms.ValidationError(f"“{name}” is no time zone.") from error
        return name

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if self.errors:
            return given
        titles = {name: given.get(f"column_{name}", "").strip() for name in FIELDS}
        self.instance.settings = {
            "columns": {name: title for name, title in titles.items() if title},
            "kinds": given["kinds"],
            "total_words": given["total_words"],
            **{name: given[name] for name in _PLAIN},
        }
        self.instance.gateway = given["gateway"]
        for problem in mapping_of(self.instance).problems():
            self.add_error(None, problem)
        return given


class SampleForm(forms.Form):
    """A file to try a mapping with. It is not kept."""

    file = forms.FileField(label="File to try it with")
