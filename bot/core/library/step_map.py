"""The steps of a module as a map: where each leads, from where one comes to it, and whether anybody does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bot.core.library.drafts import ModuleDraft, StepDraft
from bot.core.library.flow_checks import OUT, reach, ways_of
from bot.core.library.steps import CheckIn, Later

How = Literal["choice", "on", "later"]


@dataclass(frozen=True, slots=True)
class Way:
    """``to``: a step's id, or ``#end``, ``#menu``, ``module:<key>``, ``group:<key>``. ``how`` ``on``: it falls through."""

    to: str
    how: How
    label: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """One step. ``line`` to ``end``: where it stands in its file."""

    id: str
    title: str
    line: int
    end: int
    ways: tuple[Way, ...]
    reached_from: tuple[str, ...]
    reachable: bool
    check_ins: tuple[str, ...]


def step_map(module: ModuleDraft) -> tuple[Stop, ...]:
    """In the order of the page."""
    if not module.steps:
        return ()
    reached = reach(module.steps[0].id, ways_of(module, follow_ups=True))
    following = (*module.steps[1:], None)
    ways = {s.id: tuple(_ways(s, after)) for s, after in zip(module.steps, following, strict=True)}
    return tuple(
        Stop(
            id=step.id,
            title=step.title,
            line=step.at.line,
            end=after.at.line - 1 if after else 10**6,
            ways=ways[step.id],
            reached_from=tuple(s.id for s in module.steps if any(w.to == step.id for w in ways[s.id])),
            reachable=step.id in reached,
            check_ins=tuple(p.part.measure for p in step.parts if isinstance(p.part, CheckIn)),
        )
        for step, after in zip(module.steps, following, strict=True)
    )


def _ways(step: StepDraft, after: StepDraft | None) -> Iterator[Way]:
    for part in step.parts:
        how: How = "later" if isinstance(part.part, Later) else "choice"
        for link in part.links:
            to = link.what.to
            yield Way(to[1:] if to.startswith("#") and to not in OUT else to, how, link.what.label)
    if not step.ends:
        yield Way(after.id if after else "#end", "on")
