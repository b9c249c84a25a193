"""A discount above the limit goes through two people."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from connectors.sync.models import SyncItem
from exceptions.models import Approval
from integration.mapping.models import DiscountRelease
from tests.connectors.sync.desk import booked_in_prima
from tests.journeys.conftest import case_of

pytestmark = [pytest.mark.slow, pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_bad_discount_goes_through_two_people(
    week, sync, work_off, client_for, finance, finance2
):
    # given
    sync()
    case = case_of("bad_discount", code="AUTUMN15", reason="over_limit")
    keys = set(case.occurrences.values_list("external_id", flat=True))
    first, second = client_for(finance), client_for(finance2)

    # when the first of finance asks
    first.post(
        reverse("act", args=[case.pk, "approve_discount"]),
        {"reason": "Agreed with sales.", "version": case.version},
    )

    # then nothing goes, and the one who asked cannot decide, not even in the database
    approval = Approval.objects.get()
    refused = first.post(reverse("approve", args=[approval.pk]), {"note": ""})
    assert refused.status_code == 422
    assert "second person" in refused.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(
            state="approved", decider=finance, decided_at=timezone.now()
        )
    assert not keys & set(booked_in_prima(week))
    assert not DiscountRelease.objects.exists()

    # when the second one approves, in a window of their own
    second.post(reverse("approve", args=[approval.pk]), {"note": "Fine."})
    work_off()

    # then what had nothing else wrong is in Prima, and the case says by whom
    also_wrong = {key for key in keys if len(week.scenario["truth"][key]) > 1}
    assert keys - also_wrong <= set(booked_in_prima(week))
    assert not also_wrong & set(booked_in_prima(week))
    assert DiscountRelease.objects.count() == len(keys)
    case.refresh_from_db()
    assert case.status == "resolved"
    held = SyncItem.objects.filter(external_id__in=also_wrong)
    assert set(held.values_list("state", flat=True)) <= {"held"}
