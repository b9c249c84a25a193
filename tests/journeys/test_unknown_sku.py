"""Forty orders wait for one SKU; one mapping sends them all."""

import pytest
from django.urls import reverse

from exceptions.models import BulkJob, Occurrence
from integration.audit.models import AuditEntry
from integration.mapping.models import ProductMapping
from tests.connectors.sync.desk import booked_in_prima
from tests.journeys.conftest import case_of

pytestmark = [pytest.mark.slow, pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_an_unknown_sku_mapped_heals_its_forty_orders(week, sync, work_off, client_for, operations):
    # given
    sync()
    case = case_of("unknown_sku", sku="WARRANTY-3Y")
    keys = set(case.occurrences.values_list("external_id", flat=True))
    assert (case.open_count, len(keys)) == (40, 40)
    client = client_for(operations)
    page = reverse("act", args=[case.pk, "map_product"])
    form = {"product": "SRV-WARRANTY-36", "version": case.version, "note": ""}

    # when the preview is asked for, it tells and changes nothing
    shown = client.post(page, form | {"show_preview": "1"})
    assert len(shown.context["preview"].healed) == 40
    assert not ProductMapping.objects.filter(source_sku="WARRANTY-3Y").exists()

    # when it is saved without a preview, the preview comes first
    assert client.post(page, form).context["preview"] is not None
    assert not BulkJob.objects.exists()

    # when it is saved as shown, and the cluster works it off
    saved = client.post(page, form | {"proof": shown.context["proof"], "confirm": "1"})
    job = BulkJob.objects.get()
    assert saved["Location"] == reverse("job", args=[job.pk])
    work_off()

    # then
    job.refresh_from_db()
    case.refresh_from_db()
    assert (job.state, job.done, job.healed, job.failed) == ("done", 40, 40, 0)
    assert case.status == "resolved"
    assert case.resolution == "Healed by mapping SKU WARRANTY-3Y → SRV-WARRANTY-36"
    assert keys <= set(booked_in_prima(week))
    assert not Occurrence.objects.filter(external_id__in=keys, closed_at__isnull=True).exists()
    assert AuditEntry.objects.filter(action="product mapping added", actor=operations).count() == 1
