"""Background tasks. Each looks at rows and may run twice, and at the same time too."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django_q.tasks import async_task

from integration.accounts.models import User
from reconciliation.importing import evidence, files, staging, unpacking, watching
from reconciliation.importing.problems import NotImported
from reconciliation.importing.staging import Staged
from reconciliation.models import StatementFile

State = StatementFile.State
_FORGOTTEN = timedelta(days=14)
_LOST = timedelta(hours=2)
_UNFINISHED = timedelta(days=1)


def is_large(file: StatementFile) -> bool:
    """Nobody should sit before a page while it is read."""
    return file.size > _at_once()


def _at_once() -> int:
    return int(settings.PAYOUT_BACKGROUND_MB) << 20


def read_soon(file: StatementFile) -> StatementFile:
    """Reads a small file at once and a large one in the background."""
    if unpacking.size_of(file) > _at_once():
        async_task("reconciliation.importing.tasks.read_file", file.pk)
        return file
    return files.inspect(file)


def import_soon(file: StatementFile, actor: User) -> None:
    file.preview["importing"] = str(actor)
    file.save(update_fields=["preview"])
    async_task("reconciliation.importing.tasks.import_file", file.pk, actor.pk)


def read_file(pk: int) -> None:
    file = StatementFile.objects.get(pk=pk)
    if file.state == State.READING:
        files.inspect(file)


def import_file(pk: int, actor: int) -> str:
    """What became of it is on the page of the file too."""
    try:
        file = files.commit(StatementFile.objects.get(pk=pk), actor=User.objects.get(pk=actor))
    except NotImported as refusal:
        return refusal.message
    return file.taken


def watch_folder() -> None:
    """Nothing without a folder to watch."""
    if settings.PAYOUT_FOLDER:
        watching.watch(Path(settings.PAYOUT_FOLDER))


def tidy() -> None:
    """Files nobody decided about in two weeks are let go, and those lost while read are held.

    What never arrived whole is removed after a day.
    """
    now = timezone.now()
    evidence.forget_unfinished(now - _UNFINISHED)
    forgotten = StatementFile.objects.filter(state=State.PREVIEW, uploaded_at__lt=now - _FORGOTTEN)
    for file in forgotten:
        staging.drop(Staged.of(file.pk))
        file.state, file.message = State.HELD, "Nobody decided about it. Read it again to go on."
        file.save(update_fields=["state", "message"])
    StatementFile.objects.filter(state=State.READING, uploaded_at__lt=now - _LOST).update(
        state=State.HELD, message="Reading it was interrupted. Read it again."
    )
