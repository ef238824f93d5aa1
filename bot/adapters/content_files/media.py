"""Pictures, sounds and films that a module shows: are they there, inside the folder, and harmless?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.adapters.content_files.svg import svg_problems
from bot.core.library.drafts import ModuleDraft, Place
from bot.core.library.limits import FILE_BYTES
from bot.core.library.problems import Problem
from bot.core.library.steps import Picture

_FILMS = (".mp4", ".webm")


def media_problems(module: ModuleDraft, folder: Path) -> Iterator[Problem]:
    home = folder.resolve()
    for part in (part for step in module.steps for part in step.parts):
        if isinstance(part.part, Picture) and ":" not in part.part.source:
            yield from _file(part.part.source, part.at, home)


def _file(source: str, at: Place, home: Path) -> Iterator[Problem]:
    path = _inside(home, source)
    if path is None:
        yield at.problem("C003", "this leads out of the content folder", "put the file beside the module")
    elif not path.is_file():
        hint = "check its name, and that it lies in the folder media beside the module"
        yield at.problem("C311", f"there is no file '{source}'", hint)
    elif path.suffix.lower() in _FILMS and not path.with_suffix(".vtt").is_file():
        hint = "put a .vtt file of the same name beside it"
        yield at.problem("C312", "the film has no captions", hint)
    elif path.suffix.lower() == ".svg":
        with path.open("rb") as opened:
            yield from svg_problems(opened.read(FILE_BYTES + 1), source)


def _inside(home: Path, source: str) -> Path | None:
    try:
        path = (home / source).resolve()
    except (OSError, RuntimeError, ValueError):  # a link that leads to itself, or a name that is none
        return None
    return path if path.is_relative_to(home) else None
