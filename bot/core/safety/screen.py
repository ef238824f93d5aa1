"""The screen: one pure function from a text and its context to a verdict. The first thing that reads any patient text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import chain

from bot.core.safety import answers
from bot.core.safety.amounts import MEASURE_WORDS, SPOKEN
from bot.core.safety.clauses import GuardPatterns, Hush, Passage
from bot.core.safety.content import Rule, SafetyContent
from bot.core.safety.cues import Sighting, Sources, Wanted
from bot.core.safety.normalise import Normaliser
from bot.core.safety.numbers import Meter
from bot.core.safety.phrases import Grammar, Node, Vocabulary
from bot.core.safety.spelling import Speller
from bot.core.safety.verdict import Context, Hit, Reading, Screen, Tier

THIRD_PERSON = "third_person"
_TELLING = 6
"""Letters of a word of another language from which on a slip in it may be mended: shorter ones are like English ones."""


@dataclass
class _Read:
    """What was seen of one text so far: in several readings of it the same need not be looked at twice."""

    sentences: set[str] = field(default_factory=set)
    rules: set[str] = field(default_factory=set)
    """Those of which a cue stands in the text, whether it may speak or not."""
    settled: set[str] = field(default_factory=set)
    """Those that have spoken as loudly as they may."""
    hinted: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    """Conditions, and kinds of reading."""


class Screener:
    """Compiled content. Call it with a text and its context; it keeps nothing of them between calls."""

    def __init__(self, content: SafetyContent, compiled: "_Compiled") -> None:
        self.version = content.version
        self._compiled = compiled
        self._answers = answers.Reader(content.answers)
        self._order = {rule.id: place for place, rule in enumerate(content.rules)}

    def __call__(self, text: str, context: Context) -> Screen:
        pieces = self._compiled.normaliser.pieces(text, self._compiled.speller)
        read = _Read()
        spoken = [
            self._spoken(self._passage(words), context, read)
            for words in self._compiled.normaliser.words(pieces, self._compiled.speller)
        ]
        hits = [*self._answers.judge(text, context.state), *(hit for each in spoken for hit in each.hits)]
        if not hits:
            hits += self._faintly(pieces, context, read)
        ranked = _ranked(hits, self._order)
        hints = () if hits else _ranked((hint for each in spoken for hint in each.hints), self._order)
        readings = next((each.readings for each in spoken if each.readings), ())
        tier = ranked[0].tier if ranked else Tier.NONE
        return Screen(tier, ranked, readings, hints, measured=spoken[0].measured)

    def of_number(self, reading: Reading, context: Context) -> Screen:
        """The verdict on a number that was given in answer to a question: by the same limits as one in words."""
        hits = _ranked(self._compiled.meter.of(reading, context.conditions), self._order)
        return Screen(hits[0].tier if hits else Tier.NONE, hits, (reading,), measured=True)

    def complete(self) -> None:
        """Compile what otherwise waits for a text that needs it. Raises PhraseError for a phrase that is too large."""
        self._compiled.wanted.complete()

    def read(self, text: str) -> list[Passage]:
        """The text as the rules see it, several times where a slip could mean several words."""
        made = self._compiled
        pieces = made.normaliser.pieces(text, made.speller)
        return [*map(self._passage, made.normaliser.words(pieces, made.speller))]

    def heard_by(self, text: str, context: Context) -> dict[str, set[str]]:
        """By which of its patterns each rule hears the text at its own tier, and which of its hints stand there."""
        made = self._compiled
        heard: dict[str, set[str]] = {}
        for passage in self.read(text):
            named, sightings = made.wanted.seen(passage.text, range(len(passage.text.sentences)))
            conditions = context.conditions | (named & made.conditions)
            for sighting in sightings:
                cue = sighting.cue
                loud = (cue.hint or hit.tier == cue.rule.tier for hit in _heard(sighting, passage, _Read()))
                if _applies(cue.rule, context, conditions) and any(loud):
                    heard.setdefault(cue.rule.id, set()).add(cue.phrase)
        return heard

    def _passage(self, words: list[str]) -> Passage:
        return Passage(words, self._compiled.vocabulary, self._compiled.guards)

    def _faintly(self, pieces: Sequence[str], context: Context, read: "_Read") -> Iterable[Hit]:
        """What would be heard if real words stood for others: never more than the gentle question.

        A cue that stands in the text as typed was judged there, with its guards.
        """
        words = self._compiled.normaliser.faintly(pieces, self._compiled.speller)
        judged = frozenset(read.rules)
        found = self._spoken(self._passage(words), context, read).hits if words else ()
        return (replace(hit, tier=Tier.CHECK) for hit in found if hit.rule not in judged)

    def _spoken(self, passage: Passage, context: Context, read: "_Read") -> Screen:
        made = self._compiled
        sentences = [passage.symbols[span.start : span.end] for span in passage.text.sentences]
        new = [number for number, sentence in enumerate(sentences) if sentence not in read.sentences]
        if not new:
            return Screen(Tier.NONE)
        read.sentences.update(sentences)
        named, sightings = made.wanted.seen(passage.text, new)
        read.named.update(named)
        conditions = context.conditions | (read.named & made.conditions)
        found = made.meter.readings(passage, context.state, read.named)
        hits = [*made.meter.judge(passage, found, conditions)]
        hints: list[Hit] = []
        for sighting in sorted(sightings, key=lambda each: each.cue.hint):
            cue = sighting.cue
            if cue.hint and hits:
                break
            settled = read.hinted if cue.hint else read.settled
            if cue.rule.id not in settled and _applies(cue.rule, context, conditions):
                for hit in _heard(sighting, passage, read):
                    (hints if cue.hint else hits).append(hit)
                    if hit.tier == cue.rule.tier and hit.category != THIRD_PERSON:
                        settled.add(hit.rule)
        readings = tuple(each.reading for each in found)
        return Screen(Tier.NONE, tuple(hits), readings, tuple(hints), made.meter.says_no_more(passage, found))


def _applies(rule: Rule, context: Context, conditions: frozenset[str]) -> bool:
    if rule.conditions and conditions.isdisjoint(rule.conditions):
        return False
    return not rule.states or context.state in rule.states


def _heard(sighting: Sighting, passage: Passage, read: "_Read") -> Iterable[Hit]:
    """Each place where the cue stands, as loudly as its guards let it speak; the first loud one is enough."""
    rule = sighting.cue.rule
    for span in sighting.spans(passage.text):
        read.rules.add(rule.id)
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


def _ranked(hits: Iterable[Hit], order: dict[str, int]) -> tuple[Hit, ...]:
    gravest: dict[tuple[str, str], Hit] = {}
    for hit in hits:
        held = gravest.get((hit.rule, hit.category))
        if held is None or hit.tier > held.tier:
            gravest[hit.rule, hit.category] = hit
    return tuple(
        sorted(gravest.values(), key=lambda hit: (-hit.tier.rank, order.get(hit.rule, len(order)), hit.rule))
    )


@dataclass(frozen=True)
class _Compiled:
    normaliser: Normaliser
    speller: Speller
    vocabulary: Vocabulary
    guards: GuardPatterns
    conditions: frozenset[str]
    wanted: Wanted
    meter: Meter


def compile_screen(content: SafetyContent) -> Screener:
    """Build the screen once for one version of the content. Raises PhraseError for a phrase that cannot be read."""
    wording = content.wording
    normaliser = Normaliser(wording.read_as, wording.fillers, wording.heard_as)
    fillers = frozenset(wording.fillers)
    grammar = Grammar(
        wording.groups, lambda word: [w for w in normaliser.canonical(word) if w not in fillers]
    )
    read = [
        (rule, phrase, grammar.read_cue(phrase), hint)
        for rule in content.rules
        for phrases, hint in ((rule.patterns, False), (rule.hints, True))
        for phrase in phrases
    ]
    lists = {
        part.name: _read_all(grammar, getattr(content.guards, part.name)) for part in fields(GuardPatterns)
    }
    named = {str(name): _read_all(grammar, phrases) for name, phrases in wording.conditions.items()}
    kinds = {str(kind): _read_all(grammar, phrases) for kind, phrases in content.numbers.names.items()}
    not_readings = _read_all(grammar, content.numbers.not_readings)
    beside = _read_all(grammar, content.numbers.beside)

    vocabulary = Vocabulary(frozenset(wording.small_words), frozenset(content.ordinary_words))
    # Rules first: where a slip could mean several words, the graver list wins.
    english = (node for rule, _, node, _ in read if rule.language == "en")
    for node in chain(english, *lists.values(), *named.values(), *kinds.values(), not_readings, beside):
        vocabulary.learn(node)
    ours, stems = frozenset(vocabulary.symbols), frozenset(vocabulary.stems)
    for rule, _, node, _ in read:
        if rule.language != "en":
            vocabulary.learn(node)
    source = Sources(vocabulary)
    known = [word for word in vocabulary.symbols if word in ours or len(word) >= _TELLING]
    speller = Speller(
        [*known, *normaliser.short_forms],
        stems,
        {*content.ordinary_words, *MEASURE_WORDS, *vocabulary.symbols},
        SPOKEN,
    )
    usual = [
        *vocabulary.symbols,
        *normaliser.short_forms,
        *content.ordinary_words,
        *MEASURE_WORDS,
        ",",
        ".",
        "?",
    ]
    normaliser.prepare(usual, speller)
    vocabulary.prepare(usual)
    made = _Compiled(
        normaliser,
        speller,
        vocabulary,
        GuardPatterns(**{name: source.guard(nodes) for name, nodes in lists.items()}),
        frozenset(named),
        Wanted(source, read, {**named, **kinds}),
        Meter(
            content.numbers,
            {kind: source.compiled(nodes) for kind, nodes in kinds.items()},
            source.guard(not_readings),
            source.guard(beside),
        ),
    )
    screener = Screener(content, made)
    # Guards are automata that RE2 builds as it reads; some of the rules' own examples spare the first patients that wait.
    for rule in content.rules:
        screener(rule.examples.miss[0], Context())
    return screener


def _read_all(grammar: Grammar, phrases: Iterable[str]) -> list[Node]:
    return [grammar.read(phrase) for phrase in phrases]
