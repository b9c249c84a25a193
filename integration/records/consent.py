"""Marketing permission as Prima tells and takes it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ConsentAction = Literal["opt_in", "opt_out", "objection", "expire", "bounce"]


@dataclass(frozen=True, slots=True)
class Restriction:
    """A no of any kind that Prima was told, whether it is what Prima goes by now or not."""

    action: ConsentAction
    event_id: str
    since: datetime | None = None
    source: str = ""
    actor: str = ""


@dataclass(frozen=True, slots=True)
class ConsentState:
    """What Prima says of one account or address, channel and purpose. `since` may be missing.

    Of an opt-in, `method`, `wording` and `evidence_ref` are its evidence, when there is any.
    `restrictions` are the latest of each kind, for a state hides what was before it; none where
    Prima does not tell them.
    """

    id: str
    channel: str
    purpose: str
    action: ConsentAction
    account_code: str = ""
    email: str = ""
    since: datetime | None = None
    source: str = ""
    event_id: str = ""
    method: str = ""
    wording: str = ""
    evidence_ref: str = ""
    actor: str = ""
    restrictions: tuple[Restriction, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsentNote:
    """An event as we tell it to Prima: of an account, or of an e-mail address without one."""

    event_id: str
    channel: str
    purpose: str
    action: ConsentAction
    occurred_at: datetime
    account_code: str = ""
    email: str = ""
    source: str = ""
    method: str = ""
    wording: str = ""
    evidence_ref: str = ""
    actor: str = ""


@dataclass(frozen=True, slots=True)
class NoteOutcome:
    """Whether Prima let the event act, and why not."""

    applied: bool
    reason: str = ""
