"""Several calls in one: `POST /batch` {"atomic": false, "operations": [{id, method, path, …}]}.

`path` is below the company ("/sales-orders"); `headers` and `body` are the operation's own. They
are answered in their order, each with its own status, and each counts as a call. With `atomic` all
of them or none take effect: behind the first refusal the others get 424.
"""

from collections.abc import Callable, Mapping
from typing import Any

from connectors.sandbox.prima.call import Call, Reply
from connectors.sandbox.prima.problem import Issue, Refused, invalid
from connectors.sandbox.prima.records import dumps
from connectors.sandbox.prima.shapes import Choice, Findings, Flag, Many, Members, Text

Result = dict[str, Any]
# Answers one operation: a reply, or the problem document of its refusal.
Dispatch = Callable[[Call, str, str, Mapping[str, str], bytes], Result]


class _Undo(Exception):
    """Takes an atomic batch back."""


class _Anything:
    required = False

    def check(self, value: Any, at: str, found: Findings) -> None:
        """Bodies and headers are checked by what they are for."""


_BATCH = Members(
    {
        "atomic": Flag(),
        "operations": Many(
            Members(
                {
                    "id": Text(),
                    "method": Choice(("GET", "POST", "PATCH", "DELETE"), required=True),
                    "path": Text(required=True),
                    "headers": _Anything(),
                    "body": _Anything(),
                }
            ),
            required=True,
            least=1,
        ),
    }
)


def run(call: Call, dispatch: Dispatch) -> Reply:
    body = call.body()
    found = Findings(call.company.capabilities)
    _BATCH.check(body, "#", found)
    operations, most = body.get("operations"), call.company.capabilities.batch_size
    if isinstance(operations, list) and len(operations) > most:
        message = f"{len(operations)} operations were sent; {most} are allowed."
        found.issues.append(Issue("#/operations", "field.too_long", message, limit=str(most)))
    if found.issues:
        raise invalid(found.issues, "The batch")
    results: list[Result] = []
    if not body.get("atomic"):
        results = [_result(call, dispatch, operation) for operation in body["operations"]]
    else:
        results = _all_or_none(call, dispatch, body["operations"])
    return Reply(200, {"results": results})


def _all_or_none(call: Call, dispatch: Dispatch, operations: list[Any]) -> list[Result]:
    results: list[Result] = []
    try:
        with call.prima.store.write():
            for operation in operations:
                results.append(_result(call, dispatch, operation))
                if results[-1]["status"] >= 400:
                    raise _Undo
    except _Undo:
        undone = [_undone(operation) for operation in operations]
        failed = len(results) - 1
        undone[failed] = results[failed]
        return undone
    return results


def _undone(operation: Mapping[str, Any]) -> Result:
    body = {"type": "urn:prima:problem:batch-undone", "title": "Undone", "status": 424}
    return {"id": operation.get("id") or "", "status": 424, "headers": {}, "body": body}


def _result(call: Call, dispatch: Dispatch, operation: Mapping[str, Any]) -> Result:
    given = operation.get("headers")
    headers = {str(k): str(v) for k, v in given.items()} if isinstance(given, dict) else {}
    raw = b"" if operation.get("body") is None else dumps(operation["body"]).encode()
    path = str(operation["path"])
    if path.partition("?")[0].rstrip("/") == "/batch":
        raise Refused(422, "validation-failed", "A batch holds no batch")
    answer = dispatch(call, operation["method"], path, headers, raw)
    return {"id": operation.get("id") or "", **answer}
