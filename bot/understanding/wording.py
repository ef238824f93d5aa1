"""The words of a text that tell something, and how much of a question's words a text has."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from bot.understanding.features import Vector, words_of

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


def stems_of(words: Sequence[str]) -> list[str]:
    """The words that tell something, without their endings."""
    return [_stem(word) for word in words if word not in _COMMON]


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return _stem(word[: -len(ending)])
    return word


def by_stem(alike: Sequence[Sequence[str]]) -> Mapping[str, frozenset[str]]:
    known: dict[str, frozenset[str]] = {}
    for group in alike:
        stems = frozenset(stem for word in group for stem in stems_of(words_of(word)))
        for stem in stems:
            known[stem] = known.get(stem, frozenset()) | stems
    return known


class Texts:
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
        return found / most if most else found
