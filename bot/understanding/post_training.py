"""Learning what a group's post may not hold. Beside `training`, alone to load scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from bot.core.errors import Misuse
from bot.understanding.confidence import fitted
from bot.understanding.encoder import Encoder
from bot.understanding.features import Vector
from bot.understanding.linear import Linear
from bot.understanding.post_net import GOOD, KINDS, PostDoubt, PostNet
from bot.understanding.training import Texts

_COST = 1.0
_FOLDS = 5


def train_posts(examples: Mapping[str, tuple[str, ...]], encoder: Encoder | None) -> PostNet:
    """Raises Misuse where there is not something of each kind, and something good."""
    names = sorted(examples)
    if {kind_of(name) for name in names if examples[name]} != {*KINDS, GOOD}:
        raise Misuse(f"the second net of posts learns from examples of {', '.join(KINDS)} and {GOOD}")
    kinds = np.array([kind_of(name) for name in names for _ in examples[name]])
    texts = Texts.of([text for name in names for text in examples[name]], encoder)
    both = None if encoder is None else _doubt(texts, kinds, meaning=True)
    return PostNet(texts.vocabulary, _doubt(texts, kinds, meaning=False), both)


def kind_of(name: str) -> str:
    """``advice/no_need_for_help`` is advice."""
    return name.partition("/")[0]


def _doubt(texts: Texts, kinds: Any, *, meaning: bool) -> PostDoubt:
    rows = texts.rows(meaning=meaning)
    weights, bias = _machines(rows, kinds)
    scores = _held_out(rows, kinds)
    even = np.ones(len(scores))
    scale = [
        fitted(np.column_stack((scores[:, n], scores[:, -1], even)), (kinds == kind).astype(np.float64), even)
        for n, kind in enumerate(KINDS)
    ]
    return PostDoubt(Linear.of(weights, bias, len(texts.vocabulary)), np.array(scale).T)


def _machines(rows: csr_matrix, kinds: Any) -> tuple[Any, Any]:
    """Weights, a column a kind and one for any of them, and biases."""
    wanted = [kinds == kind for kind in KINDS] + [kinds != GOOD]
    taught = [LinearSVC(C=_COST, random_state=0).fit(rows, which) for which in wanted]
    return np.vstack([one.coef_ for one in taught]).T, np.concatenate([one.intercept_ for one in taught])


def _held_out(rows: csr_matrix, kinds: Any) -> Vector:
    """Of each example, what was said of it by machines that had not seen it."""
    scores = np.zeros((len(kinds), len(KINDS) + 1))
    fold = folds_of(kinds)
    for n in range(_FOLDS):
        weights, bias = _machines(rows[fold != n], kinds[fold != n])
        scores[fold == n] = np.asarray(rows[fold == n] @ weights) + bias
    return scores


def folds_of(kinds: Any) -> Any:
    """In which part each example stands: every kind is dealt out evenly, in its own order."""
    fold = np.zeros(len(kinds), dtype=np.int64)
    for kind in np.unique(kinds):
        which = np.flatnonzero(kinds == kind)
        fold[which] = np.arange(len(which)) % _FOLDS
    return fold
