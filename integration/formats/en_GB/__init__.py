"""British formats on every page."""
