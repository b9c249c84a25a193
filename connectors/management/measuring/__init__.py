"""What every bench stands on: a database of its own, programs of its own, sandboxes."""
