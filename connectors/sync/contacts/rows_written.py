"""What goes to Marketing Cloud for a pair: fields put back into the contact, and its audience row."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from connectors.sfmc.values import Value
from connectors.sync.contacts.judging import Verdict
from connectors.sync.contacts.pairs import Pair
from connectors.sync.contacts.views import LINES, Ground, Values, invoice_address, of_contact
from connectors.sync.outgoing.row import OutgoingRow
from integration.mapping.target_columns import PUT_BACK
from integration.ownership.fields import Owner
from integration.records.customer import Customer

AudienceRow = Mapping[str, Value]


def audience_row(pair: Pair, ground: Ground, uid: str) -> AudienceRow:
    """The row segments and journeys read: each field as its owner has it."""
    customer = pair.customer
    if customer is None or pair.account is None:
        raise ValueError(f"Contact {pair.key} has no account.")
    contact, address = of_contact(pair.contact.data, ground), invoice_address(customer)
    lines = address_lines(customer)
    return {
        "key": pair.key,
        "customer": uid,
        "account": pair.account.account_code,
        "name": customer.name,
        "company_name": customer.name if customer.type == "company" else "",
        "email": _kept(ground, "email", contact, customer.email),
        "phone": _kept(ground, "phone", contact, customer.phone),
        "mobile": str(pair.contact.data.get("mobile") or "").strip(),
        **dict(zip(LINES, lines, strict=True)),
        "city": address.city,
        "county": address.county,
        "postcode": address.postcode,
        "country": address.country,
        "currency": customer.currency,
        "payment_terms": ground.unmapped("payment_terms", customer.payment_terms),
        "price_list": customer.price_list,
        "hold": customer.hold,
    }


def put_back(
    pair: Pair, verdicts: Sequence[Verdict], ground: Ground, now: datetime
) -> dict[str, Value]:
    """Only the columns that change, with the date that says that they did."""
    row: dict[str, Value] = {"key": pair.key}
    for verdict in verdicts:
        row |= _columns(pair, verdict, ground)
    return {**row, "modified_at": now}


def with_unsent(rows: Iterable[Mapping[str, Value]]) -> list[Mapping[str, Value]]:
    """Together with what is still on its way for the same contact: a row replaces a row here."""
    by_key = {str(row["key"]): row for row in rows}
    waiting = OutgoingRow.objects.filter(part=PUT_BACK, key__in=by_key)
    under_way = {row.key: row.values for row in waiting if row.content_hash != row.confirmed_hash}
    return [{**under_way.get(key, {}), **row} for key, row in by_key.items()]


def address_lines(customer: Customer) -> tuple[str, str, str]:
    """Three, as a contact has; what is more goes into the third."""
    lines = invoice_address(customer).lines
    first, second, *rest = (*lines, "", "")
    return first, second, ", ".join(filter(None, rest))


def _columns(pair: Pair, verdict: Verdict, ground: Ground) -> dict[str, Value]:
    match verdict.field:
        case "address" if pair.customer is not None:
            address = invoice_address(pair.customer)
            return {
                **dict(zip(LINES, address_lines(pair.customer), strict=True)),
                "city": address.city,
                "county": address.county,
                "postcode": address.postcode,
                "country": ground.unmapped("address", address.country),
            }
        case "name":
            return _name_columns(pair, verdict.value)
        case "payment_terms":
            return {"payment_terms": ground.unmapped("payment_terms", verdict.value)}
    return {verdict.field: verdict.value}


def _name_columns(pair: Pair, name: str) -> dict[str, Value]:
    if pair.customer is not None and pair.customer.type == "company":
        return {"company_name": name}
    first, _, last = name.rpartition(" ")
    return {"first_name": first, "last_name": last}


def _kept(ground: Ground, field: str, contact: Values, prima: str) -> str:
    owner: Owner = ground.policy.rules[field].owner
    return (contact[field] or prima) if owner == "sfmc" else (prima or contact[field])
