"""What can be wrong with an order, one module for each side of it."""
