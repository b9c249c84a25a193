"""Create a service or another thing without stock in Prima, for a SKU that only a campaign knows."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from django import forms

from connectors.prima.port import Prima
from connectors.sync.mirrored import as_data, item_from
from connectors.sync.orders.preview import BookChange
from exceptions import accounts, mapped, rework, trial
from exceptions.action import Cleaned, Done, Preview
from exceptions.models import ExceptionCase
from exceptions.prima_action import PrimaAction, Wish
from exceptions.problems import NotPossible
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.mapping.models import ProductMapping
from integration.mirror.models import PrimaCode, PrimaItem
from integration.records.item import Item

KINDS: tuple[tuple[Literal["service", "non_stock"], str], ...] = (
    ("service", "Service (warranty, installation, support)"),
    ("non_stock", "Non-stock item (digital product, print on demand)"),
)
_TEXT = {"class": "form-control"}


class ItemForm(forms.Form):
    sku = forms.RegexField(
        label="Product code in Prima",
        regex=r"^[A-Z0-9][A-Z0-9._/ -]*$",
        max_length=30,
        widget=forms.TextInput(attrs=_TEXT),
        error_messages={"invalid": "Use capital letters, digits, dots, dashes and slashes."},
    )
    description = forms.CharField(
        label="Description", max_length=100, widget=forms.TextInput(attrs=_TEXT)
    )
    kind = forms.ChoiceField(label="Kind", choices=KINDS, widget=forms.RadioSelect)
    tax_code = forms.ChoiceField(
        label="Tax code", widget=forms.Select(attrs={"class": "form-select"})
    )
    price = forms.DecimalField(
        label="Price without tax",
        required=False,
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=4,
        help_text="The list price. Orders keep the price the customer was promised.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = PrimaCode.objects.filter(list=PrimaCode.List.TAX).order_by("code")
        self.fields["tax_code"].choices = [  # type: ignore[attr-defined]
            ("", "Choose a tax code"),
            *[(row.code, f"{row.code} – {row.description}") for row in codes],
        ]

    def clean_sku(self) -> str:
        sku: str = self.cleaned_data["sku"]
        if PrimaItem.objects.filter(sku_key__iexact=sku, deleted_at__isnull=True).exists():
            raise forms.ValidationError("Prima has this code already: map the SKU to it instead.")
        return sku


class CreateItem(PrimaAction):
    slug = "create_item"
    did = "item created in Prima"
    label = "Create the item in Prima"
    permission = May.WRITE_PRIMA
    help = (
        "Creates a service or non-stock item in Prima and maps the SKU to it. Things with stock "
        "are created in Prima by the people who keep the stock."
    )
    must_preview = True

    def form_class(
        self, case: ExceptionCase | None, given: Mapping[str, Any] | None = None
    ) -> type[forms.Form]:
        return ItemForm

    def initial(self, case: ExceptionCase) -> dict[str, Any]:
        facts = case.facts
        return {
            "sku": str(facts.get("sku", "")).upper()[:30],
            "description": str(facts.get("description", ""))[:100],
            "kind": "service",
        }

    def available(self, case: ExceptionCase, user: User) -> bool:
        return super().available(case, user) and bool(case.facts.get("sku"))

    def preview(self, case: ExceptionCase, cleaned: Cleaned, actor: User) -> Preview | None:
        item, sku = _item(cleaned), case.facts["sku"]
        change = BookChange(products=((sku, item.sku_key),), items=(item,))
        row = (f"New item {item.sku}", "", f"{item.description}, tax code {item.tax_code}")
        return trial.of_mappings(case, change, differences=[row])

    def perform(
        self, case: ExceptionCase, cleaned: Cleaned, *, actor: User, version: int | None
    ) -> Done:
        if not case.facts.get("sku"):
            raise NotPossible("This case is not about a SKU.")
        item, orders = _item(cleaned), rework.waiting_orders(case)
        request = {"item": as_data(item), "sku": case.facts["sku"]}
        title = f"Create {item.sku} in Prima for SKU {case.facts['sku']}"
        return self.ask(case, Wish(title, request, orders), actor=actor, version=version)

    def send(self, prima: Prima, request: Mapping[str, Any], key: str) -> Item:
        return prima.create_item(item_from(request["item"]), idempotency_key=key)

    def store(self, request: Mapping[str, Any], answer: Any, *, actor: User) -> str:
        """A SKU that is the code itself needs no mapping, unless it is mapped to something else."""
        accounts.keep_item(answer)
        sku = request["sku"]
        if sku.upper() != answer.sku_key.upper() or mapped.current(
            ProductMapping, {"source_sku": sku}
        ):
            mapped.map_product(sku, answer.sku_key, actor=actor, note="Created from its case")
        return f"creating item {answer.sku_key} for SKU {sku}"


def _item(cleaned: Cleaned) -> Item:
    return Item(
        sku=cleaned["sku"],
        description=cleaned["description"],
        kind=cleaned["kind"],
        tax_code=cleaned["tax_code"],
        price=cleaned["price"],
    )
