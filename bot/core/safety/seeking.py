"""Where a compiled phrase, or a list of them, stands in a text of symbols."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.core.safety.phrases import SENTENCE_END, WIDTH, Span


@dataclass(frozen=True)
class Text:
    """A text as symbols, one a word, with what every search needs of it."""

    symbols: str

    @cached_property
    def encoded(self) -> bytes:
        return self.symbols.encode()

    @cached_property
    def alphabet(self) -> frozenset[str]:
        return frozenset(self.symbols)

    @cached_property
    def sentences(self) -> list[Span]:
        """In order, without the signs that end them; some may be empty."""
        ends = [at for at, symbol in enumerate(self.symbols) if symbol == SENTENCE_END]
        return [*map(Span, [0, *(end + 1 for end in ends)], [*ends, len(self.symbols)])]

    def part(self, span: Span) -> bytes:
        return self.encoded[span.start * WIDTH : span.end * WIDTH]


@dataclass(frozen=True)
class Seeker:
    """`pattern` is compiled RE2; a text with none of the symbols of `need` is not searched, where there are any."""

    pattern: Any
    need: frozenset[str]

    def spans(self, text: Text) -> list[Span]:
        if self.need and self.need.isdisjoint(text.alphabet):
            return []
        return self._found(text.encoded, 0)

    def spans_in(self, text: Text, sentence: Span) -> list[Span]:
        """Of one sentence, which is searched as if it stood alone."""
        return self._found(text.part(sentence), sentence.start)

    def _found(self, encoded: bytes, first: int) -> list[Span]:
        found = [match.span() for match in self.pattern.finditer(encoded)]
        return [Span(first + start // WIDTH, first + end // WIDTH) for start, end in found if end > start]

    def stands_in(self, text: Text) -> bool:
        if self.need and self.need.isdisjoint(text.alphabet):
            return False
        return self.pattern.search(text.encoded) is not None

    def stands_in_sentence(self, text: Text, sentence: Span) -> bool:
        return self.pattern.search(text.part(sentence)) is not None


class Marks:
    """Spans that do not overlap, in order, and quick questions about them."""

    def __init__(self, spans: Collection[Span]) -> None:
        self.starts = [span.start for span in spans]
        self.ends = [span.end for span in spans]

    def last_before(self, at: int) -> int:
        """The number of the last span that begins before a place; -1 where there is none."""
        return bisect_left(self.starts, at) - 1

    def touches(self, start: int, end: int) -> bool:
        place = self.last_before(end)
        return place >= 0 and self.ends[place] > start

    def starts_in(self, start: int, end: int) -> bool:
        place = bisect_left(self.starts, start)
        return place < len(self.starts) and self.starts[place] < end

    def all_starting_in(self, start: int, end: int) -> range:
        return range(bisect_left(self.starts, start), bisect_left(self.starts, end))

    def cover(self, at: int, first: int = 0, *, inclusive: bool = False) -> bool:
        """Whether a span that is not before the numbered one holds the place (or, inclusive, ends there)."""
        place = bisect_right(self.starts, at) - 1
        return place >= first and at < self.ends[place] + inclusive
