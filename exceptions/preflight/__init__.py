"""A campaign is checked against Prima before it is sent."""
