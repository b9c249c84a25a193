"""Columns of the list pages."""
