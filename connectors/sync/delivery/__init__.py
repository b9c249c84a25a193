"""One batch of orders on its way to Prima: translated, sent, and what became of each."""
