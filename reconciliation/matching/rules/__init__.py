"""One rule a file: what it puts together, in words and in SQL."""
