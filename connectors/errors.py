"""What can go wrong with a remote system, sorted by what to do next.

RemoteError
├── TransientError            try again later
│   ├── TimedOut              no answer in time: the outcome is unknown
│   ├── Unreachable           no connection
│   ├── ConnectionLost        the connection broke after sending: the outcome is unknown
│   ├── Throttled             asked to slow down; `retry_after` in seconds when it said so
│   ├── ServerFailed          5xx
│   ├── StillRunning          the same request is being worked on: the outcome is unknown
│   └── CircuitOpen           we stopped calling for a while, nothing was sent
├── PermanentError            trying again will not help
│   ├── Rejected              refused with reasons; `issues` has one entry a reason
│   ├── DuplicateReference    another order already has this reference with other contents
│   ├── NotFound              no such thing
│   ├── Stale                 somebody changed it since it was read
│   ├── CursorExpired         the change feed cannot go on from here; read a snapshot
│   ├── NotOffered            this system has no such thing to offer; nothing is wrong
│   └── UnexpectedShape       an answer we cannot read
└── MisconfiguredError        a person has to mend the connection
    ├── NotAuthorised         wrong id, secret or token
    └── Forbidden             the sign-in lacks a permission
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Issue:
    """One reason for a refusal. `pointer` is a JSON Pointer into what was sent, or empty."""

    code: str
    message: str
    pointer: str = ""
    severity: str = "error"
    value: str = ""
    limit: str = ""
    suggestion: str = ""


@dataclass(eq=False)
class RemoteError(Exception):
    """`message` is a sentence for people; the rest tells where it came from."""

    message: str
    system: str = ""
    method: str = ""
    path: str = ""
    status: int | None = None
    request_id: str = ""
    body: str = ""

    def __str__(self) -> str:
        where = " ".join(part for part in (self.method, self.path) if part)
        return f"{self.message} ({where})" if where else self.message


class TransientError(RemoteError):
    """`outcome_unknown` says whether the request may have had its effect."""

    outcome_unknown = False


class TimedOut(TransientError):
    outcome_unknown = True


class Unreachable(TransientError):
    pass


class ConnectionLost(TransientError):
    outcome_unknown = True


@dataclass(eq=False)
class Throttled(TransientError):
    retry_after: float | None = None


class ServerFailed(TransientError):
    outcome_unknown = True


class StillRunning(TransientError):
    outcome_unknown = True


@dataclass(eq=False)
class CircuitOpen(TransientError):
    retry_after: float | None = None


class PermanentError(RemoteError):
    pass


@dataclass(eq=False)
class Rejected(PermanentError):
    issues: list[Issue] = field(default_factory=list)


@dataclass(eq=False)
class DuplicateReference(PermanentError):
    existing_number: str = ""
    existing_hash: str = ""


class NotFound(PermanentError):
    pass


@dataclass(eq=False)
class Stale(PermanentError):
    current_version: str = ""


class CursorExpired(PermanentError):
    pass


class NotOffered(PermanentError):
    pass


class UnexpectedShape(PermanentError):
    pass


class MisconfiguredError(RemoteError):
    pass


class NotAuthorised(MisconfiguredError):
    pass


class Forbidden(MisconfiguredError):
    pass
