"""The phrase grammar of the safety files, compiled to patterns over one symbol a word.

    want to die          words in a row
    kill*                every word that begins so
    (rope|pills)         one of these; `[so]` may be there or not
    <die>                a named group from the wording file
    ... and ...6         up to three (six) other words of the same sentence, none of them a negation
    face & drooping      both in one sentence, in either order (in two, where a $ says that it may end between them)
    rope && garage       both somewhere in the message; guards look at the first, so the telling one stands there
    #                    any number in figures; 15 means just that one
    ^ and $              the beginning and the end of a sentence

A word is one character of the pattern, so a phrase never matches inside a word, sees no spelling and
runs in linear time under RE2 whatever an author writes.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, permutations, takewhile

from bot.core.safety.normalise import HARD_BREAK, QUESTION, SOFT_BREAK

# Every symbol takes three bytes, so that a place in the bytes is a place among the words.
WIDTH = 3
SENTENCE_END, UNKNOWN, PAUSE, NUMBER, MANGLED = map(chr, range(0x800, 0x805))
"""MANGLED: a short string that is no word: a small word with a slip in it ("want ot die"), whichever the phrase needs."""
_BREAKS = {SOFT_BREAK: PAUSE, HARD_BREAK: SENTENCE_END, QUESTION: SENTENCE_END}
_SHORT = 3
_LETTER_WORDS = frozenset("ia")
_FIRST_SYMBOL = 0x810
_PART = re.compile(r"\.\.\.\d*|<[a-z_]+>|&&|[()\[\]|&#^$]|[^\s()\[\]|<>&#^$]+")
NEGATORS = ("not", "never", "no", "without")


class PhraseError(ValueError):
    """A phrase that cannot be read; the message is for the author."""


@dataclass(frozen=True)
class Span:
    start: int
    end: int


@dataclass(frozen=True)
class Word:
    text: str


@dataclass(frozen=True)
class Stem:
    text: str


@dataclass(frozen=True)
class Gap:
    most: int


@dataclass(frozen=True)
class AnyNumber:
    """A number in figures."""


@dataclass(frozen=True)
class Edge:
    """The beginning (^) or the end ($) of a sentence."""

    sign: str


@dataclass(frozen=True)
class Row:
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class OneOf:
    choices: tuple["Node", ...]
    optional: bool = False


@dataclass(frozen=True)
class Both:
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Apart:
    """Cues of one message. Looked for each by itself, so they cost no more than as many phrases."""

    parts: tuple["Node", ...]


Node = Word | Stem | Gap | AnyNumber | Edge | Row | OneOf | Both | Apart


class Grammar:
    """Reads phrases. `canonical` turns a word as written into the words it is read as."""

    def __init__(
        self, groups: Mapping[str, Sequence[str]], canonical: Callable[[str], Sequence[str]]
    ) -> None:
        self._sources = groups
        self._canonical = canonical
        self._groups: dict[str, Node] = {}
        self._open: list[str] = []
        self._ones: dict[str, list[Node]] = {}

    def read_cue(self, phrase: str) -> Node:
        """A rule's phrase: one, or several that must all stand in the message."""
        cues = phrase.split("&&")
        return self.read(phrase) if len(cues) == 1 else Apart(tuple(self.read(cue) for cue in cues))

    def read(self, phrase: str) -> Node:
        parts = _PART.findall(phrase)
        try:
            node, rest = self._either(parts, 0)
        except PhraseError as wrong:
            raise PhraseError(f"{wrong} in “{phrase}”") from None
        if "&&" in parts:
            raise PhraseError("&& joins whole phrases of a rule and stands nowhere else")
        if rest != len(parts):
            raise PhraseError(f"unexpected “{parts[rest]}” in “{phrase}”")
        if may_be_empty(node):
            raise PhraseError(f"“{phrase}” would match any message at all")
        return node

    def _group(self, name: str) -> Node:
        if name in self._groups:
            return self._groups[name]
        if name not in self._sources:
            raise PhraseError(f"no word group is called <{name}>")
        if name in self._open:
            raise PhraseError(f"the word group <{name}> contains itself")
        self._open.append(name)
        node = OneOf(tuple(self.read(phrase) for phrase in self._sources[name]))
        self._open.pop()
        self._groups[name] = node
        return node

    def _either(self, parts: Sequence[str], at: int) -> tuple[Node, int]:
        choices: list[Node] = []
        while True:
            node, at = self._both(parts, at)
            choices.append(node)
            if at >= len(parts) or parts[at] != "|":
                break
            at += 1
        # Fillers are never read, so a choice made of fillers alone would match everywhere.
        choices = [choice for choice in choices if choice != Row(())] or choices[:1]
        return (choices[0] if len(choices) == 1 else OneOf(tuple(choices))), at

    def _both(self, parts: Sequence[str], at: int) -> tuple[Node, int]:
        sides: list[Node] = []
        while True:
            node, at = self._row(parts, at)
            sides.append(node)
            if at >= len(parts) or parts[at] != "&":
                break
            at += 1
        if len(sides) > 3:
            raise PhraseError("at most three parts may be joined by &")
        return (sides[0] if len(sides) == 1 else Both(tuple(sides))), at

    def _row(self, parts: Sequence[str], at: int) -> tuple[Node, int]:
        row: list[Node] = []
        first = at
        while at < len(parts) and parts[at] not in ("|", "&", ")", "]"):
            part = parts[at]
            if part in ("(", "["):
                node, at = self._either(parts, at + 1)
                if at >= len(parts) or parts[at] != {"(": ")", "[": "]"}[part]:
                    raise PhraseError(f"“{part}” is never closed")
                row.append(OneOf((node,), optional=True) if part == "[" else node)
            else:
                row.extend(self._one(part))
            at += 1
        if at == first:
            raise PhraseError("an empty choice")
        return (row[0] if len(row) == 1 else Row(tuple(row))), at

    def _one(self, part: str) -> list[Node]:
        """The same nodes for the same part, so that what is worked out for one serves wherever it stands."""
        nodes = self._ones.get(part)
        if nodes is None:
            nodes = self._ones[part] = self._read_one(part)
        return nodes

    def _read_one(self, part: str) -> list[Node]:
        if part.startswith("..."):
            return [Gap(int(part[3:] or 3))]
        if part == "#":
            return [AnyNumber()]
        if part in "^$":
            return [Edge(part)]
        if part.startswith("<"):
            return [self._group(part[1:-1])]
        if part.endswith("*"):
            return [Stem(part[:-1].lower())]
        return [Word(word) for word in self._canonical(part)]


