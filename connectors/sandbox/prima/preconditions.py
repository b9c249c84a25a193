"""Changing a record only if nobody changed it since it was read: If-Match and the record's ETag."""

from connectors.sandbox.prima.call import Call
from connectors.sandbox.prima.problem import Refused
from connectors.sandbox.prima.records import Record


def tag(record: Record) -> dict[str, str]:
    return {"ETag": f'"{record["version"]}"'}


def require_current(call: Call, record: Record) -> None:
    """428 without If-Match, 412 with a stale one."""
    given = call.headers.get("If-Match", "").strip()
    if not given:
        raise Refused(
            428, "precondition-required", "If-Match is missing", "Send the ETag that was read."
        )
    wanted = {part.strip().removeprefix("W/").strip('"') for part in given.split(",")}
    if "*" not in wanted and record["version"] not in wanted:
        raise Refused(
            412,
            "version-stale",
            "The record was changed since",
            members={"current_version": record["version"]},
            headers=tag(record),
        )
