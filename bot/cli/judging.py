"""Asking the rules, one JSON line in and one out: screen, post, score, outcome. Nothing is kept."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.authoring import shipped_library
from bot.core.errors import Misuse
from bot.core.groups import verdict_on
from bot.core.library import Library
from bot.core.outcomes import Pair, outcome_of
from bot.core.safety import Context, Tier, Worry, with_second_net
from bot.core.scoring import total_of
from bot.settings import read_settings

Jsonl = Annotated[bool, typer.Option("--jsonl", help="One JSON object a line on standard input.")]
Content = Annotated[Path | None, typer.Option("--content", help="The content folder to judge by.")]


def screen(jsonl: Jsonl = True, content: Content = None) -> None:
    """What the safety rules, and where they are silent the second net, say of each {"text", "state"?, "conditions"?}."""
    library = _library(content)
    net = _Net(library)

    def judge(asked: dict[str, Any]) -> dict[str, Any]:
        context = Context(asked.get("state", "none"), frozenset(asked.get("conditions", ())))
        verdict = library.screen(asked["text"], context)
        if verdict.tier == Tier.NONE and not _is_an_answer(context.state):
            verdict = with_second_net(verdict, net.worry(asked["text"]), library.safety.second_net)
        hit = verdict.gravest
        return {
            "tier": verdict.tier.value,
            "category": hit.category if hit else None,
            "rule": hit.rule if hit else None,
        }

    each(judge)


class _Net:
    """Loaded by the first text about which the rules are silent."""

    def __init__(self, library: Library) -> None:
        self._library = library

    @cached_property
    def _ask(self) -> Callable[[str], Worry] | None:
        from bot.wiring import worry_of  # the house, and numpy

        return worry_of(self._library, encoder=read_settings().encoder)

    def worry(self, text: str) -> Worry | None:
        return self._ask(text) if self._ask else None


def _is_an_answer(state: str) -> bool:
    """About these the rules hear every answer that is not a plain one."""
    return state in ("safety_question", "measure:phq9.9")


def post(jsonl: Jsonl = True, content: Content = None) -> None:
    """What a peer group would do with each {"text", "first_post"?}."""
    library = _library(content)

    def judge(asked: dict[str, Any]) -> dict[str, Any]:
        verdict = library.screen(asked["text"], Context("group_post", group=True))
        longest = library.policy.groups.max_characters
        said, rule = verdict_on(
            asked["text"], verdict, first_post=bool(asked.get("first_post")), longest=longest
        )
        return {"verdict": said, "rule": rule or None}

    each(judge)


def score(jsonl: Jsonl = True, content: Content = None) -> None:
    """Add up each {"measure", "answers": [...]}; null is a skipped item."""
    library = _library(content)

    def judge(asked: dict[str, Any]) -> dict[str, Any]:
        measure = library.measures.get(asked["measure"])
        if measure is None:
            raise Misuse(
                f"there is no measure '{asked['measure']}'. There are: {', '.join(library.measures)}"
            )
        if len(asked["answers"]) != len(measure.items):
            raise Misuse(f"{measure.id} has {len(measure.items)} items")
        answers = {i.id: a for i, a in zip(measure.items, asked["answers"], strict=True)}
        try:
            total = total_of(measure, answers)
        except ValueError as error:
            raise Misuse(str(error)) from None
        return {
            "total": total.total,
            "band": total.band.name if total.band else None,
            "case": total.case,
            "complete": total.complete,
        }

    each(judge)


def outcome(jsonl: Jsonl = True, content: Content = None) -> None:
    """The official arithmetic for each {"first": {...}, "last": {...}, "contacts": n}."""
    rules = _library(content).policy.outcomes

    def judge(asked: dict[str, Any]) -> dict[str, Any]:
        pair = Pair(asked["first"], asked["last"], asked.get("contacts", 0))
        return outcome_of(pair, rules)._asdict()

    each(judge)


def _library(content: Path | None) -> Library:
    settings = read_settings()
    return shipped_library(content or settings.content, packs=settings.measure_packs)


def each(judge: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    for number, line in _lines():
        try:
            asked = json.loads(line)
            answer = judge(asked)
        except Misuse as error:
            raise Misuse(f"line {number}: {error}") from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Misuse(f"line {number} is not as this command expects it: see --help") from None
        typer.echo(json.dumps(answer, ensure_ascii=False))


def _lines() -> Iterator[tuple[int, str]]:
    for number, line in enumerate(sys.stdin, 1):
        if line.strip():
            yield number, line
