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
from bot.cli.verdicts import told
from bot.core.errors import Misuse
from bot.core.groups import verdict_on
from bot.core.library import Library
from bot.core.outcomes import Outcome, Pair, outcome_of, totals_of
from bot.core.posts import Suspicion
from bot.core.safety import Context, Screen, Tier, Worry, with_second_net
from bot.core.scoring import total_of
from bot.settings import read_settings

Jsonl = Annotated[bool, typer.Option("--jsonl", help="One JSON object a line on standard input.")]
Content = Annotated[Path | None, typer.Option("--content", help="The content folder to judge by.")]


def screen(
    text: Annotated[str | None, typer.Argument(help="One message, made up. Left out: lines of JSON.")] = None,
    condition: Annotated[
        list[str] | None, typer.Option("--condition", help="What its writer lives with, such as copd.")
    ] = None,
    state: Annotated[str, typer.Option(help="What had just been asked, such as safety_question.")] = "none",
    jsonl: Jsonl = True,
    content: Content = None,
) -> None:
    """What the safety rules, and where they are silent the second net, say of a TEXT, or of each {"text", "state"?, "conditions"?}."""
    library = _library(content)
    net = _Net(library)

    def judge(asked: dict[str, Any]) -> dict[str, Any]:
        context = Context(asked.get("state", "none"), frozenset(asked.get("conditions", ())))
        verdict = net.heard(asked["text"], context)
        hit = verdict.gravest
        return {
            "tier": verdict.tier.value,
            "category": hit.category if hit else None,
            "rule": hit.rule if hit else None,
        }

    if text is None:
        each(judge)
        return
    context = Context(state, frozenset(condition or ()))
    heard = library.safety.screen.heard_by(text, context)
    for line in told(net.heard(text, context), heard):
        typer.echo(line)


class _Net:
    """Both second nets, each loaded by the first text about which the screen's rules are silent."""

    def __init__(self, library: Library) -> None:
        self._library = library

    @cached_property
    def _ask(self) -> Callable[[str], Worry] | None:
        from bot.wiring import worry_of  # the house, and numpy

        return worry_of(self._library, encoder=read_settings().encoder)

    @cached_property
    def _suspect(self) -> Callable[[str], Suspicion] | None:
        from bot.wiring import suspicion_of  # as above

        return suspicion_of(self._library, encoder=read_settings().encoder)

    def suspicion(self, text: str) -> Suspicion | None:
        return self._suspect(text) if self._suspect else None

    def heard(self, text: str, context: Context) -> Screen:
        verdict = self._library.screen(text, context)
        if verdict.tier > Tier.NONE:
            return verdict
        worry = self._ask(text) if self._ask else None
        return with_second_net(verdict, worry, self._library.safety.second_net)


def post(jsonl: Jsonl = True, content: Content = None) -> None:
    """What a peer group would do with each {"text", "first_post"?}."""
    library = _library(content)
    net = _Net(library)

    def judge(asked: dict[str, Any]) -> dict[str, Any]:
        text, first = asked["text"], bool(asked.get("first_post"))
        verdict = net.heard(text, Context("group_post", group=True))
        suspicion = net.suspicion(text) if verdict.tier == Tier.NONE else None
        said, rule = verdict_on(text, verdict, library, suspicion, first_post=first)
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


def outcome(
    jsonl: Jsonl = True,
    total: Annotated[
        bool, typer.Option("--total", help="One line about all of them, small counts left blank.")
    ] = False,
    content: Content = None,
) -> None:
    """The official arithmetic for each {"first": {...}, "last": {...}, "contacts": n}."""
    rules = _library(content).policy.outcomes
    named = {"rules": f"{rules.name}:{rules.version}"}
    found: list[Outcome] = []

    def judge(asked: dict[str, Any]) -> dict[str, Any]:
        pair = Pair(asked["first"], asked["last"], asked.get("contacts", 0))
        found.append(outcome_of(pair, rules))
        return {**named, **found[-1]._asdict()}

    each(judge, silent=total)
    if total:
        typer.echo(json.dumps({**named, **totals_of(found, rules)._asdict()}))


def _library(content: Path | None) -> Library:
    settings = read_settings()
    return shipped_library(content or settings.content, packs=settings.measure_packs)


def each(judge: Callable[[dict[str, Any]], dict[str, Any]], *, silent: bool = False) -> None:
    for number, line in _lines():
        try:
            asked = json.loads(line)
            answer = judge(asked)
        except Misuse as error:
            raise Misuse(f"line {number}: {error}") from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Misuse(f"line {number} is not as this command expects it: see --help") from None
        if not silent:
            typer.echo(json.dumps(answer, ensure_ascii=False))


def _lines() -> Iterator[tuple[int, str]]:
    for number, line in enumerate(sys.stdin, 1):
        if line.strip():
            yield number, line
