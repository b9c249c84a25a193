"""Addresses, to and from Prima's REST contract."""

from collections.abc import Mapping
from typing import Any, TypedDict

from integration.records.address import Address


class AddressPayload(TypedDict, total=False):
    """An address as it travels; what is empty is left out."""

    name: str
    lines: list[str]
    city: str
    county: str
    postcode: str
    country: str
    phone: str


def address_payload(address: Address) -> AddressPayload:
    """Empty for an empty address."""
    payload: AddressPayload = {}
    if address.name:
        payload["name"] = address.name
    if address.lines:
        payload["lines"] = list(address.lines)
    if address.city:
        payload["city"] = address.city
    if address.county:
        payload["county"] = address.county
    if address.postcode:
        payload["postcode"] = address.postcode
    if address.country:
        payload["country"] = address.country
    if address.phone:
        payload["phone"] = address.phone
    return payload


def address_from(payload: Mapping[str, Any]) -> Address:
    return Address(
        name=payload.get("name") or "",
        lines=tuple(payload.get("lines") or ()),
        city=payload.get("city") or "",
        county=payload.get("county") or "",
        postcode=payload.get("postcode") or "",
        country=payload.get("country") or "",
        phone=payload.get("phone") or "",
    )
