"""Teaching the second net to read: gradient descent on small changes to the encoder's upper layers.

Alone here autograd is loaded. A long job of `bounceback models`: no server does it. The recipe: examples with a slip in
every fourth, two passes in batches of texts of one length, AdamW (Loshchilov and Hutter, 2019) with a rate that rises
over the first tenth and then falls as a cosine to nothing. The same examples teach the same, but for last digits.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import autograd.numpy as anp
import numpy as np
import numpy.typing as npt
from autograd import value_and_grad
from autograd.extend import defvjp, primitive
from autograd.misc.flatten import flatten
from scipy.special import erf

from bot.understanding.adapted import CLASSES, PRODUCTS, Adapted, Head
from bot.understanding.encoder import HEADS, LEVEL, WIDTH, Change, Changes, Dense, Encoder, Layer, Level

Grouped = Mapping[str, tuple[str, ...]]
Told = Callable[[float], None]
Numbers = npt.NDArray[Any]
Parameters = dict[str, Numbers]

RANK = 8
PASSES = 3
RATE = 2.5e-3
WARM = 0.1  # of all steps
DECAY = 0.01
HELD, SQUARED = 0.9, 0.999  # how much of the mean slope, and of its square, is kept from step to step
WEIGHTS = np.array([1.0, 1.3, 1.3, 1.3], dtype=np.float32)  # of each class
MOST_TEXTS, MOST_PIECES = 48, 1536  # of a batch
SEED = 7
_HALVED = np.float32(0.5)


def adapt(examples: Grouped, encoder: Encoder, *, passes: int = PASSES, told: Told | None = None) -> Adapted:
    """``examples``: by concern, as the second net's; ``told`` hears after each step how far it is, from 0 to 1."""
    chosen = random.Random(SEED)  # noqa: S311 - no secret
    texts = [(text, CLASSES.index(_concern(name))) for name in sorted(examples) for text in examples[name]]
    rows = [encoder.half_read(_slipped(text, chosen)) for text, _ in texts]
    held = [half.rows[half.texts[0]] for half in rows]
    classes = np.array([which for _, which in texts])
    start, unflat = flatten(_start(encoder.upper))
    state = _Descent(start.astype(np.float32))
    batches = list(_batches(held, passes))
    slope = value_and_grad(lambda flat, x, y: _loss(unflat(flat), encoder.upper, x, y))
    for n, batch in enumerate(batches):
        _, by = slope(state.flat, np.stack([held[place] for place in batch]), classes[batch])
        state.step(by.astype(np.float32), (n + 1) / len(batches))
        if told is not None:
            told((n + 1) / len(batches))
    return _made(unflat(state.flat), len(encoder.upper))


def _concern(name: str) -> str:
    return name.partition("/")[0]


