"""The cues of all rules, compiled, and which of them a text may hold."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import re2

from bot.core.safety.content import Rule
from bot.core.safety.phrases import (
    Apart,
    Node,
    Patterns,
    PhraseError,
    Span,
    Vocabulary,
    has_end_within,
    sides_of,
)
from bot.core.safety.seeking import Seeker, Text
from bot.core.safety.sieve import Held, Sieve

_MEMORY = 64 << 20
_NEVER = r"[^\x00-\x{10FFFF}]"


Sentences = int
"""A bit for each sentence of a text, by its number."""


@dataclass(frozen=True, eq=False)
class Cue:
    """One phrase of a rule. `hint`: too weak to speak alone. Compiled when a text first may hold it."""

    rule: Rule
    phrase: str
    hint: bool
    _node: Node
    _source: "Sources"

    @cached_property
    def seeker(self) -> Seeker:
        """Raises PhraseError for a phrase that is too large, as ``others`` does."""
        return self._compiled(self._node)

    @cached_property
    def others(self) -> tuple[Seeker, ...]:
        """Of an `&&`: what must stand in the text beside that for which `seeker` looks."""
        parts = self._node.parts[1:] if isinstance(self._node, Apart) else ()
        return tuple(map(self._compiled, parts))

    @property
    def apart(self) -> bool:
        return isinstance(self._node, Apart)

    def _compiled(self, node: Node) -> Seeker:
        try:
            return self._source.compiled([node])
        except re2.error:
            raise PhraseError(f"too many words and gaps to look for in “{self.phrase}”") from None

    @cached_property
    def across(self) -> bool:
        """A sentence may end within it."""
        return has_end_within(self._node)


@dataclass(frozen=True)
class Sighting:
    """A cue that may stand in a text. `sides`: entries of the sieve, each with the number of its part of an `&&`.

    `partly`: other sentences of the text were looked at before, and a side may stand in one of them.
    """

    cue: Cue
    sides: Sequence[tuple[int, int]]
    held: Held
    partly: bool

    def spans(self, text: Text) -> list[Span]:
        cue = self.cue
        if cue.across or (cue.apart and self.partly):
            beside = all(seeker.stands_in(text) for seeker in cue.others)
            return cue.seeker.spans(text) if beside else []
        first, *others = self._parts()
        beside = first > 0 and all(
            any(seeker.stands_in_sentence(text, sentence) for sentence in _of(text, part))
            for seeker, part in zip(cue.others, others, strict=True)
        )
        if not beside:
            return []
        return [span for sentence in _of(text, first) for span in cue.seeker.spans_in(text, sentence)]

    def _parts(self) -> Iterable[Sentences]:
        """For each part those that may hold it: all its sides must stand in one."""
        parts: dict[int, Sentences] = {}
        for place, entry in self.sides:
            sentences = self.held.sentences(entry)
            parts[place] = parts.get(place, sentences) & sentences
        return parts.values()


def _of(text: Text, sentences: Sentences) -> Iterator[Span]:
    number = 0
    while sentences:
        if sentences & 1:
            yield text.sentences[number]
        sentences >>= 1
        number += 1


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    return options


class Sources:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self._patterns = {kind: Patterns(vocabulary, forgiving=kind) for kind in (True, False)}
        self._options = _options()
        self._longest = _options()
        self._longest.longest_match = True

    def compiled(self, nodes: Sequence[Node]) -> Seeker:
        return self._seeker(nodes, self._patterns[True], self._options)

    def guard(self, nodes: Sequence[Node]) -> Seeker:
        """Guards take the longest match, and no mangled word may silence a cue."""
        return self._seeker(nodes, self._patterns[False], self._longest)

    def sieve(self, nodes: Sequence[Node]) -> Sieve:
        return Sieve(nodes, self._patterns[True])

    def _seeker(self, nodes: Sequence[Node], patterns: Patterns, options: Any) -> Seeker:
        written = "|".join(map(patterns.of, nodes)) or _NEVER
        return Seeker(re2.compile(written, options), patterns.need(nodes))


class Wanted:
    """Which cues a text may hold, and which kinds of reading and conditions it names."""

    def __init__(
        self, source: Sources, read: Sequence[tuple[Rule, str, Node, bool]], named: Mapping[str, list[Node]]
    ) -> None:
        self._cues = tuple(Cue(rule, phrase, hint, node, source) for rule, phrase, node, hint in read)
        self._names = {name: source.compiled(nodes) for name, nodes in named.items()}
        sides = [
            ((number, place), side)
            for number, (_, _, node, _) in enumerate(read)
            for place, part in enumerate(sides_of(node))
            for side in part
        ]
        self._parts = [part for part, _ in sides]
        self._many = Counter(number for number, _ in self._parts)
        self._name_of = [name for name, nodes in named.items() for _ in nodes]
        names = [node for nodes in named.values() for node in nodes]
        self._sieve = source.sieve([*(side for _, side in sides), *names])

    def complete(self) -> None:
        """Compile every cue. Raises PhraseError for one that is too large."""
        for cue in self._cues:
            _ = cue.seeker, cue.others

    def seen(self, text: Text, new: Collection[int]) -> tuple[set[str], list[Sighting]]:
        """`new`: the numbers of the sentences that are looked at, with those beside them: a cue may go over an end."""
        count = len(text.sentences)
        near = {at for number in new for at in (number - 1, number, number + 1) if 0 <= at < count}
        partly = len(near) < count
        spans = ((number, text.sentences[number]) for number in sorted(near))
        held = self._sieve.may_hold((n, text.symbols[span.start : span.end + 1]) for n, span in spans)
        sides: dict[int, list[tuple[int, int]]] = {}
        names: set[str] = set()
        for entry in held.entries:
            if entry < len(self._parts):
                number, place = self._parts[entry]
                sides.setdefault(number, []).append((place, entry))
            else:
                names.add(self._name_of[entry - len(self._parts)])
        sightings = [
            Sighting(self._cues[number], found, held, partly)
            for number, found in sides.items()
            if len(found) == self._many[number] or (partly and self._cues[number].apart)
        ]
        return {name for name in names if self._names[name].stands_in(text)}, sightings
