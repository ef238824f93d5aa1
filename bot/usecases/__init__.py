"""The order of things: what happens, in which transaction."""
