"""The files the desk can read: one file each, found by being here."""
