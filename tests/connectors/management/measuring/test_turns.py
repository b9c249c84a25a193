"""Working by turns."""

import threading

from connectors.management.measuring import turns


def test_the_leader_goes_on_only_when_the_others_turn_is_over(tmp_path):
    # given
    told: list[str] = []
    turns.make(tmp_path / "turns")

    def follow() -> None:
        told.extend("other" for _ in turns.taken(tmp_path / "turns"))

    other = threading.Thread(target=follow)
    other.start()
    # when
    leader = turns.Leader(tmp_path / "turns")
    for _ in range(3):
        told.append("leader")
        leader.give()
    leader.close()
    other.join(timeout=10)
    # then
    assert told == ["leader", "other"] * 3
    assert not other.is_alive()
