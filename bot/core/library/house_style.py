"""How a page should read, as versioned data. The checker's alone: no conversation reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bot.core.checked import Checked


class Measured(Checked):
    """Above ``aim`` is a warning, above ``most`` an error."""

    aim: float
    most: float

    def level(self, found: float) -> Literal["error", "warning"] | None:
        if found > self.most:
            return "error"
        return "warning" if found > self.aim else None


class Reading(Checked):
    """``from_words``: shorter pages say too little to be counted. ``grade``: Flesch-Kincaid; 5 more is an age."""

    from_words: int
    grade: Measured
    mean_sentence: Measured
    longest_sentence: Measured


class HouseWord(Checked):
    """``unless``: longer wordings in which one of the words to avoid is right."""

    avoid: tuple[str, ...]
    write: str
    why: str
    source: str
    unless: tuple[str, ...] = ()
    level: Literal["error", "warning"] = "warning"


class Numerals(Checked):
    source: str
    words: dict[str, int]
    unless: tuple[str, ...] = ()


class Writing(Checked):
    version: str
    language: str
    reading: Reading
    words: tuple[HouseWord, ...]
    numerals: Numerals


@dataclass(frozen=True, slots=True, eq=False)
class HouseStyle:
    """``syllables``: how many a word of that language has. Known by itself: the same file gives the same one."""

    writing: Writing
    syllables: Callable[[str], int]
