"""Takes an upload straight into the evidence, hashing as it comes; memory stays flat."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from reconciliation.importing.evidence import Keeping, Kept


class KeptUpload(UploadedFile):
    """An uploaded file that is kept already."""

    def __init__(self, name: str, content_type: str, kept: Kept) -> None:
        super().__init__(name=name, content_type=content_type, size=kept.size)
        self.kept = kept


class EvidenceUpload(FileUploadHandler):
    """`too_large` says that a file above the limit was let go while it came."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.too_large = False
        self._keeping: Keeping | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._keeping = Keeping()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        keeping = self._keeping
        if keeping is None:
            raise SkipFile
        keeping.write(raw_data)
        if keeping.size > settings.PAYOUT_MAX_MB << 20:
            self.too_large = True
            self._drop()
            raise SkipFile

    def file_complete(self, file_size: int) -> KeptUpload | None:
        keeping, self._keeping = self._keeping, None
        if keeping is None:
            return None
        return KeptUpload(self.file_name or "file", self.content_type or "", keeping.keep())

    def upload_interrupted(self) -> None:
        self._drop()

    def _drop(self) -> None:
        if self._keeping is not None:
            self._keeping.drop()
            self._keeping = None
