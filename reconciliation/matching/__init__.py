"""Matching payout lines with invoices and credit notes, rule by rule, inside the database."""
