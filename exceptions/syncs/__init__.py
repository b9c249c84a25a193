"""What the pages of the syncs show: how far a run is, and what calls were spent."""
