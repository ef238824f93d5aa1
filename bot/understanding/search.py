"""Which pages of the library answer a question: how people ask for each page, and the words that stand on it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from bot.core.inputs import Found
from bot.understanding.features import Vector, words_of
from bot.understanding.spelling import Spelling, ranked

MOST_FOUND = 12
_ASKED, _TITLE, _BODY = 0.45, 0.15, 0.4
"""What each kind of likeness says; together 1."""
_MEANS_THE_SAME = 0.5
"""What a word counts that stands for the one on the page."""
_K1, _B = 1.2, 0.6

COMMON = """
a about again all also am an and any anyone anything are as at be because been being but by can cant could did didnt
do does doesnt doing done dont else ever every everyone feel feeling feels for from get gets getting give go goes
going gone got had has have having hello help her hers hi him his how i id if ill im in into is isnt it its ive
just keep kind know let like lot made make makes making many may me might mine more most much my need needs never
no not now of off ok on one only or other our out over please put quite really right said say see seem shall she
should so some someone something sort still such sure take tell than that thats the their them then there theres
these they theyre thing things think this those though to too try trying up us use very want was way we well were
what whats when where which while who whole whos why will wish with without wont would yes yet you your
"""
"""Words that stand in any question and tell no page from another."""
_COMMON = frozenset(COMMON.split())
_ENDINGS = (
    *("fulness", "ations", "ation", "iness", "ings", "ness", "ment", "ing", "ies", "ied", "est", "ers"),
    *("ed", "er", "es", "ly", "al", "s", "y", "e"),
)


@dataclass(frozen=True)
class Page:
    """``asked``: how people ask for it; ``body``: what stands on it."""

    key: str
    title: str
    asked: tuple[str, ...]
    body: str


class Search:
    """Over a fixed set of pages: the same pages, the same answers."""

    def __init__(self, pages: Sequence[Page], alike: Sequence[Sequence[str]] = ()) -> None:
        """``alike``: groups of words that stand for one another."""
        self._keys = tuple(page.key for page in pages)
        texts = [" ".join((page.title, *page.asked, page.body)) for page in pages]
        self._spelling = Spelling(ranked(chain.from_iterable(words_of(text) for text in texts)))
        self._alike = _by_stem(alike)
        asked = [(n, text) for n, page in enumerate(pages) for text in (page.title, *page.asked)]
        self._owner = np.array([n for n, _ in asked], dtype=np.int64)
        self._asked = _Texts([stems_of(words_of(text)) for _, text in asked])
        self._titles = _Texts([stems_of(words_of(page.title)) for page in pages])
        self._bodies = _Texts([stems_of(words_of(text)) for text in texts])

    def find(self, question: str) -> tuple[Found, ...]:
        """The likeliest pages, best first, each with its score from 0 to 1."""
        wanted = self._wanted(question)
        if not wanted or not self._keys:
            return ()
        asked = np.zeros(len(self._keys))
        np.maximum.at(asked, self._owner, self._asked.share(wanted))
        score = _ASKED * asked + _TITLE * self._titles.share(wanted) + _BODY * self._bodies.share(wanted)
        best = np.argsort(-score, kind="stable")[:MOST_FOUND]
        return tuple(Found(self._keys[n], round(float(score[n]), 4)) for n in best if score[n] > 0)

    def _wanted(self, question: str) -> list[Mapping[str, float]]:
        """For each telling word of the question the stems that would do, and how well."""
        stems = dict.fromkeys(stems_of(self._spelling.mended(words_of(question))))
        return [dict.fromkeys(self._alike.get(stem, ()), _MEANS_THE_SAME) | {stem: 1.0} for stem in stems]


def stems_of(words: Sequence[str]) -> list[str]:
    """The words that tell something, without their endings."""
    return [_stem(word) for word in words if word not in _COMMON]


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _by_stem(alike: Sequence[Sequence[str]]) -> Mapping[str, frozenset[str]]:
    known: dict[str, frozenset[str]] = {}
    for group in alike:
        stems = frozenset(stem for word in group for stem in stems_of(words_of(word)))
        for stem in stems:
            known[stem] = known.get(stem, frozenset()) | stems
    return known


class _Texts:
    """BM25 (Robertson and others, 1994), as the share of the most that a text could have of a question: from 0 to 1."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        lengths = np.array([max(len(text), 1) for text in texts], dtype=np.float64)
        self._many = len(texts)
        self._norm = _K1 * (1 - _B + _B * lengths / (lengths.mean() if texts else 1))
        held: dict[str, list[tuple[int, int]]] = {}
        for n, text in enumerate(texts):
            for stem, times in Counter(text).items():
                held.setdefault(stem, []).append((n, times))
        self._held = {stem: np.array(pairs, dtype=np.int64) for stem, pairs in held.items()}

    def share(self, wanted: Sequence[Mapping[str, float]]) -> Vector:
        found = np.zeros(self._many)
        most = 0.0
        for ways in wanted:
            best = np.zeros(self._many)
            telling = 0.0
            for stem, worth in ways.items():
                pairs = self._held.get(stem)
                if pairs is None:
                    continue
                own = math.log(1 + (self._many - len(pairs) + 0.5) / (len(pairs) + 0.5))
                texts, times = pairs[:, 0], pairs[:, 1].astype(np.float64)
                best[texts] = np.maximum(
                    best[texts], worth * own * times * (_K1 + 1) / (times + self._norm[texts])
                )
                telling = max(telling, own)
            most += (telling or math.log(1 + self._many * 2)) * (_K1 + 1)
            found += best
        return found / most
