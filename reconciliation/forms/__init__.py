"""The forms of reconciliation."""
