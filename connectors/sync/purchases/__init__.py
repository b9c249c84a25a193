"""What each contact has bought, from Prima's invoices and credit notes."""
