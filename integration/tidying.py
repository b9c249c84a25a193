"""What the ground floor lets go of once a day; the upper floors have their own such tasks."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone
from django_q.models import Failure

from integration.accounts.attempts import FORGOTTEN_AFTER
from integration.accounts.models import AttemptCount

KEEP_FAILURES = timedelta(days=90)
"""Results of tasks that went well are kept by number (Q_CLUSTER), those that broke off by age."""


def tidy() -> None:
    """Sessions that are over, wrong attempts nobody counts any more, tasks that broke off long ago."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    AttemptCount.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()
    Failure.objects.filter(stopped__lt=now - KEEP_FAILURES).delete()
