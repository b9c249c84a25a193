"""The parts of the bench of matching: a world with known truth, loading, matching, the floor."""
