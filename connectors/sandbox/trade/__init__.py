"""What becomes of orders after Prima took them: invoices, payouts of gateways, and the bank."""
