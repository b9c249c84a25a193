"""One bench a file."""
