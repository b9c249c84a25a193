"""Checking campaigns over HTTP."""
