"""Content check C6: every rule keeps the promises of its own examples, and no nation's signposting lacks its numbers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from bot.core.safety.content import Nation, Rule, SafetyContent
from bot.core.safety.phrases import PhraseError
from bot.core.safety.screen import Screener
from bot.core.safety.signposts import signposting
from bot.core.safety.verdict import Context

Path = tuple[str | int, ...]
_SIGNS = "use words, (one|other), [perhaps], <group>, ... and & # ^ $; close every bracket"


@dataclass(frozen=True)
class ExampleProblem:
    """`rule` is the rule, list or nation at fault, `path` where in the content it stands: ("rules", 3, "examples")."""

    rule: str
    message: str
    hint: str
    path: Path = ()


def example_problems(content: SafetyContent) -> list[ExampleProblem]:
    """Everything wrong with this content; an empty list means it may be published."""
    problems = [*_signpost_problems(content), *_twice(content)]
    try:
        screener = content.screen
        screener.complete()
        if content.held.wording:
            content.held.wording.complete()
    except PhraseError as wrong:
        return [
            *problems,
            ExampleProblem("patterns", str(wrong), _SIGNS, _quoted(str(wrong), content)),
        ]
    for n, rule in enumerate(content.rules):
        problems.extend(_rule_problems(rule, screener, ("rules", n, "examples")))
    if content.posts:
        from bot.core.posts.examples import broken_promises  # which is written over this package

        problems.extend(ExampleProblem(*each) for each in broken_promises(content.posts, content.held))
    return problems


def _quoted(message: str, content: SafetyContent) -> Path:
    """Where the phrase stands that the message names first."""
    named = [
        (message.find(f"“{text}”"), path)
        for path, text in _texts(content.model_dump(), ())
        if text in message
    ]
    return min((found for found in named if found[0] >= 0), default=(0, ()))[1]


def _texts(held: object, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(held, str):
        yield path, held
    elif isinstance(held, Mapping):
        for key, value in held.items():
            yield from _texts(value, (*path, key))
    elif isinstance(held, tuple | list):
        for n, value in enumerate(held):
            yield from _texts(value, (*path, n))


def _rule_problems(rule: Rule, screener: Screener, path: Path) -> Iterator[ExampleProblem]:
    context = Context(rule.states[0] if rule.states else "none", frozenset(rule.conditions[:1]))
    for n, example in enumerate(rule.examples.hit):
        spoken = [hit for hit in screener(example, context).hits if hit.rule == rule.id]
        if not spoken:
            said, hint = f"should catch “{example}” and does not", "widen a pattern or loosen a guard"
            yield ExampleProblem(rule.id, said, hint, (*path, "hit", n))
        elif max(hit.tier.rank for hit in spoken) < rule.tier.rank:
            hint = "one of the rule's guards softens it: take that guard away, or another example"
            yield ExampleProblem(rule.id, f"catches “{example}” too softly", hint, (*path, "hit", n))
    for n, example in enumerate(rule.examples.hint):
        heard = screener(example, context)
        if not heard.hits and not any(hit.rule == rule.id for hit in heard.hints):
            said, hint = f"should take “{example}” as a hint and does not", "widen one of its hints"
            yield ExampleProblem(rule.id, said, hint, (*path, "hint", n))
    for n, example in enumerate(rule.examples.miss):
        heard = screener(example, context)
        if any(hit.rule == rule.id for hit in (*heard.hits, *heard.hints)):
            hint = "narrow a pattern or add a guard"
            yield ExampleProblem(rule.id, f"should leave “{example}” alone", hint, (*path, "miss", n))


def _twice(content: SafetyContent) -> Iterator[ExampleProblem]:
    seen: set[str] = set()
    for n, rule in enumerate(content.rules):
        if rule.id in seen:
            hint = "give one of them another id"
            yield ExampleProblem(rule.id, "two rules have this name", hint, ("rules", n, "id"))
        seen.add(rule.id)


def _signpost_problems(content: SafetyContent) -> Iterator[ExampleProblem]:
    at = {held.nation: n for n, held in reversed([*enumerate(content.signposting)])}
    for nation in get_args(Nation):
        lines = signposting(content, nation).lines
        path: Path = ("signposting", at[nation]) if nation in at else ("signposting",)
        for purpose, hint in (("crisis", "every nation needs one"), ("emergency", "every nation needs 999")):
            if not any(line.purpose == purpose for line in lines):
                yield ExampleProblem(nation, f"has no {purpose} line", hint, path)
    for n, held in enumerate(content.signposting):
        for m, line in enumerate(held.lines):
            if line.number not in line.text or not any(sign.isdigit() for sign in line.number):
                message, hint = (
                    f"“{line.text}” lacks its number",
                    f"write the number into the text: {line.number}",
                )
                yield ExampleProblem(held.nation, message, hint, ("signposting", n, "lines", m, "text"))
