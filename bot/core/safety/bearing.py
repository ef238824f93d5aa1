"""What holds the rules up: which patterns and phrases could be taken away without any example noticing."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.safety.content import Guards, Rule, SafetyContent
from bot.core.safety.examples import example_problems
from bot.core.safety.verdict import Context


@dataclass(frozen=True)
class Idle:
    """A part that no example holds. `of`: a rule, or a list of guards."""

    of: str
    part: str


def context_of(rule: Rule) -> Context:
    """In which its examples are judged."""
    return Context(rule.states[0] if rule.states else "none", frozenset(rule.conditions[:1]))


def unheld_rules(content: SafetyContent) -> list[str]:
    """Rules whose examples would all be heard as loudly without them."""
    return [
        rule.id for rule in content.rules if all(_others(content, rule, text) for text in rule.examples.hit)
    ]


def _others(content: SafetyContent, rule: Rule, text: str) -> bool:
    hits = content.screen(text, context_of(rule)).hits
    return any(hit.rule != rule.id and hit.tier >= rule.tier for hit in hits)


def unheld_patterns(content: SafetyContent, rule: Rule) -> list[Idle]:
    """Patterns that are never the only one by which the rule hears an example."""
    heard = [
        content.screen.heard_by(text, context_of(rule)).get(rule.id, set()) for text in rule.examples.hit
    ]
    held = set().union(*(by for by in heard if len(by) == 1))
    return [Idle(rule.id, pattern) for pattern in rule.patterns if pattern not in held]


def guard_phrases(content: SafetyContent) -> Iterator[tuple[str, int]]:
    for name in Guards.model_fields:
        for number in range(len(getattr(content.guards, name))):
            yield name, number


def unheld_phrase(content: SafetyContent, name: str, number: int) -> Idle | None:
    """The phrase of a list of guards, if all examples of all rules hold without it. Compiles the whole screen."""
    phrases = getattr(content.guards, name)
    fewer = content.guards.model_copy(update={name: (*phrases[:number], *phrases[number + 1 :])})
    without = content.model_copy(update={"guards": fewer})
    return None if example_problems(without) else Idle(name, phrases[number])
