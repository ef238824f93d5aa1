"""The screen: one pure function from a text and its context to a verdict. The first thing that reads any patient text."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import chain
from typing import Any

import re2

from bot.core.safety import answers
from bot.core.safety.amounts import MEASURE_WORDS
from bot.core.safety.clauses import GuardPatterns, Hush, Passage
from bot.core.safety.content import Rule, SafetyContent
from bot.core.safety.normalise import Normaliser
from bot.core.safety.numbers import Meter
from bot.core.safety.phrases import Grammar, Node, Patterns, Vocabulary, sides_of
from bot.core.safety.spelling import Speller
from bot.core.safety.verdict import Context, Hit, Reading, Screen, Tier

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
        hits: list[Hit] = [*self._answers.judge(text, context.state)]
        readings: tuple[Reading, ...] = ()
        for passage in self.read(text):
            found = self._spoken(passage, context)
            hits += found.hits
            readings = readings or found.readings
        return _verdict(hits, readings, self._order)

    def read(self, text: str) -> list[Passage]:
        """The text as the rules see it, twice where a slip could mean two words."""
        made = self._compiled
        read = made.normaliser.words(text, made.speller)
        return [Passage(words, made.vocabulary, made.guards) for words in read]

    def _spoken(self, passage: Passage, context: Context) -> Screen:
        made = self._compiled
        named, cues = made.wanted.seen(passage.symbols)
        conditions = context.conditions | {name for name in named if name in made.conditions}
        found = made.meter.readings(passage, context.state, named)
        hits = [*made.meter.judge(passage, found, conditions)]
        settled: set[str] = set()
        for cue in cues:
            if cue.rule.id not in settled and _applies(cue.rule, context, conditions):
                for hit in _heard(cue, passage):
                    hits.append(hit)
                    if hit.tier == cue.rule.tier:
                        settled.add(hit.rule)
        return Screen(Tier.NONE, tuple(hits), tuple(each.reading for each in found))


def _applies(rule: Rule, context: Context, conditions: frozenset[str]) -> bool:
    if rule.conditions and conditions.isdisjoint(rule.conditions):
        return False
    return not rule.states or context.state in rule.states


def _heard(cue: "_Cue", passage: Passage) -> Iterable[Hit]:
    """Each place where the cue stands, as loudly as its guards let it speak; the first loud one is enough."""
    rule = cue.rule
    for span in passage.spans(cue.pattern):
        hush = passage.hush(span, rule.guards)
        if hush is Hush.SILENT or (hush is Hush.GUARDED and not passage.has_other_cue(span)):
            continue
        if "third_person" in rule.guards and passage.about_someone_else(span):
            yield Hit(rule.id, THIRD_PERSON, Tier.CHECK, "safeguarding", "third_person_first")
            continue
        yield Hit(
            rule.id, rule.category, rule.tier if hush is Hush.SPEAKS else Tier.CHECK, rule.concern, rule.says
        )
        if hush is Hush.SPEAKS:
            return


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
    conditions: frozenset[str]
    wanted: "_Wanted"
    meter: Meter


def compile_screen(content: SafetyContent) -> Screener:
    """Build the screen once for one version of the content. Raises PhraseError for a phrase that cannot be read."""
    wording = content.wording
    normaliser = Normaliser(wording.read_as, wording.fillers)
    fillers = frozenset(wording.fillers)
    grammar = Grammar(
        wording.groups, lambda word: [w for w in normaliser.canonical(word) if w not in fillers]
    )
    read = [(rule, grammar.read_cue(phrase)) for rule in content.rules for phrase in rule.patterns]
    lists = {
        part.name: _read_all(grammar, getattr(content.guards, part.name)) for part in fields(GuardPatterns)
    }
    named = {str(name): _read_all(grammar, phrases) for name, phrases in wording.conditions.items()}
    kinds = {str(kind): _read_all(grammar, phrases) for kind, phrases in content.numbers.names.items()}
    not_readings = _read_all(grammar, content.numbers.not_readings)

    vocabulary = Vocabulary(frozenset(wording.small_words), frozenset(content.ordinary_words))
    # Rules first: where a slip could mean several words, the graver list wins.
    for node in chain(
        (node for _, node in read), *lists.values(), *named.values(), *kinds.values(), not_readings
    ):
        vocabulary.learn(node)
    source = _Sources(vocabulary)
    made = _Compiled(
        normaliser,
        Speller(
            [*vocabulary.symbols, *normaliser.short_forms],
            vocabulary.stems,
            {*content.ordinary_words, *MEASURE_WORDS},
        ),
        vocabulary,
        GuardPatterns(**{name: source.guard(nodes) for name, nodes in lists.items()}),
        frozenset(named),
        _Wanted(source, read, {**named, **kinds}),
        Meter(
            content.numbers,
            {kind: source.compiled(nodes) for kind, nodes in kinds.items()},
            source.guard(not_readings),
        ),
    )
    screener = Screener(content, made)
    # RE2 builds its automata as it reads; the rules' own examples spare the first patients that wait.
    examples = [text for rule in content.rules for text in (*rule.examples.hit, *rule.examples.miss)]
    for text in (*examples, " ".join(examples)):
        screener(text, Context())
    return screener


def _read_all(grammar: Grammar, phrases: Iterable[str]) -> list[Node]:
    return [grammar.read(phrase) for phrase in phrases]


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    return options


class _Sources:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self._patterns = {kind: Patterns(vocabulary, forgiving=kind) for kind in (True, False)}
        self._options = _options()
        self._longest = _options()
        self._longest.longest_match = True

    def _written(self, nodes: Iterable[Node], *, forgiving: bool) -> str:
        return "|".join(map(self._patterns[forgiving].of, nodes)) or _NEVER

    def compiled(self, nodes: Iterable[Node]) -> Any:
        return re2.compile(self._written(nodes, forgiving=True), self._options)

    def guard(self, nodes: Iterable[Node]) -> Any:
        """Guards take the longest match, and no mangled word may silence a cue."""
        return re2.compile(self._written(nodes, forgiving=False), self._longest)

    def together(self, alternatives: Iterable[Sequence[Node]]) -> Any:
        rules = re2.Set.SearchSet(self._options)
        for nodes in alternatives:
            rules.Add(self._written(nodes, forgiving=True))
        rules.Compile()
        return rules


class _Wanted:
    """Finds in one pass which cues and names a text may hold.

    The sides of an `&` are looked for apart: joined they would keep every state of the automaton alive to the end
    of the sentence, and a long text without full stops would take a hundred times as long.
    """

    def __init__(
        self, source: _Sources, read: Sequence[tuple[Rule, Node]], named: Mapping[str, list[Node]]
    ) -> None:
        self._cues = tuple(_Cue(rule, source.compiled([node])) for rule, node in read)
        self._sides = [len(sides_of(node)) for _, node in read]
        self._owners: list[int | str] = []
        entries: list[Sequence[Node]] = []
        for number, (_, node) in enumerate(read):
            sides = sides_of(node)
            entries += [[side] for side in sides]
            self._owners += [number] * len(sides)
        entries += named.values()
        self._owners += named
        self._set = source.together(entries)

    def seen(self, symbols: str) -> tuple[set[str], list[_Cue]]:
        names: set[str] = set()
        sides: Counter[int] = Counter()
        # Match answers None when nothing fits.
        for entry in self._set.Match(symbols) or ():
            owner = self._owners[entry]
            if isinstance(owner, str):
                names.add(owner)
            else:
                sides[owner] += 1
        return names, [self._cues[number] for number in sorted(sides) if sides[number] == self._sides[number]]
