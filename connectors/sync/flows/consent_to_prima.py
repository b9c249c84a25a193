"""Tells Prima what people said in Marketing Cloud or here, and reads back that it holds."""

from collections.abc import Sequence

from django.utils import timezone

from connectors.prima.port import Prima
from connectors.sync.consent import claims, judging, overdue
from connectors.sync.consent.claims import Step
from connectors.sync.consent.people import Person, people_of
from connectors.sync.consent.prima_notes import notes_of
from connectors.sync.context import Context
from connectors.sync.flow import CONSENT, Defaults, Flow
from integration.accounts.roles import Role
from integration.consent.models import Propagation, Source
from integration.records.consent import ConsentNote

NOBODY_THERE = "Prima knows no account of this person, and there is no e-mail address to keep."


class ConsentToPrima(Flow):
    slug = "consent_to_prima"
    title = "Opt-outs to Prima"
    meaning = (
        "Tells Prima of everybody who said no in Marketing Cloud, by telephone or by letter, and "
        "reads back that Prima keeps it. What Prima told itself is only read back."
    )
    owner = Role.MARKETING
    systems = ("prima",)
    alone = False
    lane = CONSENT
    defaults = Defaults(batch_size=50, silent_after_minutes=10)

    def run(self, context: Context) -> None:
        claims.work_off("prima", context, lambda rows: _tell(rows, context))
        overdue.report("prima")


def _tell(rows: Sequence[Propagation], context: Context) -> None:
    prima = context.remotes.prima()
    people = people_of([row.event for row in rows])
    judgement = judging.of_accounts(code for one in people.values() for code in one.accounts)
    for row in claims.mark_sending(rows):
        person = people[row.event_id]
        if not person.still_says(no=row.is_restriction):
            claims.finish(row, timezone.now(), note="They said something else since.")
        elif _one(prima, row, person, notes_of(row, person, judgement)):
            context.beat()


def _one(prima: Prima, row: Propagation, person: Person, notes: Sequence[ConsentNote]) -> bool:
    """One event, to every account that it is about. Raises what Prima raises."""
    now = timezone.now()
    if not notes and person.accounts:
        claims.finish(row, now, note="It changes nothing for any account of theirs.")
        return False
    if not notes:
        claims.finish(row, now, Step.NOBODY, NOBODY_THERE)
        return False
    row.contacts = sorted({note.account_code or note.email for note in notes})
    told_there = row.event.source_system == Source.PRIMA
    for note in _not_held(prima, notes) if told_there else notes:
        outcome = prima.note_consent(note)
        if not outcome.applied and row.is_restriction:
            _begin_again(row, outcome.reason)
            return False
    row.written_at = row.left_at = timezone.now()
    # An address without an account cannot be read; telling it again answers how it was kept.
    unconfirmed = _not_held(prima, [note for note in notes if note.account_code])
    if unconfirmed:
        row.step = Step.WRITE
        claims.rest(row, "Prima does not say what was written; it is written again.")
        return False
    claims.finish(row, timezone.now())
    return True


def _not_held(prima: Prima, notes: Sequence[ConsentNote]) -> list[ConsentNote]:
    """Those that Prima does not hold as they are: an account is asked once."""
    held = {
        account: {(one.channel, one.purpose): one.action for one in prima.consents_of(account)}
        for account in {note.account_code for note in notes if note.account_code}
    }
    return [
        note
        for note in notes
        if not note.account_code
        or not _is_as_strict(held[note.account_code].get((note.channel, note.purpose)), note)
    ]


def _is_as_strict(held: str | None, note: ConsentNote) -> bool:
    """An objection there is more than an opt-out, and stays."""
    if note.action == "opt_out":
        return held in ("opt_out", "objection")
    return held == note.action


def _begin_again(row: Propagation, why: str) -> None:
    """Prima has a later yes that does not count here: the no is told once more, as of now."""
    row.round, row.said_at = row.round + 1, timezone.now()
    claims.rest(row, why or "Prima did not let it act; it is told again.", 0)
