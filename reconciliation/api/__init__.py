"""The API of reconciliation: what the pages do, for a signed-in person's own programs."""
