"""The pipes: one outside thing each, never importing one another."""
