"""A text as symbols with its sentences and clauses, and the guards that make a cue speak more softly."""

from bisect import bisect_left
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Any

from bot.core.safety.content import Guard
from bot.core.safety.normalise import HARD_BREAK, QUESTION, SOFT_BREAK
from bot.core.safety.phrases import NUMBER, SENTENCE_END, UNKNOWN, Vocabulary

_APART = 3
"""Nearer words belong to the cue ("scared to death") and are no second cue."""
_VIEW = 30
_BEYOND = 3
_REACH = 4
"""How many words may stand between a negation and the cue it belongs to."""

_WRITER = frozenset({"i", "me", "my", "myself"})
_SELF = frozenset({"myself", "me", "i"})


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
    SILENT = 3
    """Not about the writer at all."""


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

    def has_other_cue(self, cue: Span) -> bool:
        return any(
            span.end <= cue.start - _APART or span.start >= cue.end + _APART for span in self._distress
        )

    def is_past(self, cue: Span) -> bool:
        return Around(self, cue, self._guards).is_past()

    def about_someone_else(self, cue: Span) -> bool:
        return Around(self, cue, self._guards).is_about_someone_else()

    def hush(self, cue: Span, guards: tuple[Guard, ...]) -> Hush:
        """The strongest of the rule's guards that applies to this cue."""
        if self.is_retracted and "self_only" not in guards:
            return Hush.SPEAKS
        around = Around(self, cue, self._guards)
        if "idiom" in guards and around.is_idiom():
            return Hush.GUARDED
        if "information" in guards and around.asks_for_information():
            # "What happens if I kill myself" is no idle question.
            return Hush.SOFTLY if around.speaks_of_self() else Hush.GUARDED
        if "self_only" in guards and not around.is_about_the_writer():
            return Hush.SILENT
        if "negation" in guards and around.is_negated():
            return Hush.GUARDED
        if "past" in guards and not self.is_again and around.is_past():
            return Hush.GUARDED if self.is_resolved else Hush.SOFTLY
        return Hush.SPEAKS


class Around:
    """The words around one cue, at most a sentence: all that its guards look at, however long the text is."""

    def __init__(self, passage: Passage, cue: Span, guards: GuardPatterns) -> None:
        sentence = passage.sentence(cue.start + (passage.symbols[cue.start] == SENTENCE_END))
        start = max(sentence.start, cue.start - _VIEW)
        # The sentence's end stays in view, so that "suicidal? no" is seen whole.
        end = min(len(passage.symbols), max(cue.end, min(sentence.end, cue.end + _VIEW)) + _BEYOND)
        self._passage, self._cue, self._guards = passage, cue, guards
        self._sentence_end = sentence.end
        # What is cut off in front is marked as a word, or ^ would see a sentence begin there.
        self._symbols = (UNKNOWN if start > sentence.start else "") + passage.symbols[start:end]
        self._offset = start - (start > sentence.start)
        self._start = start

    def _spans(self, pattern: Any) -> list[Span]:
        found = (match.span() for match in pattern.finditer(self._symbols))
        return [Span(start + self._offset, end + self._offset) for start, end in found if end > start]

    def _in_sentence(self, pattern: Any) -> list[Span]:
        return [span for span in self._spans(pattern) if span.start < self._sentence_end]

    @cached_property
    def _clause_start(self) -> int:
        cue = self._cue.start
        breaks = [span.start for span in self._spans(self._guards.clause_words) if span.start <= cue]
        pauses = [at for at in range(self._start, cue + 1) if at in self._passage.pauses]
        return max([self._start, *breaks, *pauses])

    @cached_property
    def _subjects(self) -> list[int]:
        return [span.start for span in self._spans(self._guards.subjects)]

    def is_negated(self) -> bool:
        broken = {
            at for span in self._spans(self._guards.scope_breakers) for at in range(span.start, span.end)
        }
        for span in self._spans(self._guards.negation):
            near = self._clause_start <= span.start < self._cue.start and self._cue.start - span.end <= _REACH
            whole = broken.isdisjoint(range(span.start, span.end))
            if near and whole and not any(span.end <= at < self._cue.start for at in self._subjects):
                return True
        after = range(self._cue.end, self._cue.end + 2)
        return any(span.start in after for span in self._spans(self._guards.negation_after))

    def is_about_someone_else(self) -> bool:
        """The nearest person named before the cue in its clause is not the writer."""
        nearest = [at for at in self._subjects if self._clause_start <= at < self._cue.end]
        others = self._spans(self._guards.third_person)
        return bool(nearest) and any(span.start <= nearest[-1] < span.end for span in others)

    def is_about_the_writer(self) -> bool:
        """The sentence speaks of the writer, and the cue of nobody else."""
        sentence = self._passage.words[self._start : self._sentence_end]
        return not _WRITER.isdisjoint(sentence) and not self.is_about_someone_else()

    def asks_for_information(self) -> bool:
        asked = self._in_sentence(self._guards.information)
        if not asked:
            return False
        # "What if I have …" is still a question, so its own "I have" does not count as the writer's news.
        questions = {at for span in asked for at in range(span.start, span.end + 1)}
        return all(span.start in questions for span in self._in_sentence(self._guards.own_experience))

    def speaks_of_self(self) -> bool:
        return not _SELF.isdisjoint(self._passage.words[self._cue.start : self._cue.end])

    def is_idiom(self) -> bool:
        cue = self._cue
        return any(span.start < cue.end and cue.start < span.end for span in self._spans(self._guards.idioms))

    def is_past(self) -> bool:
        return bool(self._in_sentence(self._guards.past))
