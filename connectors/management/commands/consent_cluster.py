"""`manage.py consent_cluster`: the background work of opt-outs, from a queue of its own.

The name of the queue has to be known before anything of django-q2 is imported, so the process
starts itself anew with it.
"""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand

from connectors.sync.flow import CONSENT


class Command(BaseCommand):
    help = "Starts the cluster of opt-outs: nothing else is ever in its queue."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        environment = {**os.environ, "Q_CLUSTER_NAME": CONSENT}
        command = [sys.executable, sys.argv[0], "qcluster"]
        os.execve(sys.executable, command, environment)  # noqa: S606 - our own command
