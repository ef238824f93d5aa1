"""What stands in a file, as patients read it: sentence by sentence, word by word, each with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.core.library.drafts import Passage, Place

_LINK = re.compile(r"(!?\[)([^\[\]\n]*)(\]\([^()\n]*\))")
_TASK = re.compile(r"^\[[ xX]?\] ")
_FILLED = re.compile(r"\{\{[^{}\n]*\}\}|\{[^{}\n]*\}")
_MARKS = str.maketrans("*`\\", "   ")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_STOP = re.compile(r"[.!?:;]+[\"'”’)\]]*(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Sentence:
    at: Place
    words: tuple[str, ...]


def as_read(text: str) -> str:
    """Without marks, targets and brackets, and with a word for each blank; every letter keeps its place."""
    text = _TASK.sub(_spaces, text)
    text = _LINK.sub(lambda found: f"{' ' * len(found[1])}{found[2]}{' ' * len(found[3])}", text)
    return _FILLED.sub(lambda found: "you".ljust(len(found[0])), text).translate(_MARKS)


def _spaces(found: re.Match[str]) -> str:
    return " " * len(found[0])


def sentences(passage: Passage) -> Iterator[Sentence]:
    """As Flesch counted them: a colon and a semicolon end one too."""
    text = as_read(passage.text)
    start = 0
    for end in (*(found.end() for found in _STOP.finditer(text)), len(text)):
        found = list(_WORD.finditer(text, start, end))
        if found:
            yield Sentence(passage.place(found[0].start()), tuple(word[0] for word in found))
        start = end


@lru_cache(maxsize=16384)
def syllables_in(word: str, count: Callable[[str], int]) -> int:
    """``24-hour`` and ``it's`` are two words to the counter."""
    return sum(count(piece) for piece in re.split(r"[^\w]+", word) if piece)
