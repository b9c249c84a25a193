"""Telling customers what becomes of their orders: noted with the change, sent once, in order."""
