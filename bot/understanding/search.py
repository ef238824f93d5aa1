"""Which pages of the library answer a question: by how people ask for each, by its words, and by what both mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
import numpy.typing as npt

from bot.core.inputs import Found
from bot.understanding.encoder import Meanings
from bot.understanding.features import Vector, words_of
from bot.understanding.passages import Passages
from bot.understanding.spelling import Spelling, ranked
from bot.understanding.wording import Texts, by_stem, stems_of

MOST_FOUND = 12
_ASKED, _TITLE, _BODY = 0.16, 0.08, 0.22
_ASKED_MEANT, _STEP_MEANT = 0.31, 0.23
"""What each kind of likeness says; together 1."""
_WORDS_ALONE = (0.56, 0.19, 0.5)
"""The first three where only words can be compared, so that a page that just fits scores as much as with all five."""
_SHARPNESS = 10
"""Of a page's phrases the likeliest count most, but not alone: the higher, the nearer to the likeliest only."""
_MEANS_THE_SAME = 0.5
"""What a word counts that stands for the one on the page."""


@dataclass(frozen=True)
class Passage:
    """A step of a page. ``title`` is empty where it is the page's own."""

    step: str
    title: str
    text: str

    @property
    def read(self) -> str:
        return f"{self.title}. {self.text}" if self.title else self.text


@dataclass(frozen=True)
class Page:
    """``asked``: how people ask for it; ``body``: what stands on it, step by step."""

    key: str
    title: str
    asked: tuple[str, ...]
    body: tuple[Passage, ...]

    @property
    def phrases(self) -> tuple[str, ...]:
        return self.title, *self.asked

    @property
    def passages(self) -> tuple[str, ...]:
        return tuple(passage.read for passage in self.body) or (self.title,)

    @property
    def text(self) -> str:
        return " ".join((*self.phrases, *(passage.text for passage in self.body)))


class Search:
    """Over a fixed set of pages: the same pages, the same answers, once it knows what they mean."""

    def __init__(self, pages: Sequence[Page], alike: Sequence[Sequence[str]] = ()) -> None:
        """``alike``: groups of words that stand for one another."""
        self._pages = tuple(pages)
        self._place = {page.key: n for n, page in enumerate(pages)}
        texts = [page.text for page in pages]
        self._spelling = Spelling(ranked(chain.from_iterable(words_of(text) for text in texts)))
        self._alike = by_stem(alike)
        self._owner = np.array([n for n, page in enumerate(pages) for _ in page.phrases], dtype=np.int64)
        self._asked = _texts(chain.from_iterable(page.phrases for page in pages))
        self._titles = _texts(page.title for page in pages)
        self._bodies = _texts(texts)
        self._meant: _Meant | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text whose meaning is compared."""
        return tuple(chain.from_iterable((*page.phrases, *page.passages) for page in self._pages))

    def know(self, passages: Passages) -> None:
        """From now on what a question means counts too. Raises KeyError where a text is missing."""
        self._meant = _Meant(self._pages, passages) if self._pages else None

    def find(self, question: str, meaning: Meanings | None = None) -> tuple[Found, ...]:
        """The likeliest pages, best first, each with its score from 0 to 1. ``meaning``: the encoder's row of the question."""
        wanted = self._wanted(question)
        meant = self._meant if meaning is not None and words_of(question) else None
        if not self._pages or not (wanted or meant):
            return ()
        asked, title, body = _WORDS_ALONE if meant is None else (_ASKED, _TITLE, _BODY)
        score = title * self._titles.share(wanted) + body * self._bodies.share(wanted)
        score += asked * self._share_asked(wanted)
        if meant is not None and meaning is not None:
            score += meant.share(meaning)
        best = np.argsort(-score, kind="stable")[:MOST_FOUND]
        return tuple(
            Found(self._pages[n].key, round(min(float(score[n]), 1.0), 4)) for n in best if score[n] > 0
        )

    def step_of(self, key: str, question: str, meaning: Meanings | None = None) -> str:
        """The step of a page that answers best; the first where none has more of it than another."""
        n = self._place[key]
        steps = [passage.step for passage in self._pages[n].body]
        if self._meant is not None and meaning is not None:
            shares = self._meant.steps_of(n, meaning)
        else:
            shares = self._by_step.share(self._wanted(question))[self._first_step[n] :]
        return steps[int(np.argmax(shares[: len(steps)]))]

    @cached_property
    def _by_step(self) -> Texts:
        return _texts(chain.from_iterable(page.passages for page in self._pages))

    @cached_property
    def _first_step(self) -> Sequence[int]:
        return [int(start) for start in _starts([len(page.passages) for page in self._pages])]

    def _share_asked(self, wanted: Sequence[Mapping[str, float]]) -> Vector:
        asked = np.zeros(len(self._pages))
        np.maximum.at(asked, self._owner, self._asked.share(wanted))
        return asked

    def _wanted(self, question: str) -> list[Mapping[str, float]]:
        """For each telling word of the question the stems that would do, and how well."""
        stems = dict.fromkeys(stems_of(self._spelling.mended(words_of(question))))
        return [dict.fromkeys(self._alike.get(stem, ()), _MEANS_THE_SAME) | {stem: 1.0} for stem in stems]


class _Meant:
    """What the pages mean: their phrases and their steps, row by row."""

    def __init__(self, pages: Sequence[Page], passages: Passages) -> None:
        self._passages = passages
        self._phrases = passages.held([phrase for page in pages for phrase in page.phrases])
        self._steps = passages.held([passage for page in pages for passage in page.passages])
        self._many = np.array([len(page.phrases) for page in pages])
        self._phrase_starts = _starts(self._many.tolist())
        self._step_starts = _starts([len(page.passages) for page in pages])

    def share(self, meaning: Meanings) -> Vector:
        seen = self._passages.seen(meaning)
        near = np.add.reduceat(np.exp(_SHARPNESS * _near(self._phrases, seen)), self._phrase_starts)
        asked = np.log(near / self._many) / _SHARPNESS
        step = np.maximum.reduceat(_near(self._steps, seen), self._step_starts)
        told: Vector = _ASKED_MEANT * asked.clip(0) + _STEP_MEANT * step.clip(0)
        return told

    def steps_of(self, page: int, meaning: Meanings) -> Vector:
        near: Vector = (self._steps[self._step_starts[page] :] @ self._passages.seen(meaning)).astype(
            np.float64
        )
        return near


def _texts(texts: Iterator[str] | Sequence[str]) -> Texts:
    return Texts([stems_of(words_of(text)) for text in texts])


def _near(rows: Meanings, seen: Meanings) -> Meanings:
    """In this thread alone: a product so small takes longer where two threads wait for one another on a busy machine."""
    near: Meanings = np.einsum("ij,j->i", rows, seen)
    return near


def _starts(many: Sequence[int]) -> npt.NDArray[np.int64]:
    return np.cumsum([0, *many[:-1]], dtype=np.int64)
