"""From a text to what it is about, how worrying it is, and to the pages that may answer it: numpy alone, no network."""

import os

# Threads that wait for one another cost a small product ten times what they save. Read when numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from bot.understanding.classifier import Classifier
from bot.understanding.reading import Reading
from bot.understanding.search import Page, Passage, Search
from bot.understanding.second_net import Net

__all__ = ["Classifier", "Net", "Page", "Passage", "Reading", "Search"]
