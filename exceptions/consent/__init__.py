"""The consent desk: how opt-outs travel, what people said, and the rights they have."""
