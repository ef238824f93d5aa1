"""The screen: one pure function from a text and its context to a verdict. The first thing that reads any patient text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import re2

from bot.core.safety import answers
from bot.core.safety.clauses import GuardPatterns, Hush, Passage
from bot.core.safety.content import Guard, Rule, SafetyContent
from bot.core.safety.normalise import Normaliser
from bot.core.safety.numbers import Meter
from bot.core.safety.phrases import Grammar, Node, Vocabulary, pattern
from bot.core.safety.spelling import Speller
from bot.core.safety.verdict import Context, Hit, Screen, Tier

THIRD_PERSON = "third_person"
_MEMORY = 64 << 20
_NEVER = r"[^\x00-\x{10FFFF}]"


@dataclass(frozen=True)
class _Cue:
    rule: Rule
    pattern: Any


class Screener:
    """Compiled content. Call it with a text and its context; it keeps nothing between calls."""

    def __init__(self, content: SafetyContent, compiled: "_Compiled") -> None:
        self.version = content.version
        self._compiled = compiled
        self._answers = answers.Reader(content.answers)
        self._order = {rule.id: place for place, rule in enumerate(content.rules)}

    def __call__(self, text: str, context: Context) -> Screen:
        passage = self.read(text)
        conditions = context.conditions | self._named_conditions(passage)
        readings = self._compiled.meter.readings(passage, context.state)
        hits = [*self._spoken(passage, context, conditions)]
        hits += self._compiled.meter.judge(passage, readings, conditions)
        hits += self._answers.judge(text, context.state)
        return _verdict(hits, tuple(found.reading for found in readings), self._order)

    def read(self, text: str) -> Passage:
        made = self._compiled
        return Passage(made.normaliser.words(text, made.speller), made.vocabulary, made.guards)

    def _named_conditions(self, passage: Passage) -> frozenset[str]:
        found = (name for name, named in self._compiled.conditions.items() if named.search(passage.symbols))
        return frozenset(found)

    def _spoken(self, passage: Passage, context: Context, conditions: frozenset[str]) -> Iterable[Hit]:
        for number in self._compiled.rules.Match(passage.symbols) or ():
            cue = self._compiled.cues[number]
            rule = cue.rule
            if rule.conditions and conditions.isdisjoint(rule.conditions):
                continue
            if rule.states and context.state not in rule.states:
                continue
            for span in passage.spans(cue.pattern):
                hush = passage.hush(span, rule.guards)
                if hush is Hush.GUARDED and not passage.has_other_cue(span):
                    continue
                tier = rule.tier if hush is Hush.SPEAKS else Tier.CHECK
                if "third_person" in rule.guards and passage.about_someone_else(span):
                    yield Hit(rule.id, THIRD_PERSON, Tier.CHECK, "safeguarding")
                else:
                    yield Hit(rule.id, rule.category, tier, rule.concern)


def _verdict(hits: Iterable[Hit], readings: tuple[Any, ...], order: dict[str, int]) -> Screen:
    gravest: dict[tuple[str, str], Hit] = {}
    for hit in hits:
        held = gravest.get((hit.rule, hit.category))
        if held is None or hit.tier > held.tier:
            gravest[hit.rule, hit.category] = hit
    ranked = tuple(
        sorted(gravest.values(), key=lambda hit: (-hit.tier.rank, order.get(hit.rule, len(order)), hit.rule))
    )
    return Screen(ranked[0].tier if ranked else Tier.NONE, ranked, readings)


@dataclass(frozen=True)
class _Compiled:
    normaliser: Normaliser
    speller: Speller
    vocabulary: Vocabulary
    guards: GuardPatterns
    cues: tuple[_Cue, ...]
    rules: Any
    conditions: dict[str, Any]
    meter: Meter


def compile_screen(content: SafetyContent) -> Screener:
    """Build the screen once for one version of the content. Raises PhraseError for a phrase that cannot be read."""
    wording = content.wording
    normaliser = Normaliser(wording.read_as, wording.fillers)
    fillers = frozenset(wording.fillers)
    grammar = Grammar(
        wording.groups, lambda word: [w for w in normaliser.canonical(word) if w not in fillers]
    )
    vocabulary = Vocabulary()

    read = [(rule, grammar.read(phrase)) for rule in content.rules for phrase in rule.patterns]
    lists = {
        part.name: _read_all(grammar, getattr(content.guards, part.name)) for part in fields(GuardPatterns)
    }
    named = {name: _read_all(grammar, phrases) for name, phrases in wording.conditions.items()}
    names = {kind: _read_all(grammar, phrases) for kind, phrases in content.numbers.names.items()}
    not_readings = _read_all(grammar, content.numbers.not_readings)
    for node in _in_order(read, lists, named, names, not_readings):
        vocabulary.learn(node)

    source = _Sources(vocabulary)
    cues = tuple(_Cue(rule, source.compiled([node])) for rule, node in read)
    return Screener(
        content,
        _Compiled(
            normaliser,
            Speller(vocabulary.symbols, vocabulary.stems, content.ordinary_words),
            vocabulary,
            GuardPatterns(**{name: source.compiled(nodes, longest=True) for name, nodes in lists.items()}),
            cues,
            source.together([node for _, node in read]),
            {name: source.compiled(nodes) for name, nodes in named.items()},
            Meter(
                content.numbers,
                {kind: source.compiled(nodes) for kind, nodes in names.items()},
                source.compiled(not_readings),
            ),
        ),
    )


def _read_all(grammar: Grammar, phrases: Iterable[str]) -> list[Node]:
    return [grammar.read(phrase) for phrase in phrases]


def _in_order(
    read: Sequence[tuple[Rule, Node]],
    lists: dict[str, list[Node]],
    named: dict[str, list[Node]],
    names: Any,
    not_readings: list[Node],
) -> Iterable[Node]:
    """Rules first: where a slip could mean two words, the graver list wins."""
    yield from (node for _, node in read)
    for group in (*lists.values(), *named.values(), *names.values(), not_readings):
        yield from group


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    return options


class _Sources:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._options = _options()
        self._longest = _options()
        self._longest.longest_match = True

    def compiled(self, nodes: Iterable[Node], *, longest: bool = False) -> Any:
        source = "|".join(pattern(node, self._vocabulary) for node in nodes) or _NEVER
        return re2.compile(source, self._longest if longest else self._options)

    def together(self, nodes: Iterable[Node]) -> Any:
        rules = re2.Set.SearchSet(self._options)
        for node in nodes:
            rules.Add(pattern(node, self._vocabulary))
        rules.Compile()
        return rules


__all__ = ["Guard", "Screener", "compile_screen"]
