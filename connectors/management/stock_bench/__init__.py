"""The parts of the bench of stock."""
