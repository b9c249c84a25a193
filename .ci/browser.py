"""Says in one line how to install Chromium when there is none: the browser tests need it."""

import os
import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def found() -> str:
    """The Chromium of this machine, or the one that CHROMIUM names."""
    named = os.environ.get("CHROMIUM", "")
    return next((path for name in (named, *NAMES) if name and (path := shutil.which(name))), "")


if __name__ == "__main__":
    if not found():
        sys.exit(
            "No Chromium: `apt install chromium`, or name yours: make test CHROMIUM=/path/to/it"
        )
