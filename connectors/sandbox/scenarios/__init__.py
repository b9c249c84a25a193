"""The built-in scenarios, one module each, with a `build()` that returns the world as a dictionary."""
