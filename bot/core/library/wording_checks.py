"""C3: the house's words. What not to write, what to write for it, and why, stands in the content."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from bot.core.library.drafts import Passage
from bot.core.library.house_style import HouseWord, Numerals, Writing
from bot.core.library.problems import Problem
from bot.core.library.prose import as_read

Span = tuple[int, int]


def wording_problems(passages: Iterable[Passage], writing: Writing) -> Iterator[Problem]:
    for passage in passages:
        text = as_read(passage.text)
        for word in writing.words:
            for start, end in _hits(text, word.avoid, word.unless):
                yield _avoided(passage, " ".join(text[start:end].split()), start, word)
        for start, end in _hits(text, tuple(writing.numerals.words), writing.numerals.unless):
            yield _in_words(passage, text[start:end], start, writing.numerals)


def _avoided(passage: Passage, said: str, start: int, word: HouseWord) -> Problem:
    message = f"'{said}' is not how we write: {word.why}"
    return passage.place(start).said("C318", message, f"write {word.write}", word.level)


def _in_words(passage: Passage, said: str, start: int, numerals: Numerals) -> Problem:
    hint = f"write {numerals.words[said.lower()]}"
    return passage.place(start).warning("C319", f"the number '{said}' is written as a word", hint)


def _hits(text: str, avoid: tuple[str, ...], unless: tuple[str, ...]) -> Iterator[Span]:
    pattern = _pattern(avoid)
    found = [hit.span() for hit in pattern.finditer(text)] if pattern else []
    right = _pattern(unless) if found else None
    spans = [hit.span() for hit in right.finditer(text)] if right else []
    for start, end in found:
        if not any(first <= start and end <= last for first, last in spans):
            yield start, end


@lru_cache(maxsize=512)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str] | None:
    """Whole words in any case; a space is any space or line end, and an apostrophe either kind."""
    if not phrases:
        return None
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(_phrase, longest_first))})(?![\w-])", re.IGNORECASE)


def _phrase(phrase: str) -> str:
    words = (re.escape(word).replace("'", "['’]") for word in phrase.replace("’", "'").split())
    return r"\s+".join(words)
