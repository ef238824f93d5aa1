"""Evaluation and simulation: imported by the command line only, never by the server."""
