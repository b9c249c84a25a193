"""Makes the people, goods and orders of the built-in scenarios, from a seed."""
