"""Customers: who is who in both systems, what is only likely, merging and taking apart."""
