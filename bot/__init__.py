"""Bounceback: a self-management companion for people with a long-term condition and low mood or worry."""

import os

# Threads that wait for one another cost a small product ten times what they save, and a process that has them can stand
# still for ever where it starts another while they count. Read when numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
