"""Imports the files of a folder as finance would, and one that was cut off on its way."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from integration.accounts.models import User
from reconciliation.importing import evidence, files
from reconciliation.importing.files import Origin
from reconciliation.importing.problems import NotImported
from reconciliation.models import StatementFile

_KEPT = (".csv", ".xml", ".sta")


def reports(folder: Path) -> list[Path]:
    """The payout reports and bank statements in it, by name."""
    return sorted(path for path in folder.iterdir() if path.suffix in _KEPT)


def take_in(path: Path, actor: User) -> StatementFile:
    """Raises NotImported with the sentence that says why not."""
    file = _arrived(path.name, path.read_bytes(), actor)
    if file.state != StatementFile.State.PREVIEW:
        raise NotImported(f"{path.name}: {file.message}")
    return files.commit(file, actor=actor)


def bring_cut_off(path: Path, actor: User) -> StatementFile:
    """The first two thirds of a file, as when a download breaks."""
    content = path.read_bytes()
    return _arrived(path.name, content[: len(content) * 2 // 3], actor)


def _arrived(name: str, content: bytes, actor: User) -> StatementFile:
    kept = evidence.keep(_chunks(content))
    return files.inspect(files.arrive(kept, Origin(name=name, actor=actor)))


def _chunks(content: bytes) -> Iterable[bytes]:
    return evidence.chunks_of(BytesIO(content))
