"""Who is who: one ladder for contacts, orders and whole estates."""
