"""Two people acting at the same moment leave one chain."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from integration.audit.models import AuditEntry
from integration.audit.trail import record, verify


def _act(number: int) -> None:
    try:
        with transaction.atomic():
            record(f"step {number}", actor=None)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_entries_written_at_the_same_moment_follow_one_another() -> None:
    # when
    with ThreadPoolExecutor(8) as people:
        list(people.map(_act, range(40)))

    # then
    verdict = verify()
    assert (verdict.sound, verdict.entries) == (True, 40)
    assert AuditEntry.objects.values("previous_hash").distinct().count() == 40
