"""Several calls in one: `POST /batch`. It weighs as many calls as it holds, since Prima does the
work of each: a batch saves the way there and back, and is no way past the load limit.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.answer import Answer
from connectors.errors import RemoteError
from connectors.prima.rest.calls import Reader, Record, SignedCalls, read
from connectors.prima.rest.problems import MEDIA_TYPE, problem_for


@dataclass(frozen=True, slots=True)
class Operation:
    """One call of a batch; `path` is below the company."""

    method: str
    path: str
    body: Any
    headers: Mapping[str, str]


def together(
    calls: SignedCalls, operations: Sequence[Operation], reader: Reader[Record]
) -> list[Record | RemoteError]:
    """What was answered to each, in their order. Raises only when nothing was said of any."""
    content = {
        "atomic": False,
        "operations": [
            {
                "id": str(place),
                "method": one.method,
                "path": one.path,
                "headers": dict(one.headers),
                "body": one.body,
            }
            for place, one in enumerate(operations)
        ],
    }
    answer = calls.send("POST", "/batch", content=content, weight=len(operations))
    results = answer.json_object().get("results")
    if not isinstance(results, list) or len(results) != len(operations):
        raise answer.unexpected("did not answer every call of a batch")
    return [
        _one(answer, operation, result, str(place), reader)
        for place, (operation, result) in enumerate(zip(operations, results, strict=True))
    ]


def _one(
    answer: Answer, operation: Operation, result: Any, place: str, reader: Reader[Record]
) -> Record | RemoteError:
    if not isinstance(result, dict) or str(result.get("id")) != place:
        return answer.unexpected("answered the calls of a batch in another order")
    told = result.get("headers")
    status, headers = result.get("status"), dict(told) if isinstance(told, dict) else {}
    if not isinstance(status, int):
        return answer.unexpected("answered a call of a batch without a status")
    if status >= 400:
        headers["Content-Type"] = MEDIA_TYPE
    own = Answer(
        answer.system,
        operation.method,
        operation.path,
        status,
        headers,
        json.dumps(result.get("body")).encode(),
        answer.request_id,
    )
    if status >= 300:
        return problem_for(own)
    try:
        return read(own, reader)
    except RemoteError as error:
        return error
