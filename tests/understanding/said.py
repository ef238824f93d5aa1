"""The shipped examples and models, and messages that were kept apart from them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from bot.adapters.content_files import read_drafts, read_library
from bot.adapters.understanding_local import examples_to_adapt
from bot.core.flow.home import LIKELY
from bot.core.inputs import Understood
from bot.core.library import Library
from bot.understanding import Classifier, Net, PostNet, Reading
from bot.understanding.adapted import Adapted
from bot.understanding.encoder import Encoder, encoder
from bot.understanding.kept import DATA, found, mark_of

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
    learned = found(DATA / "intents.npz", mark_of("intents", library().understanding), meaning=True)
    assert learned is not None, "run `make models`: the examples or what learns from them changed"
    return Classifier.from_learned(learned)


@cache
def net() -> Net:
    learned = found(DATA / "second_net.npz", mark_of("second_net", library().second_net), meaning=False)
    adapted = found(DATA / "adapted.npz", mark_of("adapted", examples_to_adapt(library())), meaning=False)
    assert learned is not None and adapted is not None, (
        "run `make models`: the examples or what learns from them changed"
    )
    return Net.from_learned(learned, Adapted.from_learned(adapted))


@cache
def post_net() -> PostNet:
    learned = found(DATA / "posts.npz", mark_of("posts", library().posts), meaning=True)
    assert learned is not None, "run `make models`: the examples or what learns from them changed"
    return PostNet.from_learned(learned)


def predict(text: str, by: Classifier | None = None) -> Understood:
    return _predicted(text) if by is None else by.predict(Reading(text, encoder))


@cache
def _predicted(text: str) -> Understood:
    return classifier().predict(Reading(text, encoder))


def by_pieces(text: str) -> Understood:
    """As where no encoder is installed."""
    return classifier().predict(Reading(text, absent))


absent: Callable[[], Encoder | None] = lambda: None  # noqa: E731


@cache
def unseen() -> tuple[tuple[str, str], ...]:
    """Pairs of an intent and a text that belongs to it."""
    return pairs(dict(read_drafts(HERE / "unseen").understanding))


def pairs(examples: dict[str, tuple[str, ...]]) -> tuple[tuple[str, str], ...]:
    return tuple((intent, text) for intent, texts in examples.items() for text in texts)


def in_scope(said: Understood) -> bool:
    return said.intent != OTHER and said.confidence >= LIKELY