def may_be_empty(node: Node) -> bool:
    """Whether the node can match without a single word: fillers are left out, options may be absent."""
    match node:
        case Gap() | Edge():
            return True
        case Apart(parts):
            return any(may_be_empty(part) for part in parts)
        case Row(parts) | Both(parts):
            return all(may_be_empty(part) for part in parts)
        case OneOf(choices, optional):
            return optional or any(may_be_empty(choice) for choice in choices)
        case _:
            return False


def sides_of(node: Node) -> tuple[tuple[Node, ...], ...]:
    """What a text must hold in any case if the node is to match: for each part of an `&&` what one sentence must hold."""
    parts = node.parts if isinstance(node, Apart) else (node,)
    return tuple(part.parts if isinstance(part, Both) else (part,) for part in parts)


def has_end_within(node: Node, *, first: bool = True, last: bool = True) -> bool:
    """Whether a sentence may end inside what the node matches: its edges do not all stand at its own ends."""
    match node:
        case Edge(sign):
            return not (first if sign == "^" else last)
        case Row(parts):
            final = len(parts) - 1
            return any(
                has_end_within(part, first=first and at == 0, last=last and at == final)
                for at, part in enumerate(parts)
            )
        case Both(parts):
            # Either side may come first, and "a [$] & b" goes on behind the end.
            return any(has_end_within(part, first=False, last=False) for part in parts)
        case OneOf(parts) | Apart(parts):
            return any(has_end_within(part, first=first, last=last) for part in parts)
        case _:
            return False


@dataclass
class Vocabulary:
    """One symbol for each word and each stem that a phrase uses."""

    small: frozenset[str] = frozenset()
    """Small words that a slip may turn into any short string."""
    ordinary: frozenset[str] = frozenset()
    symbols: dict[str, str] = field(default_factory=dict)
    stems: dict[str, str] = field(default_factory=dict)
    _seen: dict[str, str] = field(default_factory=dict)
    _inside: dict[str, str] = field(default_factory=dict)
    _sorted: list[tuple[str, str]] = field(default_factory=list)

    def learn(self, node: Node) -> None:
        match node:
            case Word(text):
                self.symbols.setdefault(text, self._next())
            case Stem(text):
                self.stems.setdefault(text, self._next())
            case Row(parts) | Both(parts) | OneOf(parts) | Apart(parts):
                for part in parts:
                    self.learn(part)
            case _:
                pass

    def _next(self) -> str:
        return chr(_FIRST_SYMBOL + len(self.symbols) + len(self.stems))

    def prepare(self, words: Iterable[str]) -> None:
        """Look these up once and for all."""
        self._seen.update({word: self.symbol(word) for word in words})

    def written(self, words: Sequence[str]) -> str:
        """A text's words as symbols; every word is looked up once, however often it comes."""
        symbols = {word: self._seen.get(word) or self.symbol(word) for word in set(words)}
        return "".join(map(symbols.__getitem__, words))

    def symbol(self, word: str) -> str:
        """The word's own symbol, else that of its longest stem, else the unknown word's."""
        if word in _BREAKS:
            return _BREAKS[word]
        known = self.symbols.get(word)
        if word[0].isdigit():
            return known or NUMBER
        if known is not None and (len(word) > 1 or word in _LETTER_WORDS or not word.isascii()):
            return known
        for length in range(len(word), 2, -1):
            stem = self.stems.get(word[:length])
            if stem is not None:
                return stem
        mangled = len(word) <= _SHORT and word.isascii() and word.isalpha() and word not in self.ordinary
        return MANGLED if mangled else UNKNOWN

    def figures(self) -> str:
        return "".join(symbol for word, symbol in self.symbols.items() if word[0].isdigit())

    def stem_class(self, stem: str) -> str:
        """Of everything that begins so. To be asked once all phrases are learnt."""
        if not self._sorted:
            self._sorted = sorted([*self.symbols.items(), *self.stems.items()])
        if stem not in self._inside:
            first = bisect_left(self._sorted, (stem,))
            inside = takewhile(lambda known: known[0].startswith(stem), islice(self._sorted, first, None))
            self._inside[stem] = "".join(symbol for _, symbol in inside)
        return self._inside[stem]

    def __contains__(self, word: str) -> bool:
        return word in self.symbols or any(word[:n] in self.stems for n in range(len(word), 2, -1))


