"""Bounceback: a self-management companion for people with a long-term condition and low mood or worry."""
