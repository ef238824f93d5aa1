"""Which entries may stand in a text, told word by word for all entries at once: bits of one whole number.

One automaton over all rules would be simpler, but an automaton is built as texts are read: each new text would wait
for it. Here each entry is a row of steps, a set of symbols each, and each bit says that an entry has come so far
(Navarro and Raffinot's Shift-And with optional letters). Alternatives are laid over each other, so an entry may be named
that does not match; one that matches is never missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from bot.core.safety.phrases import (
    SENTENCE_END,
    AnyNumber,
    Both,
    Edge,
    Gap,
    Node,
    OneOf,
    Patterns,
    Row,
)


@dataclass(frozen=True)
class Step:
    """`gap`: any symbol but those that no gap may hold."""

    symbols: frozenset[str] = frozenset()
    optional: bool = False
    gap: bool = False


_ABSENT = Step(optional=True)


def steps(node: Node, patterns: Patterns) -> list[Step]:
    match node:
        case Row(parts):
            return [step for part in parts for step in steps(part, patterns)]
        case OneOf(choices, optional):
            laid = zip_longest(*(steps(choice, patterns) for choice in choices), fillvalue=_ABSENT)
            return [_together(each, optional) for each in laid]
        case Gap(most):
            return [Step(optional=True, gap=True)] * most
        case Edge():
            return [Step(frozenset(SENTENCE_END), optional=True)]
        case Both():
            return [Step(patterns.need([node]))]
        case AnyNumber() | _:
            return [Step(patterns.needs(node)[0])]


def _together(laid: Sequence[Step], optional: bool) -> Step:
    symbols = frozenset[str]().union(*(step.symbols for step in laid))
    return Step(symbols, optional or any(step.optional for step in laid), any(step.gap for step in laid))


def _core(row: Sequence[Step]) -> Sequence[Step]:
    """Without the steps at either end that need not be there."""
    needed = [at for at, step in enumerate(row) if not step.optional]
    return row[needed[0] : needed[-1] + 1] if needed else []


class Sieve:
    def __init__(self, nodes: Sequence[Node], patterns: Patterns) -> None:
        self._stop = patterns.stop
        self._always: list[int] = []
        self._entry_of: dict[int, int] = {}
        self._first = self._last = self._optional = self._before = self._block_ends = self._gaps = 0
        self._own: dict[str, int] = {}
        at = 0
        for entry, node in enumerate(nodes):
            row = _core(steps(node, patterns))
            if not row:
                self._always.append(entry)
                continue
            self._lay(row, at)
            at += len(row)
            self._entry_of[at] = entry
        self._reached = {
            symbol: bits | (0 if symbol in self._stop else self._gaps) for symbol, bits in self._own.items()
        }
        self._reached.update({symbol: self._own.get(symbol, 0) for symbol in self._stop})

    def _lay(self, row: Sequence[Step], at: int) -> None:
        self._first |= 1 << at
        self._last |= 1 << (at + len(row) - 1)
        for place, step in enumerate(row):
            bit = 1 << (at + place)
            if step.gap:
                self._gaps |= bit
            for symbol in step.symbols:
                self._own[symbol] = self._own.get(symbol, 0) | bit
            if step.optional:
                self._optional |= bit
                if not row[place - 1].optional:
                    self._before |= bit >> 1
                if not row[place + 1].optional:
                    self._block_ends |= bit

    def may_hold(self, symbols: str) -> list[int]:
        """The numbers of the entries that may stand in the text, in order; none that matches is missing."""
        reached, gaps, first, last = self._reached, self._gaps, self._first, self._last
        optional, before, block_ends = self._optional, self._before, self._block_ends
        seen = state = 0
        for symbol in symbols:
            state = (state << 1 | first) & reached.get(symbol, gaps)
            if state:
                ends = state | block_ends
                state |= optional & (~(ends - before) ^ ends)
                seen |= state
        seen &= last
        entries = [*self._always]
        while seen:
            lowest = seen & -seen
            seen ^= lowest
            entries.append(self._entry_of[lowest.bit_length()])
        return sorted(entries)