class Patterns:
    """RE2 source over symbols. Every word of a node must have been learnt. Forgiving: small words may be mangled.

    A word group stands in many phrases, so what was written once is kept: nodes must live as long as this does.
    """

    def __init__(self, vocabulary: Vocabulary, *, forgiving: bool) -> None:
        self._vocabulary = vocabulary
        self._forgiving = forgiving
        self.stop = SENTENCE_END + "".join(vocabulary.symbols.get(word, "") for word in NEGATORS)
        self._figures = vocabulary.figures()
        self._written: dict[int, str] = {}
        self._needs: dict[int, list[frozenset[str]]] = {}

    def of(self, node: Node) -> str:
        written = self._written.get(id(node))
        if written is None:
            written = self._written[id(node)] = self._write(node)
        return written

    def needs(self, node: Node) -> list[frozenset[str]]:
        """Of each of these a text holds at least one symbol wherever the node matches."""
        needs = self._needs.get(id(node))
        if needs is None:
            needs = self._needs[id(node)] = self._needs_of(node)
        return needs

    def _needs_of(self, node: Node) -> list[frozenset[str]]:
        match node:
            case Word(text):
                return [frozenset(self._either(text))]
            case Stem(text):
                return [frozenset(self._vocabulary.stem_class(text))]
            case AnyNumber():
                return [frozenset(NUMBER + self._figures)]
            case Row(parts) | Both(parts):
                return [need for part in parts for need in self.needs(part)]
            case Apart(parts):
                return self.needs(parts[0])
            case OneOf(choices, optional=False):
                need = self.need(choices)
                return [need] if need else []
            case _:
                return []

    def need(self, choices: Iterable[Node]) -> frozenset[str]:
        """One of these symbols stands wherever one of the choices matches; empty where nothing can be said."""
        fewest = [min(self.needs(choice), key=len, default=frozenset[str]()) for choice in choices]
        return frozenset[str]().union(*fewest) if all(fewest) else frozenset()

    def _write(self, node: Node) -> str:
        match node:
            case Word(text):
                either = self._either(text)
                return f"[{either}]" if len(either) > 1 else either
            case Stem(text):
                return f"[{self._vocabulary.stem_class(text)}]"
            case AnyNumber():
                return f"[{NUMBER}{self._figures}]"
            case Edge(sign):
                return f"(?:{SENTENCE_END}|^)" if sign == "^" else f"(?:{SENTENCE_END}|$)"
            case Gap(most):
                return f"[^{self.stop}]{{0,{most}}}"
            case Row(parts):
                return "".join(map(self.of, parts))
            case OneOf(choices, optional):
                return f"(?:{self._alternatives(choices)}){'?' if optional else ''}"
            case Both(parts):
                between = f"[^{SENTENCE_END}]*"
                return "(?:" + "|".join(between.join(row) for row in permutations(map(self.of, parts))) + ")"
            case Apart(parts):
                return self.of(parts[0])

    def _either(self, word: str) -> str:
        mangled = self._forgiving and (word in self._vocabulary.small or len(word) == 1)
        return self._vocabulary.symbols[word] + (MANGLED if mangled else "")

    def _alternatives(self, choices: Iterable[Node]) -> str:
        singles = [c for c in choices if isinstance(c, Word)]
        others = [self.of(c) for c in choices if not isinstance(c, Word)]
        if len(singles) > 1:
            others.insert(
                0, "[" + "".join(dict.fromkeys("".join(self._either(c.text) for c in singles))) + "]"
            )
        elif singles:
            others.insert(0, self.of(singles[0]))
        return "|".join(others)
