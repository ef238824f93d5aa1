"""Which pages of the library answer a question: how people ask for each page, and the words that stand on it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bot.understanding.examples import Examples
from bot.understanding.features import Vector, words_of

MOST_FOUND = 12
# How much each kind of likeness says. Learned on how people ask for each page, one way left out at a time.
_ASKED, _BODY, _NAMED = 1.0, 0.55, 0.35
_K1, _B = 1.2, 0.6

# Words that stand in every question and tell no page from another.
_COMMON = frozenset(
    "a about again all am an and any anything are as at be been being but by can cant could did do does doing dont"
    " for from get getting give go going got had has have having hello help hi how i if im in into is isnt it its ive just"
    " keep know like make me more much my need no not now of off ok on one or our out please really right she should so"
    " some something still tell than that thats the their them then there they thing things this to too up us very want"
    " was we well were what whats when where which who why will wish with wont would you your".split()
)
_ENDINGS = ("fulness", "iness", "ings", "ness", "ment", "ing", "ies", "ied", "est", "ers", "ed", "er", "es", "ly", "s", "y", "e")


@dataclass(frozen=True)
class Page:
    """``asked``: its title and how people ask for it; ``body``: what stands on it."""

    key: str
    asked: tuple[str, ...]
    body: str


@dataclass(frozen=True)
class Found:
    """``score``: comparable between questions; what is under a threshold of the caller's answers nothing."""

    key: str
    score: float


def stems_of(text: str) -> list[str]:
    """The words that tell something, without their endings."""
    return [_stem(word) for word in words_of(text) if word not in _COMMON]


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


class Search:
    """Over a fixed set of pages: the same pages, the same answers."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self._keys = tuple(page.key for page in pages)
        self._asked = Examples.of([text for page in pages for text in page.asked])
        self._owner = np.repeat(np.arange(len(pages)), [len(page.asked) for page in pages])
        self._bodies = _Bodies([stems_of(f"{' '.join(page.asked)} {page.body}") for page in pages])
        self._names = _Bodies([stems_of(" ".join(page.asked)) for page in pages])

    def find(self, question: str) -> tuple[Found, ...]:
        """The likeliest pages, best first."""
        if not self._keys:
            return ()
        likeness = np.zeros(len(self._keys))
        np.maximum.at(likeness, self._owner, self._asked.likeness(question))
        stems = stems_of(question)
        score = _ASKED * likeness + _BODY * self._bodies.share(stems) + _NAMED * self._names.share(stems)
        best = np.argsort(-score, kind="stable")[:MOST_FOUND]
        return tuple(Found(self._keys[n], round(float(score[n]), 4)) for n in best if score[n] > 0)


class _Bodies:
    """BM25 (Robertson and others, 1994), as the share of what a page could have at most: from 0 to 1."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        lengths = np.array([max(len(text), 1) for text in texts], dtype=np.float64)
        self._norm = _K1 * (1 - _B + _B * lengths / lengths.mean())
        holders: dict[str, list[tuple[int, int]]] = {}
        for n, text in enumerate(texts):
            for stem, times in Counter(text).items():
                holders.setdefault(stem, []).append((n, times))
        self._holders = {
            stem: (np.array([n for n, _ in held]), np.array([t for _, t in held], dtype=np.float64))
            for stem, held in holders.items()
        }
        self._many = len(texts)

    def share(self, stems: Sequence[str]) -> Vector:
        found = np.zeros(self._many)
        most = 0.0
        for stem in dict.fromkeys(stems):
            pages, times = self._holders.get(stem, (_NOBODY, _NOTHING))
            telling = math.log(1 + (self._many - len(pages) + 0.5) / (len(pages) + 0.5))
            most += telling * (_K1 + 1)
            found[pages] += telling * times * (_K1 + 1) / (times + self._norm[pages])
        return found / most if most else found


_NOBODY, _NOTHING = np.array([], dtype=np.int64), np.array([], dtype=np.float64)
