"""Understanding in this process: the models of each release, asked away from the server's loop.

What the package brings fits the content that it brings, and is loaded. Of other content a process of its own learns,
and what it learned is kept in the data folder: the next start with the same examples need not learn again.
"""

from bot.adapters.understanding_local.commands import (
    Finder,
    examples_to_adapt,
    finder_over,
    fits,
    reader_kept_in,
    reader_taught_by,
    ship_vectors,
    shipped_models,
    suspicion_taught_by,
    train_into,
    worry_taught_by,
)
from bot.adapters.understanding_local.local import LocalUnderstanding
from bot.adapters.understanding_local.taught import NAME, Examples, Part

__all__ = [
    "NAME",
    "Examples",
    "Finder",
    "LocalUnderstanding",
    "Part",
    "examples_to_adapt",
    "finder_over",
    "fits",
    "reader_kept_in",
    "reader_taught_by",
    "ship_vectors",
    "shipped_models",
    "suspicion_taught_by",
    "train_into",
    "worry_taught_by",
]
