"""Orders of Prima and their lines as rows of Marketing Cloud."""
