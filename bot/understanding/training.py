"""Learning from examples. Alone here scikit-learn is loaded: this module belongs to commands and to a process of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.svm import LinearSVC

from bot.core.errors import Misuse
from bot.understanding.classifier import FEWEST_INTENTS, Classifier, Judge
from bot.understanding.confidence import Confidence, fitted, margins
from bot.understanding.encoder import Encoder, Meanings
from bot.understanding.examples import Examples
from bot.understanding.features import Pieces, Places, Vector, Vocabulary, pieces_of, words_of
from bot.understanding.linear import Linear
from bot.understanding.second_net import CONCERNS, ORDINARY, Doubt, Net

Grouped = Mapping[str, tuple[str, ...]]
Chosen = npt.NDArray[np.bool_]

_INTENTS_COST, _NET_COST = 1.0, 0.3  # how dear a wrong example is against a simple answer
_STRANGERS = 0.5  # what a text about something else weighs against one of ours, when confidence is learned
_PLAIN = 3.0  # what an ordinary message weighs against a worrying one, or one that only sounds so
_FOLDS, _FEW_FOLDS = 5, 3
_MANY = 5_000  # examples from which on fewer folds must do
_PRUNED_FROM = 500  # examples from which on a piece that only one of them has is not learned


@dataclass(frozen=True)
class Texts:
    """Examples as the models see them; ``meanings`` is None without an encoder."""

    words: list[list[str]]
    pieces: list[Pieces]
    meanings: Meanings | None
    vocabulary: Vocabulary

    @classmethod
    def of(cls, texts: Sequence[str], encoder: Encoder | None) -> Texts:
        words = [words_of(text) for text in texts]
        pieces = [pieces_of(text) for text in words]
        vocabulary = Vocabulary.of(pieces, fewest=2 if len(texts) >= _PRUNED_FROM else 1)
        return cls(words, pieces, None if encoder is None else encoder.meanings(texts), vocabulary)

    def rows(self, *, meaning: bool) -> csr_matrix:
        held = [self.vocabulary.vector(text) for text in self.pieces]
        ends = np.cumsum([0, *(len(places) for places, _ in held)])
        places, values = (np.concatenate(column) for column in zip(*held, strict=True))
        rows = csr_matrix((values, places, ends), shape=(len(held), len(self.vocabulary)))
        return hstack((rows, self.meanings)).tocsr() if meaning else rows


def train_intents(examples: Grouped, encoder: Encoder | None) -> Classifier:
    """The same examples, in whatever order their intents stand, teach the same."""
    intents = tuple(sorted(name for name, texts in examples.items() if texts))
    if len(intents) < FEWEST_INTENTS:
        raise Misuse("to tell intents apart there must be two of them, with examples")
    texts = Texts.of([text for name in intents for text in examples[name]], encoder)
    labels = np.repeat(np.arange(len(intents)), [len(examples[name]) for name in intents])
    held = Examples.of(texts.words, texts.pieces, texts.vocabulary, texts.meanings)
    stranger = intents.index("out_of_scope") if "out_of_scope" in intents else -1
    alone = _judge(texts, labels, stranger, meaning=False)
    both = None if encoder is None else _judge(texts, labels, stranger, meaning=True)
    return Classifier(intents, held, alone, both)


def _judge(texts: Texts, labels: Places, stranger: int, *, meaning: bool) -> Judge:
    rows = texts.rows(meaning=meaning)
    linear = Linear.of(*_machine(rows, labels, _INTENTS_COST), len(texts.vocabulary))
    near = texts.meanings if meaning else rows
    return Judge(linear, _confidence(rows, near, labels, stranger))


def _machine(rows: csr_matrix, labels: Places, cost: float) -> tuple[Any, Any]:
    """Weights, a column a class, and biases."""
    taught = LinearSVC(C=cost, random_state=0).fit(rows, labels)
    weights, bias = taught.coef_.T, taught.intercept_
    return (
        (np.hstack((-weights, weights)), np.concatenate((-bias, bias))) if len(bias) == 1 else (weights, bias)
    )


def _confidence(rows: csr_matrix, near: Any, labels: Places, stranger: int) -> Confidence:
    """From texts that were not learned from: some of each intent, and all of some intents, which are strangers then."""
    parts = [(np.zeros(1), np.zeros(1), np.zeros(1), np.ones(1))]  # who says nothing is never right
    for kept, asked in _trials(labels):
        known = np.unique(labels[kept])
        weights, bias = _machine(rows[kept], labels[kept], _INTENTS_COST)
        scores = np.asarray(rows[asked] @ weights) + bias
        cosines = near[asked] @ near[kept].T
        nearest = np.asarray(
            cosines.max(axis=1).todense() if hasattr(cosines, "todense") else cosines.max(axis=1)
        )
        said = known[scores.argmax(axis=1)]
        ours = np.isin(labels[asked], known)
        named = said != stranger
        found = (
            margins(scores),
            nearest.ravel(),
            (said == labels[asked]) & ours,
            np.where(ours, 1.0, _STRANGERS),
        )
        parts.append(tuple(column[named].astype(np.float64) for column in found))
    return Confidence.learn(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _trials(labels: Places) -> Iterator[tuple[Chosen, Chosen]]:
    """Which are learned from and which are asked about. Each trial leaves out a share of all, and some intents as a whole."""
    folds = _FEW_FOLDS if len(labels) > _MANY else _FOLDS
    within = _place_within(labels) % folds
    for fold in range(folds):
        strange = labels % folds == fold
        kept = (within != fold) & ~strange
        asked = (within == fold) | (strange if len(labels) <= _MANY else np.zeros_like(strange))
        if len(np.unique(labels[kept])) >= FEWEST_INTENTS and asked.any():
            yield kept, asked


def _place_within(labels: Places) -> Places:
    """Of each text, how many of the same label stand before it."""
    seen: dict[int, int] = {}
    places = np.zeros_like(labels)
    for n, label in enumerate(labels):
        places[n] = seen.get(int(label), 0)
        seen[int(label)] = int(places[n]) + 1
    return places


# -- the second net -----------------------------------------------------------------------------------


def concern_of(name: str) -> str:
    """``risk/veiled`` is about risk."""
    return name.partition("/")[0]


def train_net(examples: Grouped) -> Net:
    """From pieces alone. Raises Misuse where there is not something of each concern, and something ordinary."""
    names = sorted(examples)
    if {concern_of(name) for name in names if examples[name]} != {*CONCERNS, ORDINARY}:
        raise Misuse(f"the second net learns from examples of {', '.join(CONCERNS)} and {ORDINARY}")
    labels = np.array([name for name in names for _ in examples[name]])
    texts = Texts.of([text for name in names for text in examples[name]], None)
    return Net(texts.vocabulary, _doubt(texts, labels))


def _doubt(texts: Texts, labels: Any) -> Doubt:
    rows = texts.rows(meaning=False)
    weights, bias = _concerns(rows, labels)
    scores = held_out_scores(rows, labels)
    concerns = np.array([concern_of(name) for name in labels])
    scale = [
        fitted(
            np.column_stack((scores[:, n], np.ones(len(scores)))),
            (concerns == concern).astype(np.float64),
            np.ones(len(scores)),
        )
        for n, concern in enumerate(CONCERNS)
    ]
    return Doubt(Linear.of(weights, bias, len(texts.vocabulary)), np.array(scale).T)


def _concerns(rows: csr_matrix, labels: Any) -> tuple[Any, Any]:
    concerns = np.array([concern_of(name) for name in labels])
    importance = np.where(labels == ORDINARY, _PLAIN, 1.0)
    taught = [
        LinearSVC(C=_NET_COST, random_state=0).fit(rows, concerns == concern, sample_weight=importance)
        for concern in CONCERNS
    ]
    return np.vstack([one.coef_ for one in taught]).T, np.concatenate([one.intercept_ for one in taught])


def held_out_scores(rows: csr_matrix, labels: Any) -> Vector:
    """Of each example, what was said of it by a net that had not seen it."""
    _, numbers = np.unique(labels, return_inverse=True)
    fold = _place_within(numbers) % _FOLDS
    scores = np.zeros((len(labels), len(CONCERNS)))
    for n in range(_FOLDS):
        weights, bias = _concerns(rows[fold != n], labels[fold != n])
        scores[fold == n] = np.asarray(rows[fold == n] @ weights) + bias
    return scores
