"""Filters of the list pages."""
