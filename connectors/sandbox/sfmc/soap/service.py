"""The SOAP service: who asks, what for, and the answer in its envelope."""

from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import Element

from werkzeug.wrappers import Response

from connectors.sandbox.sfmc import tokens
from connectors.sandbox.sfmc.call import Call
from connectors.sandbox.sfmc.cloud import Cloud
from connectors.sandbox.sfmc.errors import not_found
from connectors.sandbox.sfmc.soap import extension_rows, lists, subscriber
from connectors.sandbox.sfmc.soap.describe import describe
from connectors.sandbox.sfmc.soap.envelope import child, children, local, parse, text, type_of
from connectors.sandbox.sfmc.soap.execute import execute, perform
from connectors.sandbox.sfmc.soap.faults import (
    Faulted,
    envelope,
    login_failed,
    token_expired,
    unavailable,
    unreadable,
)
from connectors.sandbox.sfmc.soap.results import Result, Verb, executed, performed, response
from connectors.sandbox.sfmc.soap.retrieve import retrieve
from connectors.sandbox.sfmc.tokens import Grant

PEOPLE, EXTENSIONS = "list_and_subscribers_write", "data_extensions_write"
SAVERS = {
    "Subscriber": (PEOPLE, subscriber.save),
    "List": (PEOPLE, lists.save),
    "DataExtensionObject": (EXTENSIONS, extension_rows.save),
}
VERBS: dict[str, Verb] = {
    "CreateRequest": "Create",
    "UpdateRequest": "Update",
    "DeleteRequest": "Delete",
}
NOT_ALLOWED, NO_PERMISSION = 5, 2
Answer = Callable[[Cloud, Grant, Element], str]


def answer(cloud: Cloud, call: Call) -> Response:
    """POST Service.asmx. The message says what is wanted; the SOAPAction header repeats it."""
    if cloud.fault("soap_throttle", call):
        return unavailable("Rate limit exceeded. Please retry later.")
    try:
        request = parse(call.body)
        grant = _grant(cloud, call, request.token)
        name = local(request.message)
        if name not in MESSAGES:
            raise Faulted(unreadable(f"The message {name} is not supported."))
        body = MESSAGES[name](cloud, grant, request.message)
    except Faulted as faulted:
        return faulted.response
    action = local(request.message).removesuffix("Msg").replace("Request", "Response")
    return Response(
        envelope(action, body, request.message_id), content_type="text/xml; charset=utf-8"
    )


def wsdl(cloud: Cloud, call: Call) -> Response:
    """The service's own description is not ours to give: the scenario names a copy, if there is one."""
    path = cloud.section.get("wsdl")
    if not path:
        raise not_found()
    return Response(Path(path).read_bytes(), content_type="text/xml; charset=utf-8")


def _grant(cloud: Cloud, call: Call, token: str) -> Grant:
    grant = tokens.grant_of(cloud, token)
    if grant is not None:
        return grant
    host = call.base.partition("//")[2]
    raise Faulted(token_expired(host) if token.startswith("eyJ") else login_failed(host))


def _save(cloud: Cloud, grant: Grant, message: Element) -> str:
    verb = VERBS[local(message)]
    action = text(child(message, "Options", "SaveOptions", "SaveOption"), "SaveAction")
    with cloud.store.write() as db:
        found = []
        for given in children(message, "Objects"):
            scope, save = SAVERS.get(type_of(given), ("", None))
            if save is None:
                found.append(_unsupported(type_of(given)))
            elif not grant.may(scope):
                found.append(Result("API Permission Failed.", NO_PERMISSION))
            else:
                found.append(save(cloud, db, verb, given, action))
    return response(verb, found)


def _unsupported(kind: str) -> Result:
    return Result(
        f"Unable to find a handler for object type: {kind}. "
        "Object types are case-sensitive, check spelling.",
        NOT_ALLOWED,
    )


def _execute(cloud: Cloud, grant: Grant, message: Element) -> str:
    if not grant.may(PEOPLE):
        return executed([Result("API Permission Failed.", NO_PERMISSION)])
    return execute(cloud, message)


def _perform(cloud: Cloud, grant: Grant, message: Element) -> str:
    if not grant.may(EXTENSIONS):
        return performed([Result("API Permission Failed.", NO_PERMISSION)])
    return perform(cloud, message)


def _describe(cloud: Cloud, grant: Grant, message: Element) -> str:
    return describe(message)


MESSAGES: dict[str, Answer] = {
    **dict.fromkeys(VERBS, _save),
    "RetrieveRequestMsg": retrieve,
    "ExecuteRequestMsg": _execute,
    "PerformRequestMsg": _perform,
    "DefinitionRequestMsg": _describe,
}
