"""The care team's pages: rendered here, complete without any script."""
