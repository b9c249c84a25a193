"""What each section of the REST interface says about itself, and whose token this is."""

from werkzeug.wrappers import Response

from connectors.sandbox.sfmc.call import Call
from connectors.sandbox.sfmc.cloud import Cloud
from connectors.sandbox.sfmc.errors import answer
from connectors.sandbox.sfmc.routes import Route

SECTIONS = (
    "data",
    "asset",
    "automation",
    "interaction",
    "hub",
    "messaging",
    "push",
    "platform",
    "email",
    "sms",
    "contacts",
)


def describe(cloud: Cloud, call: Call) -> Response:
    section = call.segments[0].lower()
    return answer(
        {
            "name": section,
            "version": "v1",
            "protocol": "rest",
            "baseUrl": f"{call.host('rest')}{section}/v1/",
            "resources": {},
            "schemas": {},
        }
    )


def token_context(cloud: Cloud, call: Call) -> Response:
    return answer(
        {
            "enterprise": {"id": cloud.mid},
            "organization": {"id": call.grant.mid},
            "user": {"id": cloud.mid + 1},
        }
    )


ROUTES = (
    *(Route("GET", f"{section}/v1/rest", None, describe) for section in SECTIONS),
    Route("GET", "platform/v1/tokencontext", None, token_context),
)
