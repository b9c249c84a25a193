"""A file that came packed is kept as it came, and the report in it beside it."""

from django.db import transaction

from integration.audit import trail
from reconciliation.importing import archives, evidence
from reconciliation.importing.problems import NotImported
from reconciliation.models import StatementFile


def unpack(file: StatementFile) -> None:
    """From here on the row is about the report; it keeps name, hash and place of the archive.

    Nothing for a file that is none, or is unpacked already. Raises NotImported.
    """
    if file.packed_sha256:
        return
    with evidence.opened(file.path) as stream:
        report = archives.report_in(stream, file.name)
        if report is None:
            return
        kept = evidence.keep(report.chunks())
    file.packed_name, file.packed_sha256, file.packed_path = file.name, file.sha256, file.path
    file.name = report.name[-250:].replace("\x00", "") or "file"
    file.sha256, file.size, file.path = kept.sha256, kept.size, kept.path
    with transaction.atomic():
        file.save(
            update_fields=[
                "packed_name", "packed_sha256", "packed_path", "name", "sha256", "size", "path",
            ]
        )  # fmt: skip
        trail.record(
            "payout file unpacked",
            actor=file.uploaded_by,
            actor_name=file.uploaded_by_name,
            target=file,
            archive=file.packed_name,
            archive_sha256=file.packed_sha256,
            sha256=file.sha256,
            size=file.size,
        )


def size_of(file: StatementFile) -> int:
    """The bytes there are to read: those of the report, as its archive states them."""
    if file.packed_sha256:
        return file.size
    with evidence.opened(file.path) as stream:
        try:
            report = archives.report_in(stream, file.name)
        except NotImported:
            return file.size  # What is wrong with it is told when it is read.
    return max(file.size, report.size) if report else file.size
