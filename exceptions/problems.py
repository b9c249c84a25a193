"""Why a person's step was not taken, in words for that person."""


class Refused(Exception):
    """The step was not taken and nothing changed. `message` is shown as it stands."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(Refused):
    """The person's roles do not allow the step."""


class NotPossible(Refused):
    """The case, the order or the account is not in a state in which the step makes sense."""


class Stale(Refused):
    """Somebody else changed the case since the person read it; the message says who and what."""


class PrimaRefused(Refused):
    """Prima did not take the change; the message says why, in Prima's words where it gave some."""
