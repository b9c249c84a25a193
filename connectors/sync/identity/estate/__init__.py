"""Links a whole estate at once: every contact and every account that both systems have."""
