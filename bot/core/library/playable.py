"""What of a folder can be played while some of it is wrong: for a preview, never for patients."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.library.book import Library
from bot.core.library.build import Built, pages_in, what_there_is
from bot.core.library.drafts import Drafts
from bot.core.library.flow_checks import OUT
from bot.core.library.problems import Problem
from bot.core.library.steps import (
    MODULE_FOLDERS,
    Branch,
    CheckIn,
    Choose,
    Later,
    Link,
    Module,
    Part,
    Step,
    When,
)


def playable(drafts: Drafts, built: Built, last: Library | None) -> Library | None:
    """The library where all is well, else the pages without what leads nowhere; ``last`` was played before this.

    A page that has no step any more stays as it was in ``last``. Where another file than a page is wrong,
    the rest comes from ``last``. None: nothing can be played.
    """
    if built.library is not None:
        return built.library
    around = last if last is not None and _beside_pages(built.problems) else what_there_is(drafts) or last
    if around is None:
        return None
    modules = pages_in(drafts)
    for key, module in modules.items():
        if not module.steps and last is not None and key in last.modules:
            modules[key] = last.modules[key]
    known = _Known(around, modules)
    groups = {
        key: group.model_copy(update={"weeks": tuple(w for w in group.weeks if w in modules)})
        for key, group in around.groups.items()
    }
    there = {key: known.rest_of(module) for key, module in modules.items()}
    return around.model_copy(update={"modules": there, "groups": groups})


def _beside_pages(problems: Iterable[Problem]) -> bool:
    return any(p.level == "error" and not p.file.startswith(MODULE_FOLDERS) for p in problems)


class _Known:
    """What a page may lead to."""

    def __init__(self, library: Library, modules: dict[str, Module]) -> None:
        self._library = library
        self._targets = {f"module:{key}" for key, module in modules.items() if module.steps} | {
            f"group:{key}" for key in library.groups
        }

    def rest_of(self, module: Module) -> Module:
        """The module without links that lead nowhere and without measures that are not there."""
        targets = frozenset({*self._targets, *OUT, *(f"#{step.id}" for step in module.steps)})
        steps = tuple(
            Step(
                id=s.id, title=s.title, parts=tuple(p for part in s.parts for p in self._part(part, targets))
            )
            for s in module.steps
        )
        return module.model_copy(update={"steps": steps})

    def _part(self, part: Part, targets: frozenset[str]) -> tuple[Part, ...]:
        match part:
            case Choose(links=links):
                kept = _kept(links, targets)
                return (Choose(links=kept),) if kept else ()
            case When(branches=branches):
                return (When(branches=tuple(_branch(branch, targets) for branch in branches)),)
            case Later(links=links):
                return (part.model_copy(update={"links": _kept(links, targets)}),)
            case CheckIn(measure=measure) if measure not in self._library.measures:
                return ()
            case _:
                return (part,)


def _branch(branch: Branch, targets: frozenset[str]) -> Branch:
    return branch.model_copy(update={"links": _kept(branch.links, targets)})


def _kept(links: tuple[Link, ...], targets: frozenset[str]) -> tuple[Link, ...]:
    return tuple(link for link in links if link.to in targets)
