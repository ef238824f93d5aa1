"""From a text to what it is about, and to the pages that may answer it: pure numpy, no I/O."""

from bot.understanding.classifier import Classifier
from bot.understanding.search import Page, Passage, Search

__all__ = ["Classifier", "Page", "Passage", "Search"]
