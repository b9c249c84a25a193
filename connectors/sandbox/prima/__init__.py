"""The Prima sandbox: the REST contract answered by a small program with its own storage."""
