"""What is another between two libraries, in an editor's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from pydantic import BaseModel

from bot.core.library.book import Library
from bot.core.library.measures import Measure
from bot.core.library.steps import Module

Kind = Literal["module", "measure", "group", "text", "policy", "safety", "understanding"]
How = Literal["added", "removed", "changed"]


class Change(NamedTuple):
    """``parts``: what of it is another: steps as ``#step``, sentences, fields; empty for all of it."""

    kind: Kind
    id: str
    how: How
    parts: tuple[str, ...] = ()

    def told(self) -> str:
        parts = f": {', '.join(self.parts)}" if self.parts else ""
        return f"{self.kind} {self.id} {self.how}{parts}"


def differences(before: Library, after: Library) -> tuple[Change, ...]:
    """In the order of their kinds, then of their names. None where both are one release."""
    return tuple(_differences(before, after))


def _differences(before: Library, after: Library) -> Iterator[Change]:
    for module, how in _by_id(before.modules, after.modules):
        steps = _steps(before.modules[module], after.modules[module]) if how == "changed" else ()
        yield Change("module", module, how, steps)
    for measure, how in _by_id(before.measures, after.measures):
        fields = _measure(before.measures[measure], after.measures[measure]) if how == "changed" else ()
        yield Change("measure", measure, how, fields)
    for group, how in _by_id(before.groups, after.groups):
        fields = _fields(before.groups[group], after.groups[group]) if how == "changed" else ()
        yield Change("group", group, how, fields)
    for language in sorted(before.texts.keys() | after.texts.keys()):
        keys = tuple(k for k, _ in _by_id(before.texts.get(language, {}), after.texts.get(language, {})))
        if keys:
            yield Change("text", language, "changed", keys)
    if fields := _fields(before.policy, after.policy):
        yield Change("policy", "policy", "changed", fields)
    if fields := _fields(before.safety, after.safety):
        yield Change("safety", "safety", "changed", fields)
    if before.alike != after.alike:
        yield Change("understanding", "words that mean the same", "changed")
    if intents := tuple(i for i, _ in _by_id(before.understanding, after.understanding)):
        yield Change("understanding", "examples", "changed", intents)
    if kinds := tuple(i for i, _ in _by_id(before.second_net, after.second_net)):
        yield Change("understanding", "examples of the second net", "changed", kinds)
    if kinds := tuple(i for i, _ in _by_id(before.posts, after.posts)):
        yield Change("understanding", "examples of posts", "changed", kinds)


def _by_id(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[tuple[str, How]]:
    for name in sorted(before.keys() | after.keys()):
        if name not in before:
            yield name, "added"
        elif name not in after:
            yield name, "removed"
        elif before[name] != after[name]:
            yield name, "changed"


def _steps(before: Module, after: Module) -> tuple[str, ...]:
    """Its steps, and of what stands above them the fields."""
    old, new = ({s.id: s for s in module.steps} for module in (before, after))
    steps = [f"#{step} {how}" for step, how in _by_id(old, new)]
    if not steps and [*old] != [*new]:
        steps = ["steps in another order"]
    return (*(f for f in _fields(before, after) if f != "steps"), *steps)


def _measure(before: Measure, after: Measure) -> tuple[str, ...]:
    fields = _fields(before, after)
    if "version" in fields:
        return (f"version {before.version} to {after.version}", *(f for f in fields if f != "version"))
    return fields


def _fields(before: BaseModel, after: BaseModel) -> tuple[str, ...]:
    named = type(before).model_fields
    return tuple(name for name in named if getattr(before, name) != getattr(after, name))
