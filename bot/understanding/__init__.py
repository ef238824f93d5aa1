"""From a text to what it is about, how worrying it is, and to the pages that may answer it: numpy alone, no network."""

from bot.understanding.classifier import Classifier
from bot.understanding.post_net import PostNet
from bot.understanding.reading import Reading
from bot.understanding.search import Page, Passage, Search
from bot.understanding.second_net import Net

__all__ = ["Classifier", "Net", "Page", "Passage", "PostNet", "Reading", "Search"]
