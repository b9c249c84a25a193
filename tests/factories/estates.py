"""Contacts and accounts for tests of identity: Jane Smith of Leeds unless told otherwise."""

from typing import Any

from django.utils import timezone

from integration.mirror.models import Contact, PrimaCustomer

VAT, OTHER_VAT = "GB980780684", "GB220430231"


def contact(key: str, **told: Any) -> Contact:
    """Without an e-mail address, so that nothing is shared by accident."""
    values = {"first_name": "Jane", "last_name": "Smith", "postcode": "LS1 4AP", **told}
    data = {"country": "GB", "line1": "1 High Street", **values.pop("data", {})}
    row: Contact = Contact.objects.create(key=key, data=data, read_at=timezone.now(), **values)
    return row


def account(code: str, name: str = "Jane Smith", **told: Any) -> PrimaCustomer:
    """A person's account at the same home. `vat_number`, `email`, `phone` as Prima has them."""
    held = told.pop("held_key", "")
    phone, kind = told.pop("phone", ""), told.pop("type", "person")
    postcode = told.pop("postcode", "LS1 4AP")
    data = {
        "id": f"id-{code}",
        "account_code": code,
        "name": name,
        "type": kind,
        "email": told.get("email", ""),
        "phone": phone,
        "vat_number": told.get("vat_number", ""),
        "is_pool": told.get("is_pool", False),
        "status": told.get("status", "active"),
        "hold": told.pop("hold", "none"),
        "external_keys": {"sfmc": held} if held else {},
        "addresses": [
            {
                "id": "1",
                "role": "both",
                "address": {"lines": ["1 High St"], "postcode": postcode, "country": "GB"},
            }
        ],
    }
    row: PrimaCustomer = PrimaCustomer.objects.create(
        prima_id=f"id-{code}",
        account_code=code,
        name=name,
        contact_key=held,
        postcode=postcode,
        data=data,
        read_at=timezone.now(),
        **told,
    )
    return row
