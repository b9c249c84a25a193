"""Contacts and leads of Marketing Cloud: read, compared with Prima, and sent where they belong."""
