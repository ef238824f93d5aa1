"""C3: how hard a page is to read, counted. People judge it; a count only says where to look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.core.library.drafts import Passage
from bot.core.library.house_style import HouseStyle
from bot.core.library.problems import Problem
from bot.core.library.prose import Sentence, sentences, syllables_in

_AGE_OF_GRADE_0 = 5
_LONG_WORD = 4  # syllables
_SENTENCE = 3  # words; "Finish" and "Well done." are no prose, and one long word alone would count as hard


@dataclass(frozen=True, slots=True)
class Counts:
    sentences: tuple[Sentence, ...]
    words: int
    syllables: int

    @property
    def mean(self) -> float:
        return self.words / len(self.sentences)

    @property
    def grade(self) -> float:
        """Flesch-Kincaid: Kincaid and others, 1975."""
        return 0.39 * self.mean + 11.8 * self.syllables / self.words - 15.59

    @property
    def age(self) -> float:
        """At which it is read; people judge it, a count only says where to look."""
        return self.grade + _AGE_OF_GRADE_0

    @property
    def longest(self) -> Sentence:
        return max(self.sentences, key=lambda sentence: len(sentence.words))


def count(passages: Iterable[Passage], style: HouseStyle) -> Counts | None:
    """Of all that is long enough to be a sentence; None where nothing is said."""
    found = tuple(sentence for passage in passages for sentence in sentences(passage))
    found = tuple(sentence for sentence in found if len(sentence.words) >= _SENTENCE)
    words = [word for sentence in found for word in sentence.words]
    if not words:
        return None
    return Counts(found, len(words), sum(syllables_in(word, style.syllables) for word in words))


def reading_problems(passages: Iterable[Passage], style: HouseStyle) -> Iterator[Problem]:
    """Of one page: the whole of it, and each sentence that is too long."""
    counts = count(passages, style)
    if counts is None:
        return
    if counts.words >= style.writing.reading.from_words:
        yield from _page(counts, style)
    yield from _sentences(counts.sentences, style)


def long_sentences(passage: Passage, style: HouseStyle) -> Iterator[Problem]:
    yield from _sentences(sentences(passage), style)


def _sentences(found: Iterable[Sentence], style: HouseStyle) -> Iterator[Problem]:
    limit = style.writing.reading.longest_sentence
    for sentence in found:
        words = len(sentence.words)
        if level := limit.level(words):
            message = f"this sentence has {words} words; the aim is {limit.aim:g} at most"
            yield sentence.at.said("C317", message, "make two or three sentences of it", level)


def _page(counts: Counts, style: HouseStyle) -> Iterator[Problem]:
    reading = style.writing.reading
    levels = (reading.grade.level(counts.grade), reading.mean_sentence.level(counts.mean))
    level = next((level for level in ("error", "warning") if level in levels), None)
    if level is None:
        return
    age, aim = counts.age, reading.grade.aim + _AGE_OF_GRADE_0
    message = (
        f"this page reads as if for age {age:.0f}, with {counts.mean:.0f} words to a sentence; "
        f"the aim is age {aim:.0f} and {reading.mean_sentence.aim:g} words"
    )
    longest = counts.longest
    hint = (
        f"begin with its longest sentence, in line {longest.at.line} ({len(longest.words)} words): split it"
    )
    if words := _long_words(counts, style):
        hint += f"; and say {words} in shorter words"
    yield longest.at.said("C316", message, hint, level)


def _long_words(counts: Counts, style: HouseStyle) -> str:
    words = dict.fromkeys(word.lower() for sentence in counts.sentences for word in sentence.words)
    weighed = {word: syllables_in(word, style.syllables) for word in words}
    longest = sorted((word for word in words if weighed[word] >= _LONG_WORD), key=lambda w: -weighed[w])
    return ", ".join(f"'{word}'" for word in longest[:3])
