"""The cues of all rules, compiled, and which of them a text may hold."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import re2

from bot.core.safety.clauses import Passage
from bot.core.safety.content import Rule
from bot.core.safety.phrases import Apart, Node, Patterns, Span, Vocabulary, sides_of
from bot.core.safety.seeking import Seeker, Text
from bot.core.safety.sieve import Sieve

_MEMORY = 64 << 20
_NEVER = r"[^\x00-\x{10FFFF}]"


@dataclass(frozen=True)
class Cue:
    """`sides`: of an `&` or `&&`. Each must stand in the text before those of an `&` are looked for in one sentence:
    joined they keep every state of the automaton alive to the end of the sentence. `apart`: of an `&&`."""

    rule: Rule
    phrase: str
    seeker: Seeker
    sides: tuple[Seeker, ...]
    apart: bool

    def spans(self, passage: Passage) -> list[Span]:
        if all(side.stands_in(passage.text) for side in self.sides):
            return passage.spans(self.seeker)
        return []


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
        self, source: Sources, read: Sequence[tuple[Rule, str, Node]], named: Mapping[str, list[Node]]
    ) -> None:
        self._cues = tuple(_cue(source, *each) for each in read)
        self._names = {name: source.compiled(nodes) for name, nodes in named.items()}
        sides = [sides_of(node) for *_, node in read]
        self._owners = [number for number, parts in enumerate(sides) for _ in parts]
        self._sieve = source.sieve([part for parts in sides for part in parts])

    def seen(self, text: Text, new: str) -> tuple[set[str], list[Cue]]:
        """`new`: the sentences in which cues are looked for."""
        names = {name for name, seeker in self._names.items() if seeker.stands_in(text)}
        sides = Counter(self._owners[entry] for entry in self._sieve.may_hold(new))
        cues = ((self._cues[number], held) for number, held in sides.items())
        return names, [cue for cue, held in cues if cue.apart or held == max(len(cue.sides), 1)]


def _cue(source: Sources, rule: Rule, phrase: str, node: Node) -> Cue:
    sides = sides_of(node)
    sought = tuple(source.compiled([side]) for side in sides) if len(sides) > 1 else ()
    return Cue(rule, phrase, source.compiled([node]), sought, isinstance(node, Apart))
