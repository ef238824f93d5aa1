"""How much was checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.library.drafts import Drafts, ModuleDraft
from bot.core.library.problems import Problem


@dataclass(frozen=True, slots=True)
class Size:
    """``choices``: the buttons that lead on, also those of follow-ups."""

    steps: int = 0
    choices: int = 0


@dataclass(frozen=True, slots=True)
class Looked:
    """What a check of some files came to."""

    problems: tuple[Problem, ...]
    files: int
    size: Size


def sizes(drafts: Drafts) -> dict[str, Size]:
    """Of each file that was read."""
    modules = {module.at.file: _size(module) for module in drafts.modules}
    return {file: modules.get(file, Size()) for file in (*drafts.files, *modules)}


def altogether(parts: Iterable[Size]) -> Size:
    held = list(parts)
    return Size(sum(part.steps for part in held), sum(part.choices for part in held))


def _size(module: ModuleDraft) -> Size:
    return Size(len(module.steps), sum(len(step.links) for step in module.steps))
