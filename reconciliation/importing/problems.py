"""Why a file is not imported, in words for people."""


class NotImported(Exception):
    """The file is refused; `message` says why. Nothing of it is visible anywhere."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class OnHold(NotImported):
    """The file may be fine: something has to be chosen or set up before it is read again."""
