"""The vectors of many texts, small enough to ship: each known by a hash of its text and of the model that read it."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from bot.understanding.encoder import WIDTH, Meanings

MODEL = "all-MiniLM-L6-v2 int8"
NARROW = 192
"""Of the model's 384 directions those in which the texts differ most: a search finds the same with half of them."""
_MARK = 8  # bytes of a hash

Small = npt.NDArray[np.int8]
Basis = npt.NDArray[np.float16]


class Passages:
    """``rows``: by each text's mark, its vector along the directions of ``basis``."""

    def __init__(self, basis: Basis, rows: Mapping[bytes, Small]) -> None:
        self._basis = basis
        self._wide = basis.astype(np.float32)
        self._rows = rows

    @classmethod
    def of(cls, texts: Sequence[str], meanings: Meanings) -> Passages:
        """Finds the directions too."""
        _, directions = np.linalg.eigh(meanings.T.astype(np.float64) @ meanings)
        widest = directions[:, ::-1][:, : min(NARROW, WIDTH)]
        return cls(widest.astype(np.float16), {}).along(texts, meanings)

    def __len__(self) -> int:
        return len(self._rows)

    def along(self, texts: Sequence[str], meanings: Meanings) -> Passages:
        """With these as well."""
        seen = self.seen(meanings)
        most = np.abs(seen).max(axis=1, keepdims=True, initial=1e-9)
        small = np.round(seen / most * 127).astype(np.int8)
        return Passages(self._basis, {**self._rows, **{_mark(t): small[n] for n, t in enumerate(texts)}})

    def only(self, texts: Sequence[str]) -> Passages:
        return Passages(self._basis, {m: self._rows[m] for m in map(_mark, texts) if m in self._rows})

    def joined(self, other: Passages) -> Passages:
        """With those of another along the same directions; along others they say nothing here."""
        if not np.array_equal(self._basis, other._basis):
            return self
        return Passages(self._basis, {**other._rows, **self._rows})

    def missing(self, texts: Sequence[str]) -> list[str]:
        return [text for text in dict.fromkeys(texts) if _mark(text) not in self._rows]

    def seen(self, meaning: Meanings) -> Meanings:
        """What the model made of a text, along these directions."""
        seen: Meanings = meaning @ self._wide
        return seen

    def held(self, texts: Sequence[str]) -> Meanings:
        """One row of length 1 a text. Raises KeyError where one is missing."""
        rows = np.array([self._rows[_mark(text)] for text in texts], dtype=np.float32)
        held: Meanings = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return held

    # -- as a file ------------------------------------------------------------------------------------

    def write(self, file: BinaryIO) -> None:
        marks = sorted(self._rows)
        rows = np.array([self._rows[mark] for mark in marks], dtype=np.int8)
        held = np.frombuffer(b"".join(marks), dtype=np.uint8).reshape(-1, _MARK)
        np.savez_compressed(file, basis=self._basis, marks=held, rows=rows)

    @classmethod
    def read(cls, path: Path) -> Passages | None:
        """None where there is none, or it is torn."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
                basis, marks, rows = held["basis"], held["marks"], held["rows"]
                return cls(basis, {mark.tobytes(): row for mark, row in zip(marks, rows, strict=True)})
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None


def _mark(text: str) -> bytes:
    return hashlib.sha256(f"{MODEL}\n{text}".encode()).digest()[:_MARK]
