"""Every form of the mappings' admin site opens and saves."""

import pytest
from django.urls import reverse

from integration.mapping.models import OrderPolicy, SourceTable, TaxRule


@pytest.mark.parametrize(
    ("model", "values", "changed"),
    [
        (OrderPolicy, {}, {"currencies": "GBP,EUR,USD"}),
        (TaxRule, {"country": "IE", "customer_type": "company"}, {"tax_code": "RC"}),
        (SourceTable, {"part": "order", "data_extension": "Orders"}, {"data_extension": "Sales"}),
    ],
)
def test_an_admin_opens_and_changes_a_row(model, values, changed, client_for, admin_person):
    row = model.objects.create(**values)
    page = reverse(f"admin:mapping_{model._meta.model_name}_change", args=[row.pk])
    client = client_for(admin_person)

    form = client.get(page).context["adminform"].form
    told = {bound.name: bound.value() for bound in form if bound.value() not in (None, False)}
    sent = {**told, **({"columns": "{}"} if model is SourceTable else {}), **changed}
    saved = client.post(page, sent)

    assert saved.status_code == 302
    row.refresh_from_db()
    assert {name: getattr(row, name) for name in changed} == changed


@pytest.mark.parametrize(
    ("model", "first"),
    [
        ("productmapping", ["source_sku", "prima_sku"]),
        ("promotionmapping", ["source_code", "treatment"]),
        ("valuemapping", ["domain", "source"]),
    ],
)
def test_a_form_begins_with_what_means_what(model, first, client_for, admin_person):
    page = client_for(admin_person).get(f"/admin/mapping/{model}/add/")

    fields = list(page.context["adminform"].form.fields)
    assert fields[:2] == first
    assert fields[-3:] == ["valid_from", "valid_to", "note"]
