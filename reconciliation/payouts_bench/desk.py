"""The desk's own taking in of a file: kept, read and checked, imported."""

from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import Any

from django.conf import settings
from django.db.models import Sum

from connectors.management.measuring.memory import peak_mb
from connectors.management.measuring.report import Tell
from reconciliation.importing import evidence, files
from reconciliation.importing.files import Origin
from reconciliation.models import GatewayLine, StatementFile


def measure(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Seconds for each step, the most memory this process held, and what arrived."""
    settings.MEDIA_ROOT = Path(given["folder"]) / "files"
    path = Path(given["path"])
    tell("keeping")
    begun = perf_counter()
    with path.open("rb") as stream:
        kept = evidence.keep(evidence.chunks_of(stream))
    has_kept = perf_counter()
    tell("reading and checking")
    file = files.inspect(files.arrive(kept, Origin(path.name, actor_name="bench")))
    has_read = perf_counter()
    if file.state == StatementFile.State.PREVIEW:
        tell("importing")
        files.commit(file, actor=None, actor_name="bench")
    has_imported = perf_counter()
    net = GatewayLine.objects.aggregate(total=Sum("net", default=0))["total"]
    return {
        "keep_s": has_kept - begun,
        "read_s": has_read - has_kept,
        "import_s": has_imported - has_read,
        "peak_mb": peak_mb(),
        "arrived": GatewayLine.objects.count(),
        "net": net,
        "message": file.message,
    }
