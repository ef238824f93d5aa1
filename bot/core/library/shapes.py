"""What of a page must be the same in every language: all but its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from bot.core.library.steps import (
    AllOf,
    AnyOf,
    Ask,
    Branch,
    CheckIn,
    Choose,
    Compare,
    Condition,
    Do,
    Exercise,
    Goals,
    Later,
    Link,
    Part,
    Picture,
    Say,
    Tell,
    When,
    plain_id,
)
from bot.core.reading import plain

NAMES = {
    "say": "a paragraph",
    "picture": "a picture",
    "choose": "a list of choices",
    "ask": "an 'ask' block",
    "check_in": "a 'check-in' block",
    "when": "a 'when' block",
    "tell": "a 'tell-therapist' block",
    "exercise": "an 'exercise' block",
    "goals": "a 'goals' block",
    "later": "a 'later' block",
    "do": "a 'do' block",
}
Asks = Mapping[str, Ask]
Shape = tuple[tuple[str, object], ...]


def shape(part: Part, asks: Asks) -> Shape:
    """Each thing that may not differ, with its name for an editor. ``asks``: the questions of the same page."""
    return tuple(_shape(part, asks))


def _shape(part: Part, asks: Asks) -> Iterator[tuple[str, object]]:
    match part:
        case Say() | Picture():
            return
        case Choose():
            yield "where its choices lead", leads(part.links)
        case Ask():
            yield "the name of the answer", part.name
            yield "the kind of answer", part.how
            yield "how many answers there are", len(part.options)
        case CheckIn():
            yield "the questionnaire", part.measure
        case When():
            yield "how many branches there are", len(part.branches)
        case Tell():
            yield "how soon the team is told", part.level
        case Exercise():
            yield "how long it lasts", part.seconds
            yield "how long its moves last", tuple(move.seconds for move in part.moves)
        case Goals():
            yield "how many are picked", part.many
            yield "how many goals there are", len(part.options)
        case Later():
            yield "when it comes", (part.after_s, part.rule, part.at)
            yield "how many paragraphs it has", len(part.says)
            yield "where its choices lead", leads(part.links)
        case Do():
            yield "the action", part.action
        case _:
            assert_never(part)
    yield "its condition", same_condition(getattr(part, "when", None), asks)


def branch_shape(branch: Branch, asks: Asks) -> Shape:
    return (
        ("its condition", same_condition(branch.when, asks)),
        ("how soon the team is told", branch.tell),
        ("how many paragraphs it has", len(branch.says)),
        ("where its choices lead", leads(branch.links)),
    )


def leads(links: tuple[Link, ...]) -> tuple[str, ...]:
    """A page's translation may link to the page itself or to its translation."""
    return tuple(link.to if link.to.startswith("#") else plain_id(link.to) for link in links)


def same_condition(condition: Condition | None, asks: Asks) -> object:
    """An answer to pick is named in the words of its page, so it counts by its place in the list."""
    match condition:
        case None:
            return None
        case AllOf() | AnyOf():
            return condition.kind, tuple(same_condition(part, asks) for part in condition.parts)
        case Compare():
            ask = asks.get(condition.subject)
            named = [plain(option) for option in ask.options] if ask else []
            word = condition.word
            where = named.index(word) if word in named else word
            return condition.subject, condition.how, condition.low, condition.high, where
        case _:
            assert_never(condition)
