"""Which answers can still make a difference at each part of a module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.core.library import (
    AllOf,
    AnyOf,
    Ask,
    Branch,
    CheckIn,
    Choose,
    Compare,
    Condition,
    Later,
    Link,
    Module,
    Part,
    When,
)

Spot = tuple[str, int]
"""A step, and which of its parts."""


def alive_after(module: Module) -> Mapping[Spot, frozenset[str]]:
    """The answers and measures that are looked at behind a part before they are asked anew.

    There is a spot one behind the last part of each step, for whoever has read all of it.
    """
    following = {spot: tuple(_following(module, spot)) for spot in _spots(module)}
    before: dict[Spot, frozenset[str]] = dict.fromkeys(following, frozenset())
    changed = True
    while changed:
        changed = False
        for spot in reversed(following):
            part = _part(module, spot)
            behind = frozenset(name for to in following[spot] for name in before[to])
            found = _looked_at(part) | (behind - _asked_anew(part))
            changed = changed or found != before[spot]
            before[spot] = found
    return {
        spot: frozenset(name for to in following[spot] for name in before[to])
        - _asked_anew(_part(module, spot))
        for spot in following
    }


def _spots(module: Module) -> Iterator[Spot]:
    for step in module.steps:
        yield from ((step.id, at) for at in range(len(step.parts) + 1))


def _part(module: Module, spot: Spot) -> Part | None:
    step = module.step(spot[0])
    return step.parts[spot[1]] if step and spot[1] < len(step.parts) else None


def _following(module: Module, spot: Spot) -> Iterator[Spot]:
    part = _part(module, spot)
    if not isinstance(part, Later):  # it comes on another day
        for link in links_of(part):
            if module.step(to := link.to.removeprefix("#")):
                yield to, 0
    if part is None:
        if following := module.after(spot[0]):
            yield following.id, 0
    elif not isinstance(part, Choose):
        yield spot[0], spot[1] + 1


def links_of(part: Part | None) -> Iterator[Link]:
    match part:
        case Choose(links=links) | Later(links=links):
            yield from links
        case When(branches=branches):
            for branch in branches:
                yield from branch.links


def compares_of(part: Part | None) -> Iterator[Compare]:
    """Every comparison that a part makes."""
    held: tuple[Part | Branch | None, ...] = part.branches if isinstance(part, When) else (part,)
    for each in held:
        yield from _in(getattr(each, "when", None))


def moved(module: Module) -> frozenset[str]:
    """The measures of which the page asks whether they rose or fell: their earlier scores count as well."""
    parts = (part for step in module.steps for part in step.parts)
    return frozenset(c.subject for part in parts for c in compares_of(part) if c.how in ("rose", "fell"))


def _in(condition: Condition | None) -> Iterator[Compare]:
    match condition:
        case Compare():
            yield condition
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from _in(part)


def _looked_at(part: Part | None) -> frozenset[str]:
    return frozenset(compare.subject for compare in compares_of(part))


def _asked_anew(part: Part | None) -> frozenset[str]:
    match part:
        case Ask(name=name, when=None):
            return frozenset({name})
        case CheckIn(measure=measure, when=None):
            return frozenset({measure})
        case _:
            return frozenset()
