"""The phrase rules of `posts.yaml`, compiled: the grammar of the safety files over the plain words of a post."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import re2

from bot.core.posts.content import PostContent, PostRule
from bot.core.posts.letters import unleeted
from bot.core.safety.normalise import SOFT_BREAK, Normaliser
from bot.core.safety.phrases import (
    SENTENCE_END,
    Apart,
    Grammar,
    Node,
    Patterns,
    PhraseError,
    Span,
    Vocabulary,
    has_end_within,
    sides_of,
)
from bot.core.safety.seeking import Seeker, Text
from bot.core.safety.sieve import Sieve

_MEMORY = 64 << 20
_NEAR = 14
"""Words behind what was found in which a guard without `before` may stand."""
_VIEW = 18
"""Words before it in which any guard may stand."""
_LONG = 7
"""Letters of a word from which on a slip in it is mended."""
_SPACED = re.compile(
    r"(?<![a-z0-9])[a-z0-9](?:(?:[ \t]{1,3}|[.\-_*~/|,]{1,2}[ \t]?|\n)[a-z0-9](?![a-z0-9])){2,}"
)
_NOISY = re.compile(
    r"(?<!\S)[(\"'“]?(?=[^\s]*[a-z])(?=[^\s]*[0-9@$!|€£*])([a-z0-9@$!|€£*]{3,24})(?=[\s.,;:?)\"'!]|$)"
)
_COUNT = re.compile(r"\d+[a-z]{0,3}")
_ENDS = re.compile(r"[!|*]+$")


@dataclass(frozen=True, eq=False)
class _Cue:
    rule: PostRule
    phrase: str
    node: Node
    source: "_Source"

    @cached_property
    def seekers(self) -> tuple[Seeker, ...]:
        """One for each part of an `&&`. Raises PhraseError for a phrase that is too large."""
        parts = self.node.parts if isinstance(self.node, Apart) else (self.node,)
        try:
            return tuple(self.source.seeker([part]) for part in parts)
        except re2.error:
            raise PhraseError(f"too many words and gaps to look for in “{self.phrase}”") from None

    @cached_property
    def across(self) -> bool:
        """A sentence may end within it."""
        return has_end_within(self.node)


class _Source:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self.patterns = Patterns(vocabulary, forgiving=False)
        self._options: Any = re2.Options()
        self._options.log_errors = False
        self._options.max_mem = _MEMORY

    def seeker(self, nodes: Sequence[Node]) -> Seeker:
        written = "|".join(map(self.patterns.of, nodes))
        return Seeker(re2.compile(written, self._options), self.patterns.need(nodes))

    def guard(self, nodes: Sequence[Node], before: int | None) -> "_Guard":
        written = "|".join(map(self.patterns.of, nodes))
        tail = "" if before is None else f"[^{SENTENCE_END}]{{0,{before}}}$"
        return _Guard(before, re2.compile(f"(?:{written}){tail}", self._options))


@dataclass(frozen=True)
class _Guard:
    before: int | None
    pattern: Any

    def silences(self, cue: Span, sentence: Span, text: Text) -> bool:
        start = max(sentence.start, cue.start - _VIEW)
        end = cue.start if self.before is not None else min(sentence.end, cue.end + _NEAR)
        return self.pattern.search(text.part(Span(start, end))) is not None


class Wording:
    """Raises PhraseError for a phrase that cannot be read."""

    def __init__(self, posts: PostContent, read_as: Mapping[str, str], fillers: Sequence[str]) -> None:
        self._normaliser = Normaliser({**read_as, **posts.read_as}, fillers, {})
        left_out = frozenset(fillers)
        grammar = Grammar(
            posts.groups, lambda word: [w for w in self._normaliser.canonical(word) if w not in left_out]
        )
        read = [(rule, phrase, grammar.read_cue(phrase)) for rule in posts.rules for phrase in rule.patterns]
        guards = {guard.id: [grammar.read(phrase) for phrase in guard.phrases] for guard in posts.guards}
        for rule in posts.rules:
            for name in rule.guards:
                if name not in guards:
                    raise PhraseError(f"no guard is called “{name}”; there are {', '.join(guards)}")
        self._vocabulary = Vocabulary()
        for _, _, node in read:
            self._vocabulary.learn(node)
        for nodes in guards.values():
            for node in nodes:
                self._vocabulary.learn(node)
        source = _Source(self._vocabulary)
        self._cues = [_Cue(rule, phrase, node, source) for rule, phrase, node in read]
        self._guards = {g.id: source.guard(guards[g.id], g.before) for g in posts.guards}
        sides = [
            (n, place == 0, side)
            for n, (_, _, node) in enumerate(read)
            for place, part in enumerate(sides_of(node))
            for side in part
        ]
        self._entries = [(n, first) for n, first, _ in sides]
        self._sides = Counter(n for n, _, _ in sides)
        self._sieve = Sieve([side for _, _, side in sides], source.patterns)
        known = [*self._vocabulary.symbols, *self._normaliser.short_forms]
        self._known = frozenset(known)
        self._near: dict[str, str] = {}
        for word in self._vocabulary.symbols:
            if len(word) >= _LONG and word.isalpha() and word.isascii():
                for n in range(1, len(word) - 1):
                    self._near.setdefault(word[:n] + word[n + 1 :], word)
        self._prefixes = frozenset(word[:n] for word in known for n in range(1, len(word) + 1))
        self._vocabulary.prepare(self._vocabulary.symbols)

    def complete(self) -> None:
        """Compile every phrase. Raises PhraseError for one that is too large."""
        for cue in self._cues:
            _ = cue.seekers

    def found(self, plain: str) -> list[PostRule]:
        """The rules that speak of a text in plain small letters, in the order of the file."""
        text = Text(self._vocabulary.written(self.words(plain)))
        held = self._sieve.may_hold(
            (n, text.symbols[span.start : span.end + 1]) for n, span in enumerate(text.sentences)
        )
        count: dict[int, int] = {}
        firsts: dict[int, list[int]] = {}
        for entry in held.entries:
            number, first = self._entries[entry]
            count[number] = count.get(number, 0) + 1
            if first:
                firsts.setdefault(number, []).append(entry)
        several = len(text.sentences) > 1
        spoken: dict[str, PostRule] = {}
        for number, sides in count.items():
            cue = self._cues[number]
            if sides < self._sides[number] or cue.rule.id in spoken:
                continue
            where = -1
            if several:
                for entry in firsts[number]:
                    where &= held.sentences(entry)
            if any(not self._is_guarded(*at, cue.rule, text) for at in _places(cue, text, where)):
                spoken[cue.rule.id] = cue.rule
        return [*spoken.values()]

    def _is_guarded(self, cue: Span, sentence: Span, rule: PostRule, text: Text) -> bool:
        return any(self._guards[name].silences(cue, sentence, text) for name in rule.guards)

    def words(self, plain: str) -> list[str]:
        """A post's words in their full forms, with spaced, noisy and slipped ones mended; pauses left out."""
        plain = _SPACED.sub(lambda found: self._joined(found[0]), plain)
        if any(not word.isalpha() for word in plain.split()):
            plain = _NOISY.sub(lambda found: found[0].replace(found[1], self._unleeted(found[1])), plain)
        words = self._normaliser.as_written(plain, self._mended)
        return [word for word in words if word != SOFT_BREAK]

    def _joined(self, spaced: str) -> str:
        letters = re.sub(r"[^a-z0-9]", "", spaced)
        if letters.isdigit():
            return spaced
        return " ".join(self._cut(letters) or [letters])

    def _cut(self, letters: str) -> list[str] | None:
        """Letters without spaces as known words, the fewest; None where they do not divide."""
        if len(letters) > 48:
            return None
        best: list[list[str] | None] = [[], *([None] * len(letters))]
        for start in range(len(letters)):
            before = best[start]
            if before is None:
                continue
            for end in range(start + 1, len(letters) + 1):
                piece = letters[start:end]
                if piece not in self._prefixes:
                    break
                held = best[end]
                if piece in self._known and (held is None or len(before) + 1 < len(held)):
                    best[end] = [*before, piece]
        return best[-1]

    def _unleeted(self, noisy: str) -> str:
        bare = _ENDS.sub("", noisy) or noisy
        if bare.isalpha() or _COUNT.fullmatch(bare):
            return noisy
        for word in unleeted(bare):
            if word in self._known or (len(word) > 3 and word in self._vocabulary):
                return word
        if "*" in bare and not bare.startswith("*") and bare.count("*") <= 4:
            pattern = re.compile(re.escape(bare).replace(r"\*", "[a-z]"))
            for word in self._vocabulary.symbols:
                if len(word) == len(bare) and pattern.fullmatch(word):
                    return word
        return noisy

    def _mended(self, word: str) -> str:
        """With one slip taken back: a letter missing, doubled, too many or swapped, never the first."""
        if len(word) < _LONG - 1 or len(word) > 24 or word in self._known:
            return word
        near = self._near
        if word in near:
            return near[word] if len(word) >= _LONG else word
        if len(word) < _LONG:
            return word
        for n in range(1, len(word) - 1):
            key = word[:n] + word[n + 1 :]
            if key in self._known and len(key) >= _LONG:
                return key
            meant = near.get(key)
            if meant and len(meant) == len(word) and sorted(meant) == sorted(word):
                return meant
        return word


def _places(cue: _Cue, text: Text, sentences: int) -> Iterator[tuple[Span, Span]]:
    """Where the cue stands, each with its sentence. `sentences`: a bit for each that may hold its first part."""
    first, *others = cue.seekers
    if first.need and first.need.isdisjoint(text.alphabet):
        return
    if not all(seeker.stands_in(text) for seeker in others):
        return
    if cue.across:
        for span in first.spans(text):
            yield span, next(s for s in text.sentences if span.start <= s.end and span.end > s.start)
        return
    for number, sentence in enumerate(text.sentences):
        if sentences >> number & 1 and not (
            first.need and first.need.isdisjoint(text.symbols[sentence.start : sentence.end])
        ):
            for span in first.spans_in(text, sentence):
                yield span, sentence
