"""The bodies of what other systems send: limited before they are read, and read without trust."""

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse


def body_of(request: HttpRequest, most: int) -> bytes | None:
    """None when it has more bytes; then it is not read."""
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > most:
        return None
    try:
        body: bytes = request.body
    except RequestDataTooBig:
        return None
    return body if len(body) <= most else None


def read(body: bytes) -> Any:
    """None for what is no JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def said(words: str, status: int) -> HttpResponse:
    return JsonResponse({"detail": words}, status=status)
