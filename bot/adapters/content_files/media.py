"""Pictures, sounds and films that a module shows: are they there, inside the folder?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.core.library.drafts import ModuleDraft
from bot.core.library.problems import Problem
from bot.core.library.steps import Picture

_FILMS = (".mp4", ".webm")


def media_problems(module: ModuleDraft, folder: Path) -> Iterator[Problem]:
    home = folder.resolve()
    for part in (part for step in module.steps for part in step.parts):
        if not isinstance(part.part, Picture) or ":" in part.part.source:
            continue
        path = (folder / part.part.source).resolve()
        if not path.is_relative_to(home):
            yield part.at.problem(
                "C003", "this leads out of the content folder", "put the file beside the module"
            )
        elif not path.is_file():
            yield part.at.problem("C311", f"there is no file '{part.part.source}'", "check its name")
        elif path.suffix in _FILMS and not path.with_suffix(".vtt").is_file():
            yield part.at.problem(
                "C312", "the film has no captions", "put a .vtt file of the same name beside it"
            )
