"""C2: an answer can be skipped, so a text that puts it in has to say what is said then."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.library.drafts import ModuleDraft, PartDraft, Place
from bot.core.library.problems import Problem
from bot.core.library.steps import AllOf, AnyOf, Ask, Compare, Condition


def skip_problems(module: ModuleDraft) -> Iterator[Problem]:
    parts = [part for step in module.steps for part in step.parts]
    asked = {part.part.name for part in parts if isinstance(part.part, Ask)}
    for part in parts:
        for fill in part.fills:
            if fill.what in asked and not _answered(part, fill.what, fill.at):
                message = f"'{fill.what}' can be skipped, and then there is nothing to put in here"
                hint = f"put it into 'otherwise', behind ::: when {fill.what} was skipped"
                yield fill.at.warning("C221", message, hint)


def _answered(part: PartDraft, name: str, at: Place) -> bool:
    """Whether whoever gets to read this has given the answer."""
    before = [branch for branch in part.branches if branch.at.line <= at.line]
    if not before:
        return _needs(getattr(part.part, "when", None), name)
    *earlier, own = [branch.what.when for branch in before]
    return _needs(own, name) or any(_takes_who_skipped(condition, name) for condition in earlier)


def _needs(condition: Condition | None, name: str) -> bool:
    match condition:
        case Compare(subject=subject, how=how):
            return subject == name and how != "skipped"
        case AllOf(parts=parts):
            return any(_needs(part, name) for part in parts)
        case AnyOf(parts=parts):
            return all(_needs(part, name) for part in parts)
        case _:
            return False


def _takes_who_skipped(condition: Condition | None, name: str) -> bool:
    match condition:
        case Compare(subject=subject, how=how):
            return subject == name and how == "skipped"
        case AnyOf(parts=parts):
            return any(_takes_who_skipped(part, name) for part in parts)
        case _:
            return False
