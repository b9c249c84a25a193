"""Takes an upload straight into the evidence, hashing as it comes; memory stays flat."""

from typing import Any

import structlog
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from reconciliation.importing.evidence import Keeping, Kept

log = structlog.get_logger(__name__)


class KeptUpload(UploadedFile):
    """An uploaded file that is kept already."""

    def __init__(self, name: str, content_type: str, kept: Kept) -> None:
        super().__init__(name=name, content_type=content_type, size=kept.size)
        self.kept = kept


class EvidenceUpload(FileUploadHandler):
    """What became of a file that is not there: `too_large` says that one above the limit was let
    go while it came, `not_kept` that it could not be written down, as when the disk is full.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.too_large = self.not_kept = False
        self._keeping: Keeping | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        try:
            self._keeping = Keeping()
        except OSError as error:
            self._give_up(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        keeping = self._keeping
        if keeping is None:
            raise SkipFile
        try:
            keeping.write(raw_data)
        except OSError as error:
            self._give_up(error)
            raise SkipFile from None
        if keeping.size > settings.PAYOUT_MAX_MB << 20:
            self.too_large = True
            self._drop()
            raise SkipFile

    def file_complete(self, file_size: int) -> KeptUpload | None:
        keeping, self._keeping = self._keeping, None
        if keeping is None:
            return None
        try:
            kept = keeping.keep()
        except OSError as error:
            self._keeping = keeping
            self._give_up(error)
            return None
        return KeptUpload(self.file_name or "file", self.content_type or "", kept)

    def upload_interrupted(self) -> None:
        self._drop()

    def _give_up(self, error: OSError) -> None:
        log.error("a payout file could not be kept", exc_info=error)
        self.not_kept = True
        self._drop()

    def _drop(self) -> None:
        if self._keeping is not None:
            self._keeping.drop()
            self._keeping = None
