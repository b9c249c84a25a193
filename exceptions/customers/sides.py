"""A contact and an account, or two customers, side by side, field by field."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from connectors.sync.identity import linking, traits
from connectors.sync.identity.traits import Traits
from connectors.sync.mirrored import customer_from
from integration.core.personal import masked
from integration.identity.models import CustomerLink
from integration.mirror.models import Contact, PrimaCustomer

SAME, OTHER, UNKNOWN = "same", "differs", ""


@dataclass(frozen=True, slots=True)
class Line:
    """One field on both sides. `verdict` is "same", "differs", or "" when one side is empty."""

    label: str
    left: str
    right: str
    verdict: str


@dataclass(frozen=True, slots=True)
class _Field:
    label: str
    contact: Callable[[Contact], str]
    account: Callable[[PrimaCustomer], str]
    compared: Callable[[Traits], str]
    personal: bool = True


def _address(row: PrimaCustomer) -> str:
    homes = row.data.get("addresses") or [{}]
    told = homes[0].get("address", {})
    return ", ".join([*told.get("lines", []), told.get("city", "")]).strip(", ")


def _home(row: Contact) -> str:
    told = [str(row.data.get(name) or "") for name in ("line1", "line2", "line3", "city")]
    return ", ".join(part for part in told if part)


_FIELDS = (
    _Field("Name", lambda c: c.name, lambda a: a.name, lambda t: t.name),
    _Field("E-mail", lambda c: c.email, lambda a: a.email, lambda t: t.email),
    _Field(
        "Mobile",
        lambda c: c.mobile,
        lambda a: str(a.data.get("phone") or ""),
        lambda t: t.mobile,
    ),
    _Field(
        "Telephone",
        lambda c: str(c.data.get("phone") or ""),
        lambda a: str(a.data.get("phone") or ""),
        lambda t: t.phone,
    ),
    _Field("Tax number", lambda c: c.tax_number, lambda a: a.vat_number, lambda t: t.vat),
    _Field("Address", _home, _address, lambda t: t.street),
    _Field("Postcode", lambda c: c.postcode, lambda a: a.postcode, lambda t: t.postcode),
)
_STATE = (
    (
        "Currency",
        lambda c: str(c.data.get("currency") or ""),
        lambda a: str(a.data.get("currency") or ""),
    ),
    (
        "Payment terms",
        lambda c: str(c.data.get("payment_terms") or ""),
        lambda a: str(a.data.get("payment_terms") or ""),
    ),
    ("Campaign", lambda c: c.campaign, lambda _: ""),
    ("Subscriber", lambda c: c.status, lambda _: ""),
    ("On hold", lambda _: "", lambda a: str(a.data.get("hold") or "none")),
    ("Account", lambda _: "", lambda a: a.status),
)
_Of = Contact | PrimaCustomer | None


def lines(contact: Contact | None, account: PrimaCustomer | None, *, personal: bool) -> list[Line]:
    """What Marketing Cloud says on the left, Prima on the right."""
    found = compared(contact, account, personal=personal)
    for label, of_contact, of_account in _STATE:
        left = of_contact(contact) if contact else ""
        right = of_account(account) if account else ""
        if left or right:
            found.append(Line(label, left, right, ""))
    return found


def compared(left: _Of, right: _Of, *, personal: bool) -> list[Line]:
    """The fields that tell who somebody is, of any two records."""
    ours, theirs = _traits(left), _traits(right)
    found = []
    for field in _FIELDS:
        values = [_text(field, left), _text(field, right)]
        if any(values):
            verdict = _verdict(field.compared(ours), field.compared(theirs))
            shown = values if personal else [masked(value) for value in values]
            found.append(Line(field.label, shown[0], shown[1], verdict))
    return found


def numbers(customer_links: Sequence[CustomerLink], accounts: Sequence[PrimaCustomer]) -> set[str]:
    """The valid tax numbers of a customer's accounts."""
    codes = {link.key.upper() for link in customer_links if link.system == "prima"}
    found = (_traits(row).vat for row in accounts if row.account_code.upper() in codes)
    return {number for number in found if number}


def _text(field: _Field, row: _Of) -> str:
    if row is None:
        return ""
    return field.contact(row) if isinstance(row, Contact) else field.account(row)


def _traits(row: _Of) -> Traits:
    if row is None:
        return Traits(key="")
    if isinstance(row, Contact):
        return linking.contact_traits(row)
    told = traits.of_account(customer_from(row.data))
    return replace(told, mobile=told.mobile or told.phone)


def _verdict(left: str, right: str) -> str:
    if not left or not right:
        return UNKNOWN
    return SAME if left == right else OTHER