def _slipped(text: str, chosen: random.Random) -> str:
    """Some as people type them: without capitals and apostrophes, or with letters in the wrong place."""
    fate = chosen.random()
    if fate < 0.15:
        return text.lower().replace("'", "").replace("’", "").replace(",", "")
    if fate >= 0.27:
        return text
    words = text.split()
    long = [n for n, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    for n in chosen.sample(long, min(len(long), 1 + len(words) // 12)):
        word, at = words[n], chosen.randrange(1, len(words[n]) - 1)
        swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        words[n] = chosen.choice((swapped, word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]))
    return " ".join(words)


def _batches(rows: Sequence[Numbers], passes: int) -> Iterator[Numbers]:
    """Texts of one length, so that nothing is filled up."""
    dice = np.random.default_rng(SEED)
    lengths = np.array([len(held) for held in rows])
    for _ in range(passes):
        made: list[Numbers] = []
        for length in np.unique(lengths):
            places = dice.permutation(np.flatnonzero(lengths == length))
            size = max(1, min(MOST_TEXTS, MOST_PIECES // int(length)))
            made += [places[n : n + size] for n in range(0, len(places), size)]
        yield from (made[n] for n in dice.permutation(len(made)))


class _Descent:
    """AdamW."""

    def __init__(self, flat: Numbers) -> None:
        self.flat = flat
        self._mean = np.zeros_like(flat)
        self._square = np.zeros_like(flat)
        self._steps = 0

    def step(self, slope: Numbers, gone: float) -> None:
        """``gone``: how much of the way, from 0 to 1."""
        self._steps += 1
        rate = RATE * min(1.0, gone / WARM) * (1 + np.cos(np.pi * gone)) / 2
        self._mean = HELD * self._mean + (1 - HELD) * slope
        self._square = SQUARED * self._square + (1 - SQUARED) * slope * slope
        mean = self._mean / (1 - HELD**self._steps)
        spread = np.sqrt(self._square / (1 - SQUARED**self._steps)) + 1e-8
        self.flat = (self.flat - rate * (mean / spread + DECAY * self.flat)).astype(np.float32)


def _start(layers: Sequence[Layer]) -> Parameters:
    """No change at all: what goes up is nothing yet."""
    dice = np.random.default_rng(SEED)
    made = {
        "head_weight": _little(dice, (WIDTH, len(CLASSES))),
        "head_bias": np.zeros(len(CLASSES), np.float32),
    }
    for n, layer in enumerate(layers):
        for name in PRODUCTS:
            inner, outer = getattr(layer, name).weight.shape
            made[f"{n}_{name}_down"] = _little(dice, (inner, RANK))
            made[f"{n}_{name}_up"] = np.zeros((RANK, outer), np.float32)
    return made


def _little(dice: np.random.Generator, shape: tuple[int, int]) -> Numbers:
    return (dice.normal(size=shape) * 0.02).astype(np.float32)


def _made(held: Parameters, layers: int) -> Adapted:
    changes = tuple(
        Changes(*(Change(held[f"{n}_{name}_down"], held[f"{n}_{name}_up"]) for name in PRODUCTS))
        for n in range(layers)
    )
    return Adapted(changes, Head(held["head_weight"], held["head_bias"]))


# -- the same reading as the encoder's, in operations that autograd can take back ---------------------------


def _loss(held: Parameters, layers: Sequence[Layer], rows: Numbers, classes: Numbers) -> Any:
    """``rows``: texts, pieces, width."""
    for n, layer in enumerate(layers):
        rows = _read(
            rows, layer, {name: (held[f"{n}_{name}_down"], held[f"{n}_{name}_up"]) for name in PRODUCTS}
        )
    scores = anp.dot(anp.mean(rows, axis=1), held["head_weight"]) + held["head_bias"]
    scores = scores - anp.max(scores, axis=1, keepdims=True)
    chances = scores - anp.log(anp.sum(anp.exp(scores), axis=1, keepdims=True))
    weights = WEIGHTS[classes]
    return -anp.sum(chances[np.arange(len(classes)), classes] * weights) / weights.sum()


def _read(rows: Any, layer: Layer, changes: Mapping[str, tuple[Any, Any]]) -> Any:
    texts, pieces, _ = rows.shape
    size = WIDTH // HEADS
    flat = anp.reshape(rows, (-1, WIDTH))
    asked = anp.reshape(_dense(flat, layer.asks, changes["asks"]), (texts, pieces, 3, HEADS, size))
    asks, knows, tells = (anp.transpose(asked[:, :, part], (0, 2, 1, 3)) for part in range(3))
    heed = anp.matmul(asks, anp.transpose(knows, (0, 1, 3, 2))) * np.float32(size**-0.5)
    heed = anp.exp(heed - anp.max(heed, axis=3, keepdims=True))
    heed = heed / anp.sum(heed, axis=3, keepdims=True)
    heeded = anp.reshape(anp.transpose(anp.matmul(heed, tells), (0, 2, 1, 3)), (-1, WIDTH))
    flat = _levelled(_dense(heeded, layer.heeds, changes["heeds"]) + flat, layer.heeded)
    wide = _bent(_dense(flat, layer.wide, changes["wide"]))
    flat = _levelled(_dense(wide, layer.narrow, changes["narrow"]) + flat, layer.level)
    return anp.reshape(flat, (texts, pieces, WIDTH))


def _dense(rows: Any, dense: Dense, change: tuple[Any, Any]) -> Any:
    down, up = change
    return anp.dot(rows, dense.weight) + dense.bias + anp.dot(anp.dot(rows, down), up)


def _levelled(rows: Any, level: Level) -> Any:
    apart = rows - anp.mean(rows, axis=1, keepdims=True)
    spread = anp.sqrt(anp.mean(apart * apart, axis=1, keepdims=True) + np.float32(LEVEL))
    return apart / spread * level.weight + level.bias


@primitive  # type: ignore[untyped-decorator]
def _bent(x: Numbers) -> Numbers:
    """The encoder's own bend: x times the chance that a normal number is less than x."""
    bent: Numbers = x * (erf(x * np.float32(2**-0.5)) + np.float32(1)) * _HALVED
    return bent


def _unbent(_: Numbers, x: Numbers) -> Callable[[Numbers], Numbers]:
    chance = (erf(x * np.float32(2**-0.5)) + np.float32(1)) * _HALVED
    slope = chance + x * np.exp(-_HALVED * x * x) * np.float32((2 * np.pi) ** -0.5)
    return lambda g: g * slope


defvjp(_bent, _unbent)
