"""Opt-outs and opt-ins on their way between the systems, in a lane of their own."""
