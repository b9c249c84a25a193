"""The manual has a page for every format."""

from pathlib import Path

import pytest

from connectors.gateways.gateway import formats

MANUAL = Path(__file__).resolve().parents[3] / "docs" / "manual"


@pytest.mark.parametrize("slug", sorted(formats()))
def test_every_format_says_what_to_download_and_what_is_refused(slug):
    text = (MANUAL / "payouts" / f"{slug}.md").read_text()

    assert "## What is refused" in text
    assert f"(payouts/{slug}.md)" in (MANUAL / "payout-files.md").read_text()
