"""From campaign to money: what campaigns sold, and what became of it in Prima and at the gateways."""
