"""Orders pushed by journeys: signed, kept as they came, answered at once, taken in afterwards."""
