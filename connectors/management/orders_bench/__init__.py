"""The parts of the bench of orders, each run in a process of its own."""
