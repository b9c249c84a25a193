"""What a list gives for download."""

import csv
import io
from typing import Any, cast

from django.test import Client
from django.urls import reverse


def sheet(client: Client, page: str, query: str = "") -> list[dict[str, str]]:
    """The rows of its CSV, by heading."""
    answer = client.get(f"{reverse(page)}?export=csv&{query}")
    assert answer.status_code == 200
    body = b"".join(cast(Any, answer).streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(body)))
