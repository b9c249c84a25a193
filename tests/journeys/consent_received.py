"""What the two sandboxes really received, read from their own stores and not from ours."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors.sandbox.running import RunningSandbox
from connectors.sandbox.sfmc import data_extensions
from connectors.sync.consent.prima_notes import OURS


@dataclass(frozen=True, slots=True)
class Received:
    """By contact key: how often it was let into a journey, and whether it may be written to there.

    `yeses`, by account code: how many times we told Prima that the person said yes.
    """

    entries: Counter[str]
    inside: frozenset[str]
    active: frozenset[str]
    columns_say_yes: frozenset[str]
    yeses: Counter[str]


def received(sandbox: RunningSandbox, names: Sequence[str]) -> Received:
    """Of these people only."""
    there: Any = sandbox.server.front.apps["sfmc"]
    prima: Any = sandbox.server.front.apps["prima"]
    keys = [f"CK-{name}" for name in names]
    contacts: Any = data_extensions.by_key(there.cloud, "PRIMA_Contact")
    key, consent = (contacts.column(name).sql for name in ("ContactKey", "EmailConsent"))
    among = f"({', '.join('?' * len(keys))})"
    with there.cloud.store.read() as db:

        def found(statement: str, *values: object) -> list[str]:
            return [row[0] for row in db.execute(f"{statement} IN {among}", (*values, *keys))]

        entries = found("SELECT contact FROM entries WHERE error IS NULL AND contact")
        inside = found(
            "SELECT contact FROM memberships WHERE (leaves IS NULL OR leaves > ?) AND contact",
            there.cloud.seconds(),
        )
        active = found("SELECT key FROM contacts WHERE status = 'Active' AND key")
        say_yes = found(f"SELECT {key} FROM {contacts.table} WHERE {consent} = 'True' AND {key}")
    with prima.store.read() as db:
        yeses = db.execute(
            "SELECT json_extract(data, '$.account_code') FROM records WHERE"
            " resource = 'consent-events' AND id LIKE ? AND"
            " json_extract(data, '$.action') = 'opt_in' AND"
            f" json_extract(data, '$.account_code') IN {among}",
            [f"{OURS}%", *(f"A-{name}".upper() for name in names)],
        ).fetchall()
    return Received(
        entries=Counter(entries),
        inside=frozenset(inside),
        active=frozenset(active),
        columns_say_yes=frozenset(say_yes),
        yeses=Counter(row[0] for row in yeses),
    )
