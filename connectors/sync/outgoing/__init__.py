"""Rows the desk keeps in data extensions of Marketing Cloud: only what changed goes, and is confirmed."""
