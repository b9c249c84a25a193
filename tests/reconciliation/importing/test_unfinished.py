"""What a lost web server had begun to take."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from reconciliation.importing.evidence import FOLDER, keep
from reconciliation.importing.tasks import tidy


@pytest.mark.django_db
def test_what_never_arrived_whole_is_removed_after_a_day_and_nothing_else(
    tmp_path: Path, settings
) -> None:
    # given
    settings.MEDIA_ROOT = tmp_path
    kept = keep([b"whole"])
    incoming = tmp_path / FOLDER / ".incoming"
    for name, hours in (("old", 25), ("new", 23)):
        (incoming / name).write_bytes(b"half")
        at = (timezone.now() - timedelta(hours=hours)).timestamp()
        os.utime(incoming / name, (at, at))
    os.utime(tmp_path / kept.path, (0, 0))

    # when
    tidy()

    # then
    assert [path.name for path in incoming.iterdir()] == ["new"]
    assert (tmp_path / kept.path).read_bytes() == b"whole"
