"""A text as symbols with its sentences and clauses, and the guards that make a cue speak more softly."""

from bisect import bisect_left
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Any

from bot.core.safety.content import Guard
from bot.core.safety.normalise import HARD_BREAK, QUESTION, SOFT_BREAK
from bot.core.safety.phrases import NUMBER, SENTENCE_END, Vocabulary

_REACH = 4
"""How many words may stand between a negation and the cue it belongs to."""

_SELF = frozenset({"myself", "me"})


@dataclass(frozen=True)
class Span:
    start: int
    end: int


class Hush(IntEnum):
    """What a guard does to a cue."""

    SPEAKS = 0
    SOFTLY = 1
    """Still worth the gentle question."""
    GUARDED = 2
    """Silent, unless another cue stands in the message."""


@dataclass(frozen=True)
class GuardPatterns:
    """Compiled RE2 patterns, one for each list of `Guards`."""

    negation: Any
    negation_after: Any
    scope_breakers: Any
    clause_words: Any
    subjects: Any
    third_person: Any
    past: Any
    resolved: Any
    again: Any
    idioms: Any
    information: Any
    own_experience: Any
    retractions: Any
    distress: Any


class Passage:
    """One text, read. `symbols` has one character a word; every index below counts those."""

    def __init__(self, words: list[str], vocabulary: Vocabulary, guards: GuardPatterns) -> None:
        self._guards = guards
        self.words: list[str] = []
        self.pauses: set[int] = set()
        symbols: list[str] = []
        for word in words:
            if word == SOFT_BREAK:
                self.pauses.add(len(self.words))
                continue
            if word in (HARD_BREAK, QUESTION):
                symbols.append(SENTENCE_END)
            elif word[0].isdigit():
                symbols.append(vocabulary.symbols.get(word, NUMBER))
            else:
                symbols.append(vocabulary.symbol(word))
            self.words.append(word)
        self.symbols = "".join(symbols)

    def spans(self, pattern: Any) -> list[Span]:
        return [
            Span(*found.span()) for found in pattern.finditer(self.symbols) if found.end() > found.start()
        ]

    @cached_property
    def _sentence_ends(self) -> list[int]:
        return [at for at, symbol in enumerate(self.symbols) if symbol == SENTENCE_END]

    def sentence(self, at: int) -> Span:
        """The sentence around a word, as a span."""
        ends = self._sentence_ends
        place = bisect_left(ends, at)
        start = ends[place - 1] + 1 if place else 0
        return Span(start, ends[place] if place < len(ends) else len(self.symbols))

    @cached_property
    def clause_starts(self) -> list[int]:
        starts = {0, *self.pauses, *(end + 1 for end in self._sentence_ends)}
        starts.update(span.start for span in self.spans(self._guards.clause_words))
        return sorted(starts)

    def clause_start(self, at: int) -> int:
        place = bisect_left(self.clause_starts, at + 1)
        return self.clause_starts[place - 1] if place else 0

    @cached_property
    def _breakers(self) -> set[int]:
        return {at for span in self.spans(self._guards.scope_breakers) for at in range(span.start, span.end)}

    @cached_property
    def _negations(self) -> list[Span]:
        found = self.spans(self._guards.negation)
        return [span for span in found if not self._breakers.intersection(range(span.start, span.end))]

    @cached_property
    def _subjects(self) -> list[int]:
        return [span.start for span in self.spans(self._guards.subjects)]

    @cached_property
    def _others(self) -> set[int]:
        return {at for span in self.spans(self._guards.third_person) for at in range(span.start, span.end)}

    @cached_property
    def _idioms(self) -> list[Span]:
        return self.spans(self._guards.idioms)

    @cached_property
    def _information(self) -> list[Span]:
        return self.spans(self._guards.information)

    @cached_property
    def _own(self) -> list[int]:
        """Where the writer speaks of themselves now; "what if i have …" is still a question."""
        asked = {at for span in self._information for at in range(span.start, span.end + 1)}
        return [span.start for span in self.spans(self._guards.own_experience) if span.start not in asked]

    @cached_property
    def _past(self) -> list[int]:
        return [span.start for span in self.spans(self._guards.past)]

    @cached_property
    def is_resolved(self) -> bool:
        return bool(self._guards.resolved.search(self.symbols))

    @cached_property
    def is_again(self) -> bool:
        return bool(self._guards.again.search(self.symbols))

    @cached_property
    def is_retracted(self) -> bool:
        return bool(self._guards.retractions.search(self.symbols))

    @cached_property
    def _distress(self) -> list[Span]:
        return self.spans(self._guards.distress)

    def negated(self, cue: Span) -> bool:
        start = max(self.clause_start(cue.start), cue.start - _REACH - 6)
        for span in reversed(self._negations):
            if span.start < start:
                break
            if span.end > cue.start or cue.start - span.end > _REACH:
                continue
            if not any(span.end <= at < cue.start for at in self._subjects):
                return True
        return any(cue.end <= span.start <= cue.end + 1 for span in self._after)

    @cached_property
    def _after(self) -> list[Span]:
        return self.spans(self._guards.negation_after)

    def about_someone_else(self, cue: Span) -> bool:
        """The nearest person named before the cue in its clause is not the writer."""
        start = self.clause_start(cue.start)
        nearest = [at for at in self._subjects if start <= at < cue.end]
        return bool(nearest) and nearest[-1] in self._others

    def asks_for_information(self, cue: Span) -> bool:
        sentence = self.sentence(cue.start)
        asked = any(sentence.start <= span.start < sentence.end for span in self._information)
        return asked and not any(sentence.start <= at < sentence.end for at in self._own)

    def _speaks_of_self(self, cue: Span) -> bool:
        return any(word in _SELF for word in self.words[cue.start : cue.end])

    def is_idiom(self, cue: Span) -> bool:
        return any(span.start < cue.end and cue.start < span.end for span in self._idioms)

    def is_past(self, cue: Span) -> bool:
        sentence = self.sentence(cue.start)
        return any(sentence.start <= at < sentence.end for at in self._past)

    def has_other_cue(self, cue: Span) -> bool:
        return any(span.end <= cue.start or span.start >= cue.end for span in self._distress)

    def hush(self, cue: Span, guards: tuple[Guard, ...]) -> Hush:
        """The strongest of the rule's guards that applies to this cue."""
        if self.is_retracted:
            return Hush.SPEAKS
        if "idiom" in guards and self.is_idiom(cue):
            return Hush.GUARDED
        if "information" in guards and self.asks_for_information(cue):
            # "What happens if I kill myself" is no idle question.
            return Hush.SOFTLY if self._speaks_of_self(cue) else Hush.GUARDED
        if "negation" in guards and self.negated(cue):
            return Hush.GUARDED
        if "past" in guards and not self.is_again and self.is_past(cue):
            return Hush.GUARDED if self.is_resolved else Hush.SOFTLY
        return Hush.SPEAKS
