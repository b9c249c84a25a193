"""Payout files of gateways and statements of banks, read into lines. Plain Python."""
