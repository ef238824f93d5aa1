"""What was learned, as a file: found again only for the same examples and by the same code, never believed when torn."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np

from bot.understanding.linear import Learned

DATA = Path(__file__).with_name("data")
VERSION = 1
# What the weights hang on besides the examples.
_LEARNS = ("confidence", "encoder", "examples", "features", "linear", "spelling", "training", "wordpiece")

Grouped = Mapping[str, tuple[str, ...]]


def mark_of(examples: Grouped) -> str:
    """A hash over everything that the weights hang on: the examples, and the code that learns."""
    here = Path(__file__)
    code = [here.with_name(f"{name}.py") for name in _LEARNS]
    told = {name: list(texts) for name, texts in sorted(examples.items())}
    seen = hashlib.sha256(json.dumps([VERSION, told]).encode())
    for path in code:
        seen.update(path.read_bytes() if path.is_file() else b"")
    return seen.hexdigest()


def found(path: Path, mark: str, *, meaning: bool) -> Learned | None:
    """What was learned from the same examples; None where it is of others, torn, or ``meaning`` is wanted and not in it."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            if str(held["mark"]) == mark and (not meaning or "both_pieces" in held):
                return dict(held)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        pass
    return None


def keep(path: Path, mark: str, learned: Learned) -> None:
    """Beside its place and then renamed: never half a file under this name. Raises OSError."""
    half = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            np.savez_compressed(file, allow_pickle=False, **{"mark": np.array(mark), **learned})
        half.replace(path)
    finally:
        with suppress(OSError):
            half.unlink(missing_ok=True)
