"""Content check C6: every rule keeps the promises of its own examples, and no nation's signposting lacks its numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from bot.core.safety.content import Nation, Rule, SafetyContent
from bot.core.safety.phrases import PhraseError
from bot.core.safety.screen import Screener
from bot.core.safety.signposts import signposting
from bot.core.safety.verdict import Context


@dataclass(frozen=True)
class ExampleProblem:
    """`rule` is the rule, list or nation at fault."""

    rule: str
    message: str
    hint: str


def example_problems(content: SafetyContent) -> list[ExampleProblem]:
    """Everything wrong with this content; an empty list means it may be published."""
    problems = [*_signpost_problems(content), *_twice(content)]
    try:
        screener = content.screen
    except PhraseError as wrong:
        return [
            *problems,
            ExampleProblem("patterns", str(wrong), "Correct the phrase; see the list of signs it may use."),
        ]
    for rule in content.rules:
        problems.extend(_rule_problems(rule, screener))
    return problems


def _rule_problems(rule: Rule, screener: Screener) -> Iterator[ExampleProblem]:
    context = Context(rule.states[0] if rule.states else "none", frozenset(rule.conditions[:1]))
    for example in rule.examples.hit:
        spoken = [hit for hit in screener(example, context).hits if hit.rule == rule.id]
        if not spoken:
            yield ExampleProblem(
                rule.id, f"should catch “{example}” and does not", "Widen a pattern or loosen a guard."
            )
        elif max(hit.tier.rank for hit in spoken) < rule.tier.rank:
            yield ExampleProblem(rule.id, f"catches “{example}” too softly", "A guard applies: see which.")
    for example in rule.examples.miss:
        if any(hit.rule == rule.id for hit in screener(example, context).hits):
            yield ExampleProblem(
                rule.id, f"should leave “{example}” alone", "Narrow a pattern or add a guard."
            )


def _twice(content: SafetyContent) -> Iterator[ExampleProblem]:
    seen: set[str] = set()
    for rule in content.rules:
        if rule.id in seen:
            yield ExampleProblem(rule.id, "two rules have this name", "Give one of them another id.")
        seen.add(rule.id)


def _signpost_problems(content: SafetyContent) -> Iterator[ExampleProblem]:
    for nation in get_args(Nation):
        lines = signposting(content, nation).lines
        if not any(line.purpose == "crisis" for line in lines):
            yield ExampleProblem(nation, "has no crisis line", "Every nation needs one.")
        if not any(line.purpose == "emergency" for line in lines):
            yield ExampleProblem(nation, "has no emergency line", "Every nation needs 999.")
        for line in lines:
            if line.number not in line.text or not any(sign.isdigit() for sign in line.number):
                yield ExampleProblem(
                    nation, f"“{line.text}” lacks its number", "Write the number into the text."
                )
