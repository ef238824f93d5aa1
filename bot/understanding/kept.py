"""What was learned, as a file: found again only for the same examples and by the same code, never believed when torn."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import numpy as np

from bot.understanding.linear import Learned
from bot.whole import written_whole

DATA = Path(__file__).with_name("data")
VERSION = 1
Part = Literal["intents", "second_net", "adapted", "posts"]
# What the weights hang on besides the examples.
_PIECES = ("confidence", "examples", "features", "linear", "spelling", "training")
_ENCODED = ("encoder", "wordpiece")
_LEARNS: dict[Part, tuple[str, ...]] = {
    "intents": (*_PIECES, *_ENCODED),
    "second_net": _PIECES,
    "adapted": ("adapted", "adapting", *_ENCODED),
    "posts": ("post_net", "post_training", *_PIECES, *_ENCODED),
}

Grouped = Mapping[str, tuple[str, ...]]


def mark_of(part: Part, examples: Grouped) -> str:
    """A hash over everything that the weights hang on: the examples, and the code that learns."""
    here = Path(__file__)
    code = [here.with_name(f"{name}.py") for name in _LEARNS[part]]
    told = {name: list(texts) for name, texts in sorted(examples.items())}
    seen = hashlib.sha256(json.dumps([VERSION, told]).encode())
    for path in code:
        seen.update(path.read_bytes() if path.is_file() else b"")
    return seen.hexdigest()


def found(path: Path, mark: str, *, meaning: bool) -> Learned | None:
    """What was learned from the same examples; None where it is of others, torn, or ``meaning`` is wanted and not in it."""
    held = read(path)
    fits = held is not None and str(held.get("mark")) == mark and (not meaning or "both_pieces" in held)
    return held if fits else None


def read(path: Path) -> Learned | None:
    """What is there, whatever it was learned from; None where nothing is, or it is torn."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            return dict(held)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def keep(path: Path, mark: str, learned: Learned) -> None:
    """Raises OSError."""
    with written_whole(path) as file:
        np.savez_compressed(file, allow_pickle=False, **{"mark": np.array(mark), **learned})
