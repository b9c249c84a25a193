"""A file ten times as long is read in the same memory."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.reconciliation.importing.payout_files import HEAD, line

ROOT = Path(__file__).resolve().parents[3]
_READ = """
import resource, sys, django
django.setup()
from django.conf import settings
from django.db import transaction
settings.DATABASES["default"]["NAME"] = sys.argv[2]
from reconciliation.importing.files import Choices, examine
from reconciliation.importing.staging import Staged
with open(sys.argv[1], "rb") as stream, transaction.atomic():
    read = examine(stream, "report.csv", Staged.of("memory"), Choices())
    transaction.set_rollback(True)
print(read.tallied.lines, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_memory_does_not_grow_with_the_file(tmp_path):
    # given
    peaks = {}
    for lines in (20_000, 200_000):
        path = tmp_path / f"{lines}.csv"
        with path.open("w") as out:
            out.write(HEAD)
            out.writelines(line(number, 1000, payout="") for number in range(lines))

        # when
        told = subprocess.run(
            [sys.executable, "-c", _READ, str(path), connection.settings_dict["NAME"]],
            cwd=ROOT,
            env={"DJANGO_SETTINGS_MODULE": "integration.settings", "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stderr
        seen, peak = map(int, told.stdout.split())
        assert seen == lines
        peaks[lines] = peak

    # then
    assert peaks[200_000] < peaks[20_000] * 1.15
