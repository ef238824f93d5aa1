"""Which entries may stand in a text, told word by word for all entries at once: bits of one whole number.

One automaton over all rules would be simpler, but an automaton is built as texts are read: each new text would wait
for it. Here each entry is a row of steps, a set of symbols each, and each bit says that an entry has come so far
(Navarro and Raffinot's Shift-And with optional letters). Alternatives are laid over each other, so an entry may be named
that does not match; one that matches is never missing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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


class _Rows:
    """Nodes as steps. A word group stands in many phrases and is laid out once."""

    def __init__(self, patterns: Patterns) -> None:
        self._patterns = patterns
        self._laid: dict[int, list[Step]] = {}

    def of(self, node: Node) -> list[Step]:
        laid = self._laid.get(id(node))
        if laid is None:
            laid = self._laid[id(node)] = self._lay(node)
        return laid

    def _lay(self, node: Node) -> list[Step]:
        match node:
            case Row(parts):
                return [step for part in parts for step in self.of(part)]
            case OneOf(choices, optional):
                laid = zip_longest(*map(self.of, choices), fillvalue=_ABSENT)
                return [_together(each, optional) for each in laid]
            case Gap(most):
                return [Step(optional=True, gap=True)] * most
            case Edge():
                return [Step(frozenset(SENTENCE_END), optional=True)]
            case Both():
                return []  # within another node: words may stand between its sides, so nothing is sure
            case AnyNumber() | _:
                return [Step(self._patterns.needs(node)[0])]


def _together(laid: Sequence[Step], optional: bool) -> Step:
    symbols = frozenset[str]().union(*(step.symbols for step in laid))
    return Step(symbols, optional or any(step.optional for step in laid), any(step.gap for step in laid))


def _core(row: Sequence[Step]) -> Sequence[Step]:
    """Without the steps at either end that need not be there."""
    needed = [at for at, step in enumerate(row) if not step.optional]
    return row[needed[0] : needed[-1] + 1] if needed else []


_ANY = re.compile(b"[^\0]")
_BITS = [[bit for bit in range(8) if byte >> bit & 1] for byte in range(256)]


def _set_bits(bits: bytes) -> Iterator[int]:
    """Of a whole number that is too long to be taken apart bit by bit."""
    for found in _ANY.finditer(bits):
        at = found.start()
        for bit in _BITS[bits[at]]:
            yield at * 8 + bit


@dataclass(frozen=True)
class Held:
    """`entries`: those that may stand in a text, in order."""

    entries: list[int]
    _bit_of: Mapping[int, int]
    _seen: Sequence[tuple[int, bytes]]

    def sentences(self, entry: int) -> int:
        """Those in which the entry may end: a bit for each, by its number."""
        bit = self._bit_of.get(entry)
        if bit is None:
            return sum(1 << number for number, _ in self._seen)
        byte, bit = divmod(bit, 8)
        return sum(1 << number for number, seen in self._seen if seen[byte] >> bit & 1)


class Sieve:
    def __init__(self, nodes: Sequence[Node], patterns: Patterns) -> None:
        self._stop = patterns.stop
        self._always: list[int] = []
        rows = _Rows(patterns)
        self._entry_of: dict[int, int] = {}
        self._first = self._last = self._optional = self._before = self._block_ends = self._gaps = 0
        self._own: dict[str, int] = {}
        at = 0
        for entry, node in enumerate(nodes):
            row = _core(rows.of(node))
            if not row:
                self._always.append(entry)
                continue
            self._lay(row, at)
            at += len(row)
            self._entry_of[at - 1] = entry
        self._bit_of = {entry: bit for bit, entry in self._entry_of.items()}
        self._long = at // 8 + 1
        self._reached = {
            symbol: bits | (0 if symbol in self._stop else self._gaps) for symbol, bits in self._own.items()
        }
        self._reached.update({symbol: self._own.get(symbol, 0) for symbol in self._stop})
        self._spreads = self._before | self._optional

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

    def may_hold(self, sentences: Iterable[tuple[int, str]]) -> Held:
        """`sentences`: with their numbers. No entry that matches is missing."""
        state = together = 0
        seen: list[tuple[int, bytes]] = []
        for number, symbols in sentences:
            met, state = self._through(symbols, state)
            met &= self._last
            together |= met
            seen.append((number, met.to_bytes(self._long, "little")))
        ends = _set_bits(together.to_bytes(self._long, "little"))
        entries = sorted([*self._always, *map(self._entry_of.__getitem__, ends)])
        return Held(entries, self._bit_of, seen)

    def _through(self, symbols: str, state: int) -> tuple[int, int]:
        """All bits that were set on the way, and those that are set at the end."""
        reached, gaps, first = self._reached, self._gaps, self._first
        optional, before, block_ends, spreads = self._optional, self._before, self._block_ends, self._spreads
        seen = 0
        for symbol in symbols:
            own = reached.get(symbol)
            state = (state << 1) & gaps if own is None else (state << 1 | first) & own
            if state:
                if state & spreads:
                    ends = state | block_ends
                    state |= optional & (~(ends - before) ^ ends)
                seen |= state
        return seen, state
