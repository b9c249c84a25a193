"""Who has an address, over REST: one address may belong to several contacts."""

from collections.abc import Sequence
from typing import Any

from connectors.answer import Answer
from connectors.sfmc.calls import RestCalls
from connectors.sfmc.rows import batches

ADDRESSES_A_CALL = 50
MOST_KEYS = 999


class AddressSearch:
    def __init__(self, calls: RestCalls) -> None:
        self._calls = calls

    def keys_of(self, addresses: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The contact keys of each e-mail address, by the address in lower case."""
        found: dict[str, tuple[str, ...]] = {}
        for batch in batches(addresses, ADDRESSES_A_CALL):
            answer = self._calls.send(
                "POST",
                "/contacts/v1/addresses/email/search",
                {"channelAddressList": batch, "maximumCount": MOST_KEYS},
            )
            entries = answer.json_object().get("channelAddressResponseEntities")
            for entry in _objects(answer, entries):
                details = _objects(answer, entry.get("contactKeyDetails") or [])
                keys = tuple(str(one["contactKey"]) for one in details if one.get("contactKey"))
                found[str(entry.get("channelAddress", "")).casefold()] = keys
        return found


def _objects(answer: Answer, entries: object) -> list[dict[str, Any]]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise answer.unexpected("answered about addresses in a way that cannot be read")
    return entries
