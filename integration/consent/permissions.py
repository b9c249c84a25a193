"""What the contact data extension says about consent, as the ledger has it now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from integration.consent import addresses
from integration.consent.models import State
from integration.consent.rules import MARKETING, Standing
from integration.consent.suppression import (
    Standings,
    address_of,
    person_hashes,
    standing_of,
    standings,
)
from integration.records.audience import Recipient

COLUMNS = ("email", "sms", "phone", "post")


@dataclass(frozen=True, slots=True)
class Permissions:
    """True is a known opt-in that nothing restricts; everything else is False.

    `is_restricted` says that marketing e-mail must not be sent at all: the subscriber may not be
    made active. `at` and `source` are of the newest moment that counts.
    """

    email: bool = False
    sms: bool = False
    phone: bool = False
    post: bool = False
    is_restricted: bool = False
    at: datetime | None = None
    source: str = "prima desk"

    def row(self) -> Mapping[str, bool | datetime | str | None]:
        """Under our names of the columns of the target table "contact"."""
        return {
            "email_consent": self.email,
            "sms_consent": self.sms,
            "phone_consent": self.phone,
            "post_consent": self.post,
            "consent_at": self.at,
            "consent_source": self.source,
        }


def permissions_of(recipients: Sequence[Recipient]) -> dict[str, Permissions]:
    """By contact key, in a fixed number of queries. Every write of a contact carries these.

    An address that cannot be understood permits nothing.
    """
    persons = person_hashes(recipients)
    hashes = {one.key: _hashes(one) for one in recipients}
    wanted = {hashed for some in hashes.values() for hashed in some.values() if hashed}
    wanted |= {hashed for some in persons.values() for hashed in some}
    known = standings(wanted)
    return {key: _permissions(hashes[key], persons[key], known) for key in hashes}


def _permissions(
    by_channel: Mapping[str, str], persons: Sequence[str], known: Standings
) -> Permissions:
    found: dict[str, Standing] = {
        channel: standing_of(
            known,
            [*([hashed] if hashed else []), *persons],
            channel,
            MARKETING,
            filter(None, by_channel.values()),
        )
        for channel, hashed in by_channel.items()
    }
    moments = [moment for one in found.values() if (moment := one.since())]
    yes = {
        channel: bool(by_channel[channel]) and standing.state() == State.OPTED_IN
        for channel, standing in found.items()
    }
    restricted = bool(found["email"].restricted_by())
    return Permissions(
        email=yes["email"],
        sms=yes["sms"],
        phone=yes["phone"],
        post=yes["post"],
        is_restricted=restricted,
        at=max(moments, default=None),
    )


def _hashes(one: Recipient) -> dict[str, str]:
    return {channel: addresses.known_hash(channel, address_of(one, channel)) for channel in COLUMNS}
