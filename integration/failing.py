"""The last page there is: something went wrong, or the database does not answer."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from integration.request_log import number_of

AGAIN_IN = "30"


def server_error(request: HttpRequest) -> HttpResponse:
    """Called while the fault is being dealt with. The pages need nothing but themselves."""
    away = isinstance(sys.exception(), OperationalError | InterfaceError)
    page = render_to_string("503.html" if away else "500.html", {"number": number_of(request)})
    answer = HttpResponse(page, status=503 if away else 500)
    if away:
        answer.headers["Retry-After"] = AGAIN_IN
    return answer
