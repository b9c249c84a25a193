"""Why a person's step in reconciliation was not taken, in words for that person."""


class Refused(Exception):
    """The step was not taken and nothing changed. `message` is shown as it stands."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotYours(Refused):
    """This person may not take it; a second one, or one with another role, may."""


class Stale(Refused):
    """Somebody else changed it since the person read it."""


class PeriodLocked(Refused):
    """The day lies in a period that is signed or locked."""
