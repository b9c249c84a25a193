"""`POST /api/v1/inbound/orders`: takes a signed push, keeps it, and answers at once."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.utils import timezone
from django.utils.decorators import method_decorator
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView

from connectors.sync import nudges
from connectors.sync.inbound import signature
from connectors.sync.inbound.bodies import body_of
from connectors.sync.inbound.shapes import Accepted, PushedOrders, Refused
from connectors.sync.models import Connection, Inbound

MOST_BYTES = 2 * 1024 * 1024
_HEADERS = [
    OpenApiParameter(
        signature.TIMESTAMP,
        str,
        OpenApiParameter.HEADER,
        required=True,
        description="Seconds since 1970 in UTC, when the push was signed.",
    ),
    OpenApiParameter(
        signature.SIGNATURE,
        str,
        OpenApiParameter.HEADER,
        required=True,
        description=(
            "HMAC-SHA256 of the timestamp, a full stop and the body, with the secret of the "
            "connection, in hexadecimal. Each signature is taken once."
        ),
    ),
]


class PushThrottle(AnonRateThrottle):
    """A journey pushes one order at a time, so this is generous."""

    rate = "3000/min"


@method_decorator(login_not_required, name="dispatch")
class InboundOrders(APIView):
    """Needs no sign-in: the signature says who it is."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (PushThrottle,)

    @extend_schema(
        operation_id="push_orders",
        summary="Push an order, or several",
        description=(
            "The order is kept as it is and answered at once; it is checked and sent to Prima "
            "afterwards. The same push sent again is answered the same and taken once."
        ),
        parameters=_HEADERS,
        request=PushedOrders,
        responses={
            202: Accepted,
            401: OpenApiResponse(Refused, "The signature is missing, wrong or too old."),
            413: OpenApiResponse(Refused, "The body is larger than 2 MB."),
            429: OpenApiResponse(Refused, "Too many pushes; see Retry-After."),
        },
        auth=[],
    )
    def post(self, request: Request) -> Response:
        body = body_of(request._request, MOST_BYTES)
        if body is None:
            return Response({"detail": "The body is larger than 2 MB."}, status=413)
        try:
            signed = signature.checked(
                _secret(),
                request.headers.get(signature.TIMESTAMP, ""),
                request.headers.get(signature.SIGNATURE, ""),
                body,
                window=settings.INBOUND_REPLAY_SECONDS,
                now=timezone.now(),
            )
        except signature.BadSignature as refused:
            return Response({"detail": str(refused)}, status=401)
        return Response({"status": "accepted", "id": _keep(signed, body)}, status=202)


def _secret() -> str:
    """Empty when pushes are not set up; no signature fits that."""
    row = Connection.objects.filter(system=Connection.System.SFMC, enabled=True).first()
    return row.inbound_secret if row else ""


def _keep(signed: signature.Signed, body: bytes) -> int:
    """The push as it came. The same push again is the same row."""
    with transaction.atomic():
        row, is_new = Inbound.objects.get_or_create(
            nonce=signed.signature,
            defaults={
                "received_at": timezone.now(),
                "body": body.decode("utf-8", "replace").replace("\x00", "�"),
                "signature": signed.signature,
            },
        )
        if is_new:
            nudges.take_pushes()
    return row.pk
