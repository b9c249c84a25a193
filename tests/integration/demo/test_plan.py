"""What the demo is told by the environment."""

import pytest

from integration.demo import plan


@pytest.mark.parametrize("said", ["abc", "0", "-1", "70000", "80.5"])
def test_a_port_that_is_none_is_refused_in_words(said, monkeypatch):
    monkeypatch.setenv("PORT", said)
    with pytest.raises(plan.NoPort, match=f"PORT is “{said}”; it must be a number from 1 to 65535"):
        plan.from_environment()
