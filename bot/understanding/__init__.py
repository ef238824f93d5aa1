"""From a text to what it is about: pure numpy, no I/O."""

from bot.understanding.classifier import Classifier

__all__ = ["Classifier"]
