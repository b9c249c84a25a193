"""What Prima says of itself, its codes, items and customers: read into the mirror."""
