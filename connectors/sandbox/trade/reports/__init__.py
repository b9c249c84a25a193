"""The files that gateways and the bank give out, as those write them."""
