"""A text as symbols with its sentences and clauses, and the guards that make a cue speak more softly."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from bot.core.safety.content import Guard
from bot.core.safety.normalise import SOFT_BREAK
from bot.core.safety.phrases import NEGATORS, PAUSE, SENTENCE_END, Span, Vocabulary
from bot.core.safety.seeking import Marks, Seeker, Text

_APART = 3
"""Nearer words belong to the cue ("scared to death") and are no second cue."""
_VIEW = 30
_BEYOND = 3
_SHORT = 40
"""Words of a message in which all sentences belong together."""
_REACH = 4
"""How many words may stand between a negation and the cue it belongs to."""

_WRITER = frozenset({"i", "me", "my", "myself"})
_SELF = frozenset({"myself", "me", "i"})


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
    """One for each list of `Guards`."""

    negation: Seeker
    negation_after: Seeker
    scope_breakers: Seeker
    clause_words: Seeker
    subjects: Seeker
    third_person: Seeker
    past: Seeker
    resolved: Seeker
    again: Seeker
    idioms: Seeker
    information: Seeker
    own_experience: Seeker
    retractions: Seeker
    distress: Seeker


class Passage:
    """One text, read. `symbols` has one character a word; every index below counts those."""

    def __init__(self, words: list[str], vocabulary: Vocabulary, guards: GuardPatterns) -> None:
        self._guards = guards
        written = vocabulary.written(words)
        self.pauses: list[int] = []
        if PAUSE in written:
            breaks = [at for at, symbol in enumerate(written) if symbol == PAUSE]
            self.pauses = [at - passed for passed, at in enumerate(breaks)]
            words = [word for word in words if word != SOFT_BREAK]
            written = written.replace(PAUSE, "")
        self.words = words
        self.text = Text(written)
        self.symbols = written
        self._marks: dict[tuple[str, int], Marks] = {}

    def spans(self, seeker: Seeker) -> list[Span]:
        return seeker.spans(self.text)

    def marks(self, guard: str, sentence: Span) -> Marks:
        """Where the phrases of one list of guards stand in one sentence, looked for once for all cues."""
        key = guard, sentence.start
        if key not in self._marks:
            self._marks[key] = Marks(getattr(self._guards, guard).spans_in(self.text, sentence))
        return self._marks[key]

    def sentence(self, at: int) -> Span:
        """The sentence around a word, as a span."""
        return self.text.sentences[bisect_left(self._ends, at)]

    @cached_property
    def _ends(self) -> list[int]:
        return [sentence.end for sentence in self.text.sentences]

    @cached_property
    def _distress(self) -> Marks:
        return Marks(self.spans(self._guards.distress))

    @cached_property
    def negations_after(self) -> Marks:
        """In the whole text: the no of "suicidal? no" is a sentence of its own, and takes the end before it along."""
        found = self.spans(self._guards.negation_after)
        return Marks([Span(span.start + self._begins_with_an_end(span), span.end) for span in found])

    def _begins_with_an_end(self, span: Span) -> bool:
        return self.symbols[span.start] == SENTENCE_END and span.end > span.start + 1

    @cached_property
    def tells_of_the_past(self) -> bool:
        return self._guards.past.stands_in(self.text)

    @cached_property
    def writer(self) -> list[int]:
        """Where the writer is spoken of."""
        return [at for at, word in enumerate(self.words) if word in _WRITER]

    @cached_property
    def _resolved(self) -> Marks:
        spans = self.spans(self._guards.resolved)
        return Marks([span for span in spans if self.words[max(span.start - 1, 0)] not in NEGATORS])

    @property
    def is_resolved(self) -> bool:
        return bool(self._resolved.starts)

    @cached_property
    def is_again(self) -> bool:
        """ "These days" says that it is back, and "better these days" does not."""
        return any(
            not self._resolved.touches(span.start - 1, span.end) for span in self.spans(self._guards.again)
        )

    @cached_property
    def is_retracted(self) -> bool:
        return self._guards.retractions.stands_in(self.text)

    def has_other_cue(self, cue: Span) -> bool:
        cues = self._distress
        return bool(cues.starts) and (
            cues.ends[0] <= cue.start - _APART or cues.starts[-1] >= cue.end + _APART
        )

    def is_past(self, cue: Span) -> bool:
        return Around(self, cue).is_past()

    def about_someone_else(self, cue: Span) -> bool:
        return Around(self, cue).is_about_someone_else()

    def hush(self, cue: Span, guards: tuple[Guard, ...]) -> Hush:
        """The strongest of the rule's guards that applies to this cue."""
        if self.is_retracted and "self_only" not in guards:
            return Hush.SPEAKS
        around = Around(self, cue)
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

    def __init__(self, passage: Passage, cue: Span) -> None:
        sentence = passage.sentence(cue.start + (passage.symbols[cue.start] == SENTENCE_END))
        self._passage, self._cue, self._sentence = passage, cue, sentence
        self._start = max(sentence.start, cue.start - _VIEW)
        self._end = min(sentence.end, cue.end + _VIEW + _BEYOND)

    def _marks(self, guard: str) -> Marks:
        return self._passage.marks(guard, self._sentence)

    @cached_property
    def _clause_start(self) -> int:
        cue = self._cue.start
        words, pauses = self._marks("clause_words"), self._passage.pauses
        word, pause = words.last_before(cue + 1), bisect_right(pauses, cue) - 1
        return max(
            self._start,
            words.starts[word] if word >= 0 else 0,
            pauses[pause] if pause >= 0 else 0,
        )

    def is_negated(self) -> bool:
        negations, after = self._marks("negation"), self._passage.negations_after
        place = negations.last_before(self._cue.start)
        while place >= 0 and negations.starts[place] >= self._clause_start:
            start, end = negations.starts[place], negations.ends[place]
            if self._cue.start - end > _REACH:
                break
            whole = not self._marks("scope_breakers").touches(start, end)
            if whole and not self._marks("subjects").starts_in(end, self._cue.start):
                return True
            place -= 1
        return after.starts_in(self._cue.end, self._cue.end + 2)

    def is_about_someone_else(self) -> bool:
        """The nearest person named before the cue in its clause is not the writer."""
        people = self._marks("subjects")
        nearest = people.last_before(self._cue.end)
        if nearest < 0 or people.starts[nearest] < self._clause_start:
            return False
        return self._marks("third_person").cover(people.starts[nearest])

    def is_about_the_writer(self) -> bool:
        """The sentence speaks of the writer, and the cue of nobody else."""
        writer = self._passage.writer
        place = bisect_left(writer, self._start)
        spoken_of = place < len(writer) and writer[place] < self._sentence.end
        return spoken_of and not self.is_about_someone_else()

    def asks_for_information(self) -> bool:
        questions, own = self._marks("information"), self._marks("own_experience")
        asked = questions.all_starting_in(self._start, self._end)
        if not asked:
            return False
        # "What if I have …" is still a question, so its own "I have" does not count as the writer's news.
        return all(
            questions.cover(own.starts[news], asked.start, inclusive=True)
            for news in own.all_starting_in(self._start, self._end)
        )

    def speaks_of_self(self) -> bool:
        return not _SELF.isdisjoint(self._passage.words[self._cue.start : self._cue.end])

    def is_idiom(self) -> bool:
        return self._marks("idioms").touches(self._cue.start, self._cue.end)

    def is_past(self) -> bool:
        """In a short message what is over may be told in one sentence, and that it is over in another."""
        passage = self._passage
        told_apart = len(passage.symbols) <= _SHORT and passage.is_resolved and passage.tells_of_the_past
        return told_apart or self._marks("past").starts_in(self._start, self._end)
