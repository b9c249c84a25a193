"""An upload for which there is no room: said in words, with nothing left behind."""

import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from integration.accounts.models import User
from reconciliation.models import StatementFile

Signed = Callable[[User], Client]


@pytest.fixture(autouse=True)
def kept_at(tmp_path: Path, settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def full_disk() -> Iterator[None]:
    """No file may grow beyond some kilobytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8_192, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def send(client: Client, data: bytes) -> HttpResponse:
    given = {"file": SimpleUploadedFile("report.csv", data)}
    return client.post(reverse("payout-file-new"), given)  # type: ignore[return-value]


@pytest.mark.usefixtures("full_disk")
@pytest.mark.parametrize("size", [9_000, 400_000])
def test_a_file_for_which_there_is_no_room_is_refused_in_words_and_leaves_nothing(
    client_for: Signed, finance: User, kept_at: Path, size: int
) -> None:
    response = send(client_for(finance), b"x" * size)

    assert response.status_code == 422
    assert "The file could not be kept" in response.content.decode()
    assert not StatementFile.objects.exists()
    assert [path for path in kept_at.rglob("*") if path.is_file()] == []


def test_a_folder_that_cannot_be_written_is_told_too(
    client_for: Signed, finance: User, kept_at: Path
) -> None:
    kept_at.write_text("no folder")

    response = send(client_for(finance), b"a,b\n1,2\n")

    assert response.status_code == 422
    assert "may not write" in response.content.decode()
    assert not StatementFile.objects.exists()
