"""What django-q2 calls. Each looks at rows, so each may run twice, and at the same time too."""

from datetime import timedelta

from django.utils import timezone

from connectors.sync import recorder, runner
from connectors.sync.context import SCHEDULE
from connectors.sync.inbound import taking
from connectors.sync.models import FlowCalls, Inbound, Notification, StockRequest, SyncRun

KEEP_RUNS = timedelta(days=30)
KEEP_PUSHES = timedelta(days=90)
KEEP_REQUESTS = timedelta(days=400)


def run_flow(slug: str, started_by: str = SCHEDULE) -> str:
    """One run of the flow; answers its status for the list of tasks."""
    run = runner.run(slug, started_by=started_by)
    return run.status if run is not None else "not now"


def take_pushes() -> int:
    return taking.take_all()


def tidy() -> None:
    """Old runs say nothing any more, and old exchanges and pushes hold personal data."""
    now = timezone.now()
    recorder.prune()
    FlowCalls.objects.filter(hour__lt=now - KEEP_RUNS).delete()
    SyncRun.objects.filter(started_at__lt=now - KEEP_RUNS).delete()
    StockRequest.objects.filter(done_at__lt=now - KEEP_REQUESTS).delete()
    Inbound.objects.filter(received_at__lt=now - KEEP_PUSHES, processed_at__isnull=False).delete()
    Notification.objects.filter(
        received_at__lt=now - KEEP_PUSHES, processed_at__isnull=False
    ).delete()
