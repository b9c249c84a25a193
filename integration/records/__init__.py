"""The records both systems are translated into. Plain values: no Django, no input or output."""
