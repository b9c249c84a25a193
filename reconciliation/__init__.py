"""Compares what the campaigns, Prima, the gateways and the bank say."""
