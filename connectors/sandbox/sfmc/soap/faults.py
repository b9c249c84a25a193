"""SOAP faults: HTTP 500, and texts that clients recognise word for word."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

NAMESPACES = (
    'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
    'xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
    'xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/'
    'oasis-200401-wss-wssecurity-secext-1.0.xsd" '
    'xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/'
    'oasis-200401-wss-wssecurity-utility-1.0.xsd"'
)
SECURITY = (
    '<faultcode xmlns:q0="http://docs.oasis-open.org/wss/2004/01/'
    'oasis-200401-wss-wssecurity-secext-1.0.xsd">q0:Security</faultcode>'
)
SERVER = "<faultcode>soap:Server</faultcode>"
CLIENT = "<faultcode>soap:Client</faultcode>"
UNREADABLE = (
    "Server was unable to read request. ---> There is an error in the XML document. ---> {problem}"
)


class Faulted(Exception):
    """The call ends with this fault."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def envelope(action: str, body: str, relates_to: str = "") -> str:
    """The answer around a body. The prefix must be `soap:`: clients look it up as text."""
    now = datetime.now(UTC)
    related = relates_to or f"urn:uuid:{uuid4()}"
    return (
        f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope {NAMESPACES}><soap:Header>'
        f"<wsa:Action>{action}</wsa:Action><wsa:MessageID>urn:uuid:{uuid4()}</wsa:MessageID>"
        f"<wsa:RelatesTo>{escape(related)}</wsa:RelatesTo>"
        "<wsa:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</wsa:To>"
        f'<wsse:Security><wsu:Timestamp wsu:Id="Timestamp-{uuid4()}">'
        f"<wsu:Created>{now:%Y-%m-%dT%H:%M:%SZ}</wsu:Created>"
        f"<wsu:Expires>{now + timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}</wsu:Expires>"
        f"</wsu:Timestamp></wsse:Security></soap:Header><soap:Body>{body}</soap:Body>"
        "</soap:Envelope>"
    )


def fault(code: str, text: str, actor: str = "", status: int = 500) -> Response:
    where = f"<faultactor>{escape(actor)}</faultactor>" if actor else ""
    body = f"<soap:Fault>{code}<faultstring>{escape(text)}</faultstring>{where}</soap:Fault>"
    return Response(
        envelope("http://schemas.xmlsoap.org/ws/2004/08/addressing/fault", body),
        status=status,
        content_type="text/xml; charset=utf-8",
    )


def token_expired(host: str) -> Response:
    return fault(SECURITY, "Token Expired", f"http://{host}/soap/Service.asmx")


def login_failed(host: str) -> Response:
    return fault(SECURITY, "Login Failed", f"http://{host}/soap/Service.asmx")


def unreadable(problem: str) -> Response:
    return fault(CLIENT, UNREADABLE.format(problem=problem))


def unavailable(text: str, status: int = 500) -> Response:
    return fault(SERVER, text, status=status)
