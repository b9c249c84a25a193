"""One action over many cases, chosen by a filter: in the background, with a result each, undoable."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from exceptions import jobs
from exceptions.action import Action, actions
from exceptions.models import BulkJob, ExceptionCase
from exceptions.problems import NotAllowed, NotPossible, Refused
from exceptions.words import counted
from integration.accounts.models import User
from integration.audit import trail

UNDO_WITHIN = timedelta(hours=24)
Data = Mapping[str, Any]
"""The posted values of the action's form, as text."""


def begin(slug: str, found: QuerySet[ExceptionCase], data: Data, *, actor: User) -> BulkJob:
    """Takes the action on every case of the selection, as it is now."""
    action = _bulk_action(slug, actor)
    form = action.form_class(None, data)(data)
    if not form.is_valid():
        raise NotPossible(_first_error(form.errors.get_json_data()))
    pks = list(found.order_by("pk").values_list("pk", flat=True))
    if not pks:
        raise NotPossible("No case is selected.")
    with transaction.atomic():
        trail.record(f"bulk {slug}", actor=actor, cases=pks, values=_plain(data, form))
        return action.perform_many(pks, form.cleaned_data, actor=actor) or jobs.begin(
            f"{action.label}: {counted(len(pks), 'case')}",
            slug,
            pks,
            actor=actor,
            args={"step": "cases", "data": _plain(data, form)},
        )


def why_not_undo(job: BulkJob, user: User) -> str:
    """Why the job cannot be taken back by this person; empty when it can."""
    action = actions().get(job.action)
    if action is None or not action.undoable or job.payload.get("step") != "cases":
        return "This cannot be taken back."
    if not user.may(action.permission):
        return f"Your roles do not let you {action.permission.value}."
    if job.finished_at is None:
        return "Wait until it is finished."
    if job.finished_at < timezone.now() - UNDO_WITHIN:
        return "It can be taken back for 24 hours; that time has passed."
    return "" if job.undo else "There is nothing to take back."


def undo(job: BulkJob, *, actor: User) -> BulkJob:
    """Puts every case back that nobody has touched since."""
    with transaction.atomic():
        locked = BulkJob.objects.select_for_update().get(pk=job.pk)
        if refusal := why_not_undo(locked, actor):
            raise NotPossible(refusal)
        rows, locked.undo = locked.undo, []
        locked.save(update_fields=["undo"])
        trail.record("bulk undone", actor=actor, target=locked)
        args = {"step": "undo"}
        return jobs.begin(f"Undo: {locked.title}", locked.action, rows, actor=actor, args=args)


def cases_step(job: BulkJob, pks: Sequence[int]) -> list[jobs.Result]:
    """Takes the action on each case in a transaction of its own."""
    actor = job.actor
    if actor is None:
        raise NotAllowed("Nobody is named who may do this.")
    action = _bulk_action(job.action, actor)
    form = action.form_class(None, job.payload["data"])(job.payload["data"])
    form.is_valid()
    settled = {entry["case"] for entry in job.undo}
    failed: list[jobs.Result] = []
    for case in ExceptionCase.objects.filter(pk__in=set(pks) - settled).order_by("pk"):
        try:
            _one(action, case, form.cleaned_data, job, actor)
        except Refused as refusal:
            failed.append({"record": case.title, "case": case.pk, "why": refusal.message})
    return failed


def undo_step(job: BulkJob, rows: Sequence[Mapping[str, Any]]) -> list[jobs.Result]:
    """Takes each case back to what it was, unless it changed since."""
    actor = job.actor
    if actor is None:
        raise NotAllowed("Nobody is named who may do this.")
    action, failed = _bulk_action(job.action, actor), []
    cases = ExceptionCase.objects.in_bulk([row["case"] for row in rows])
    for row in rows:
        case = cases.get(row["case"])
        if case is None:
            continue
        try:
            action.take_back(case, row["before"], actor=actor, version=row["version"])
        except Refused as refusal:
            failed.append({"record": case.title, "case": case.pk, "why": refusal.message})
    return failed


def _one(
    action: Action, case: ExceptionCase, cleaned: Mapping[str, Any], job: BulkJob, actor: User
) -> None:
    """The action and the note of how to take it back, together."""
    with transaction.atomic():
        before = action.before(case) if action.undoable else {}
        action.take(case, cleaned, actor=actor, version=None)
        if action.undoable:
            version = ExceptionCase.objects.values_list("version", flat=True).get(pk=case.pk)
            job.undo = [*job.undo, {"case": case.pk, "before": before, "version": version}]
            job.save(update_fields=["undo"])


def _bulk_action(slug: str, actor: User) -> Action:
    action = actions().get(slug)
    if action is None or not action.bulk:
        raise NotPossible("This cannot be done with many cases at once.")
    if not actor.may(action.permission):
        raise NotAllowed(f"Your roles do not let you {action.permission.value}.")
    return action


def _plain(data: Data, form: Any) -> dict[str, str]:
    return {name: str(data.get(name, "")) for name in form.fields}


def _first_error(errors: Mapping[str, Any]) -> str:
    return next(str(found[0]["message"]) for found in errors.values())
