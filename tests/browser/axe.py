"""What axe finds on a page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def violations(page: Page) -> list[tuple[str, str]]:
    """Rule and first element of whatever is serious or critical.

    Without its preloading: that tries inline styles of its own, which the policy of the pages blocks.
    """
    found = Axe().run(page, options={"preload": False})
    return [
        (one["id"], one["nodes"][0]["html"])
        for one in found.response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
