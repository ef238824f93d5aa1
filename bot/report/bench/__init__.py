"""What `bounceback bench` found: as tables for a terminal, and as one drawn page."""
