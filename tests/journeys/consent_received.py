"""What the two sandboxes really received, read from their own stores and not from ours."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from connectors.sandbox.running import RunningSandbox
from connectors.sandbox.sfmc import data_extensions
from connectors.sync.consent.prima_notes import OURS


@dataclass(frozen=True, slots=True)
class Received:
    """By contact key: how often it was let into a journey, and whether it may be written to there.

    `yeses`, by account code: how many times we told Prima that the person said yes.
    """

    entries: Counter[str] = field(default_factory=Counter)
    inside: frozenset[str] = frozenset()
    active: frozenset[str] = frozenset()
    columns_say_yes: frozenset[str] = frozenset()
    yeses: Counter[str] = field(default_factory=Counter)


def received(sandbox: RunningSandbox, names: Sequence[str]) -> Received:
    """Of these people only."""
    cloud, prima = (sandbox.server.front.apps[system] for system in ("sfmc", "prima"))
    keys = [f"CK-{name}" for name in names]
    contacts = data_extensions.by_key(cloud.cloud, "PRIMA_Contact")
    key, consent = (contacts.column(name).sql for name in ("ContactKey", "EmailConsent"))
    among = f"({', '.join('?' * len(keys))})"
    with cloud.cloud.store.read() as db:
        entries = db.execute(
            f"SELECT contact FROM entries WHERE error IS NULL AND contact IN {among}", keys
        ).fetchall()
        inside = db.execute(
            "SELECT contact FROM memberships WHERE (leaves IS NULL OR leaves > ?)"
            f" AND contact IN {among}",
            [cloud.cloud.seconds(), *keys],
        ).fetchall()
        active = db.execute(
            f"SELECT key FROM contacts WHERE status = 'Active' AND key IN {among}", keys
        ).fetchall()
        columns = db.execute(
            f"SELECT {key} FROM {contacts.table} WHERE {consent} = 'True' AND {key} IN {among}",
            keys,
        ).fetchall()
    with prima.store.read() as db:
        yeses = db.execute(
            "SELECT json_extract(data, '$.account_code') FROM records WHERE"
            " resource = 'consent-events' AND id LIKE ? AND"
            " json_extract(data, '$.action') = 'opt_in' AND"
            f" json_extract(data, '$.account_code') IN {among}",
            [f"{OURS}%", *(f"A-{name}".upper() for name in names)],
        ).fetchall()
    return Received(
        Counter(row[0] for row in entries),
        *(frozenset(row[0] for row in found) for found in (inside, active, columns)),
        Counter(row[0] for row in yeses),
    )
