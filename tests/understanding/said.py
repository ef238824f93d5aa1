"""The shipped examples, and messages that were kept apart from them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.adapters.content_files import read_drafts, read_library
from bot.core.flow.home import LIKELY
from bot.core.inputs import Understood
from bot.core.library import Library
from bot.understanding import Classifier

HERE = Path(__file__).parent
CONTENT = HERE.parents[1] / "content"
OTHER = "out_of_scope"


@cache
def library() -> Library:
    built = read_library(CONTENT).library
    assert built is not None
    return built


@cache
def classifier() -> Classifier:
    return Classifier.train(library().understanding)


@cache
def unseen() -> tuple[tuple[str, str], ...]:
    """Pairs of an intent and a text that belongs to it."""
    return pairs(dict(read_drafts(HERE / "unseen").understanding))


def pairs(examples: dict[str, tuple[str, ...]]) -> tuple[tuple[str, str], ...]:
    return tuple((intent, text) for intent, texts in examples.items() for text in texts)


def in_scope(said: Understood) -> bool:
    return said.intent != OTHER and said.confidence >= LIKELY
