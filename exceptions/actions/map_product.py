"""Say which product of Prima a campaign's SKU is."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import transaction

from connectors.sync.orders.preview import BookChange
from exceptions import choosing, lifecycle, mapped, rework, suggest, trial
from exceptions.action import Action, Cleaned, Done, Preview
from exceptions.models import ExceptionCase
from exceptions.words import counted
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.mapping.models import ProductMapping
from integration.mirror.models import PrimaItem

_NO_HITS = "Prima has nothing like that. Search for other words, or part of a code."


class ProductForm(forms.Form):
    search = choosing.search_field("Prima's products")
    product = choosing.CodeField(
        label="Product",
        exists=lambda code: _sellable(code) is not None,
        error_messages={"invalid_choice": "Prima has no such product for sale."},
    )
    note = forms.CharField(
        label="Note",
        max_length=250,
        required=False,
        help_text="Kept with the mapping, for whoever asks later.",
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


class MapProduct(Action):
    slug = "map_product"
    label = "Map to a product"
    permission = May.MAP_PRODUCTS
    help = (
        "Says which product of Prima this SKU is, for these orders and all to come. Orders behind "
        "the case are tried again at once."
    )
    must_preview = True

    def form_class(
        self, case: ExceptionCase | None, given: Mapping[str, Any] | None = None
    ) -> type[forms.Form]:
        facts = case.facts if case else {}
        typed = choosing.asked(given, "search")
        hits = suggest.products(typed or facts.get("sku", ""), "" if typed else _said(facts))
        chosen = _chosen(choosing.asked(given, "product"))

        class ForSku(ProductForm):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                choices = choosing.choices_of(hits, chosen)
                self.fields["product"].choices = choices  # type: ignore[attr-defined]
                if not choices:
                    self.fields["product"].help_text = _NO_HITS

        return ForSku

    def available(self, case: ExceptionCase, user: User) -> bool:
        return super().available(case, user) and bool(case.facts.get("sku"))

    def preview(self, case: ExceptionCase, cleaned: Cleaned, actor: User) -> Preview | None:
        sku, product = case.facts["sku"], cleaned["product"]
        before = mapped.current(ProductMapping, {"source_sku": sku})
        was = before.prima_sku if before else ""
        change = BookChange(products=((sku, product),))
        return trial.of_mappings(case, change, differences=[(f"SKU {sku}", was, product)])

    def perform(
        self, case: ExceptionCase, cleaned: Cleaned, *, actor: User, version: int | None
    ) -> Done:
        sku, product = case.facts["sku"], cleaned["product"]
        orders = rework.waiting_orders(case)
        because = f"mapping SKU {sku} → {product}"
        with transaction.atomic():
            lifecycle.act(case, f"Mapped SKU {sku} → {product}", actor=actor, version=version)
            mapped.map_product(sku, product, actor=actor, note=cleaned.get("note", ""))
            job = rework.try_again(
                orders, because=because, action=self.slug, actor=actor, case=case
            )
        return Done(f"Mapped. Trying {counted(len(orders), 'order')} again.", job)


def _said(facts: Mapping[str, str]) -> str:
    return str(facts.get("description", ""))


def _sellable(code: str) -> PrimaItem | None:
    return PrimaItem.objects.filter(sku_key=code, status="active", deleted_at__isnull=True).first()


def _chosen(code: str) -> suggest.Hit | None:
    item = _sellable(code) if code else None
    return suggest.Hit(item.sku_key, item.description, "chosen", 100) if item else None
