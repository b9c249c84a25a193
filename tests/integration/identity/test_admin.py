"""Customers in admin are keys: whoever keeps the desk need not see whom they belong to."""

import pytest
from django.urls import reverse

from connectors.sync.models import SyncItem
from integration.identity import keys


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["admin_person", "auditor"])
def test_no_page_of_admin_names_a_customer(who, request, client_for):
    owner = keys.link("CK-1", "A1", method="test", actor=None)
    type(owner).objects.filter(pk=owner.pk).update(name="Ruth Thompson")
    link = owner.links.get(system="prima")
    item = SyncItem.objects.create(
        flow="orders_to_prima", external_id="CO-1", state="held",
        last_error="The customer Ruth Thompson has no account.",
        created_at=owner.created_at, changed_at=owner.created_at,
    )  # fmt: skip
    client = client_for(request.getfixturevalue(who))

    for address in (
        reverse("admin:identity_customer_changelist"),
        reverse("admin:identity_customer_change", args=[owner.pk]),
        reverse("admin:identity_customerlink_changelist"),
        reverse("admin:identity_customerlink_change", args=[link.pk]),
        reverse("admin:sync_syncitem_change", args=[item.pk]),
    ):
        page = client.get(address)
        assert page.status_code == 200
        assert "Thompson" not in page.content.decode(), address
    listed = client.get(reverse("admin:identity_customer_changelist")).content.decode()
    assert str(owner.uid) in listed
