"""C2: does every name in a block or a condition mean something, and can the condition ever hold?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf

from bot.core.library.drafts import ModuleDraft, PartDraft, Place, Placed
from bot.core.library.flow_checks import steps_after
from bot.core.library.headers import did_you_mean
from bot.core.library.limits import CONDITION, CONDITIONS, GOAL, PLACEHOLDERS, STEPS
from bot.core.library.meant import number_meant
from bot.core.library.measures import Measure
from bot.core.library.problems import Problem
from bot.core.library.steps import Ask, CheckIn, Compare, Do, Later, Say, Tell, When
from bot.core.reading import plain


@dataclass(frozen=True, slots=True)
class Names:
    """What a condition or a placeholder in one module may name."""

    measures: Mapping[str, Measure]
    uses: tuple[str, ...]
    """The measures that the front matter lists."""
    unread: frozenset[str]
    skeletons: frozenset[str]
    front: bool
    """Whether there is front matter that could be read."""
    asks: Mapping[str, Ask]


def naming_problems(
    module: ModuleDraft,
    uses: tuple[str, ...],
    measures: Mapping[str, Measure],
    unread: frozenset[str],
    skeletons: frozenset[str] = frozenset(),
) -> Iterator[Problem]:
    """``uses``: the measures that the front matter lists. ``unread``: those whose files could not be read.
    ``skeletons``: those whose words a pack would have to bring."""
    parts = [part for step in module.steps for part in step.parts]
    asks = {part.part.name: part.part for part in parts if isinstance(part.part, Ask)}
    names = Names(measures, uses, unread, skeletons, module.header is not None, asks)
    yield from _uses(module, names)
    seen: set[str] = set()
    for part in parts:
        yield from _named(part, names, seen)
        for compare in part.compares:
            yield from _compare(compare, names)
        for fill in part.fills:
            yield from _fill(fill, part, asks)
        yield from _filled_label(part)
    yield from _too_early(module, asks)


def _uses(module: ModuleDraft, names: Names) -> Iterator[Problem]:
    at = module.header.values["uses"].at if module.header and "uses" in module.header.values else module.at
    for measure in names.uses:
        yield from _known(measure, at, names)


def _known(measure: str, at: Place, names: Names) -> Iterator[Problem]:
    if measure in names.skeletons and measure not in names.unread:
        yield _without_pack(measure, at)
    elif measure not in names.measures and measure not in names.unread:
        yield at.problem("C206", f"there is no measure '{measure}'", did_you_mean(measure, names.measures))


def _without_pack(measure: str, at: Place) -> Problem:
    hint = f"put {measure}.yaml with its words into the folder that BOUNCEBACK_MEASURE_PACKS names"
    return at.problem("C219", f"'{measure}' needs your licensed pack", hint)


def _named(part: PartDraft, names: Names, seen: set[str]) -> Iterator[Problem]:
    for name in part.names:
        if isinstance(part.part, CheckIn):
            yield from _known(name.what, name.at, names)
            yield from _unlisted(name.what, name.at, names)
        elif isinstance(part.part, Do) and not name.what.startswith("action_"):
            hint = f"did you mean 'action_{name.what}'?"
            yield name.at.warning(
                "C220", f"an action's name begins with 'action_', unlike '{name.what}'", hint
            )
        elif isinstance(part.part, Ask):
            if name.what in seen:
                hint = "give each question a name of its own"
                yield name.at.problem("C215", f"'{name.what}' is asked twice", hint)
            if name.what in names.measures or name.what in (*PLACEHOLDERS, CONDITION):
                yield name.at.problem(
                    "C217", f"an answer cannot be called '{name.what}'", "choose another name"
                )
            seen.add(name.what)


def _unlisted(measure: str, at: Place, names: Names) -> Iterator[Problem]:
    if names.front and measure in names.measures and measure not in names.uses:
        hint = f"write uses: [{', '.join((*names.uses, measure))}] in the front matter"
        yield at.warning("C213", f"'uses' does not list '{measure}'", hint)


def _too_early(module: ModuleDraft, asks: Mapping[str, Ask]) -> Iterator[Problem]:
    """An answer is named where nobody can have given it yet."""
    if len(module.steps) > STEPS:
        return
    can_know: dict[str, set[str]] = {name: set() for name in asks}
    for step in module.steps:
        asked = {part.part.name for part in step.parts if isinstance(part.part, Ask)}
        following = steps_after(module, step.id) if asked else set()
        for name in asked:
            can_know[name] |= following
    for step in module.steps:
        asked = set()
        for part in step.parts:
            named = [(c.what.subject, c.at) for c in part.compares] + [(f.what, f.at) for f in part.fills]
            for name, at in named:
                if name in asks and name not in asked and step.id not in can_know[name]:
                    hint = "ask first, in this step or in one that leads here"
                    yield at.problem("C218", f"'{name}' has not been asked here yet", hint)
            if isinstance(part.part, Ask):
                asked.add(part.part.name)


def _fill(fill: Placed[str], part: PartDraft, asks: Mapping[str, Ask]) -> Iterator[Problem]:
    if fill.what in ("{{", "}}"):
        yield fill.at.problem("C209", f"'{fill.what}' stands alone", "write it like {{ first_name }}")
    elif fill.what not in asks and fill.what not in PLACEHOLDERS:
        hint = did_you_mean(fill.what, (*asks, *PLACEHOLDERS))
        yield fill.at.problem("C209", f"nothing is called '{fill.what}'", hint)
    elif isinstance(part.part, Tell):
        hint = "the team can open the conversation to see the answer"
        yield fill.at.problem("C212", "an alert cannot hold a patient's own words", hint)
    elif not isinstance(part.part, Say | Ask | When | Later):
        yield fill.at.problem("C212", "this cannot be filled in here", "use it in a paragraph")


def _filled_label(part: PartDraft) -> Iterator[Problem]:
    """Buttons and answers are shown as they stand; those of a Choose are reported by their placeholders."""
    hint = "use it in a paragraph"
    for link in part.links if isinstance(part.part, When | Later) else ():
        if "{{" in link.what.label:
            yield link.at.problem("C212", "a button cannot be filled in", hint)
    if isinstance(part.part, Ask) and any("{{" in option for option in part.part.options):
        yield part.at.problem("C212", "an answer to pick cannot be filled in", hint)


def _compare(placed: Placed[Compare], names: Names) -> Iterator[Problem]:
    compare, at = placed.what, placed.at
    if compare.subject in names.measures:
        yield from _unlisted(compare.subject, at, names)
        yield from _measured(compare, names.measures[compare.subject], at)
    elif compare.subject in names.asks:
        yield from _answer(compare, names.asks[compare.subject], at)
    elif compare.subject in names.skeletons:
        if compare.subject not in names.unread:
            yield _without_pack(compare.subject, at)
    elif compare.subject == GOAL and compare.how == "skipped":
        return
    elif compare.subject == CONDITION:
        yield from _option(compare, CONDITIONS[1:], at)
    elif compare.subject not in names.unread:
        hint = did_you_mean(compare.subject, (*names.measures, *names.asks, CONDITION))
        yield at.problem("C207", f"there is no measure and no answer '{compare.subject}'", hint)


def _measured(compare: Compare, measure: Measure, at: Place) -> Iterator[Problem]:
    if measure.scoring.method == "none" and compare.how != "skipped":
        hint = f"{measure.id} only asks: nothing of it is added up"
        yield at.problem("C208", "this score can never happen", hint)
    else:
        yield from _score(compare, measure.range, at)


def _score(compare: Compare, scale: tuple[float, float], at: Place) -> Iterator[Problem]:
    low, high = scale
    hint = f"{compare.subject} goes from {low:g} to {high:g}"
    if compare.how == "skipped":
        return
    if compare.how in ("rose", "fell"):
        if not 0 < (compare.low or 0) <= high - low:
            yield at.problem("C208", "this change can never happen", hint)
        return
    if compare.how == "is" and compare.low is None:
        hint = f"write, for example, {compare.subject} is {high if high < inf else 10:g} or less"
        if meant := number_meant(compare.word or ""):
            hint = f"write: {compare.subject} is {meant}"
        yield at.problem("C216", f"'{compare.word}' is not a score", hint)
        return
    least = low if compare.low is None else compare.low
    most = high if compare.high is None else compare.high
    if least > most or least > high or most < low:
        yield at.problem("C208", "this score can never happen", hint)


def _answer(compare: Compare, ask: Ask, at: Place) -> Iterator[Problem]:
    if compare.how == "skipped":
        return
    match ask.how:
        case "0 to 10" | "a number" if compare.how in ("rose", "fell"):
            yield at.problem(
                "C216", "only a measure's score can rise or fall", "compare the answer with a number"
            )
        case "0 to 10":
            yield from _score(compare, (0, 10), at)
        case "a number":
            yield from _score(compare, (0, inf), at)
        case "yes or no":
            yield from _option(compare, ("yes", "no"), at)
        case "pick one" | "pick any":
            yield from _option(compare, tuple(plain(option) for option in ask.options), at)
        case _:
            hint = f"write: {compare.subject} was skipped"
            yield at.problem("C216", f"'{compare.subject}' is answered {_said(ask)}, so only this fits", hint)


def _said(ask: Ask) -> str:
    return "with a date" if ask.how == "a date" else "in the patient's own words"


def _option(compare: Compare, options: tuple[str, ...], at: Place) -> Iterator[Problem]:
    if compare.how != "is" or compare.word not in options:
        said = f"'{compare.word}'" if compare.word else "a number"
        hint = did_you_mean(compare.word or "", options, f"the answers are: {', '.join(options)}")
        yield at.problem("C216", f"{said} is not an answer to '{compare.subject}'", hint)
