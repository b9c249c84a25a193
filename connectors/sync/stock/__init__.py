"""Stock of Prima on its way to Marketing Cloud."""
