"""What became of each object of a call, in the order of elements that strict clients want."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from connectors.sandbox.sfmc.cloud import new_id
from connectors.sandbox.sfmc.soap.envelope import leaf, optional, tag

Verb = Literal["Create", "Update", "Delete"]


@dataclass(frozen=True, slots=True)
class Result:
    """`object_xml` is the inside of Object, `more_xml` what a subtype adds at the end."""

    message: str
    error_code: int | None = None
    new_id: int = 0
    object_type: str = ""
    object_xml: str = ""
    more_xml: str = ""
    result_type: str = ""

    @property
    def ok(self) -> bool:
        return self.error_code is None


def overall(results: Sequence[Result]) -> str:
    """OK, Error when all failed, Has Errors when some did."""
    failed = sum(not one.ok for one in results)
    if not failed:
        return "OK"
    return "Error" if failed == len(results) else "Has Errors"


def response(verb: Verb, results: Sequence[Result]) -> str:
    """CreateResponse, UpdateResponse or DeleteResponse."""
    listed = "".join(_result(verb, place, one) for place, one in enumerate(results))
    return _message(
        f"{verb}Response",
        f"{listed}{leaf('RequestID', new_id())}{leaf('OverallStatus', overall(results))}",
    )


def executed(results: Sequence[Result]) -> str:
    listed = "".join(tag("Results", _plain(place, one)) for place, one in enumerate(results))
    status = leaf("OverallStatus", overall(results))
    return _message("ExecuteResponseMsg", f"{status}{leaf('RequestID', new_id())}{listed}")


def performed(results: Sequence[Result]) -> str:
    listed = "".join(tag("Result", _plain(place, one)) for place, one in enumerate(results))
    return _message(
        "PerformResponseMsg",
        tag("Results", listed)
        + leaf("OverallStatus", overall(results))
        + leaf("OverallStatusMessage", results[0].message if results else "")
        + leaf("RequestID", new_id()),
    )


def retrieved(status: str, request_id: str, listed: str = "") -> str:
    head = leaf("OverallStatus", status) + leaf("RequestID", request_id)
    return _message("RetrieveResponseMsg", head + listed)


def described(definitions: str) -> str:
    return _message("DefinitionResponseMsg", definitions + leaf("RequestID", new_id()))


def _message(name: str, content: str) -> str:
    return f'<{name} xmlns="http://exacttarget.com/wsdl/partnerAPI">{content}</{name}>'


def _result(verb: Verb, place: int, result: Result) -> str:
    content = _plain(place, result)
    if verb == "Create":
        content += leaf("NewID", result.new_id)
    if result.object_type:
        content += tag("Object", result.object_xml, type=result.object_type)
    content += result.more_xml
    kind = {"type": result.result_type} if result.result_type else {}
    return tag("Results", content, **kind)


def _plain(place: int, result: Result) -> str:
    return (
        leaf("StatusCode", "OK" if result.ok else "Error")
        + leaf("StatusMessage", result.message)
        + leaf("OrdinalID", place)
        + optional("ErrorCode", result.error_code)
    )
