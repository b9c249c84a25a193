"""Pages of the consent desk."""
