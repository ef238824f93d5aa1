"""The problems of a folder, or of one file, as its folder knows the names that it uses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from bot.adapters.content_files.files import File, read_bytes
from bot.adapters.content_files.folder import read_drafts
from bot.adapters.content_files.names import Name
from bot.adapters.content_files.pages import read_module
from bot.adapters.content_files.proven import is_proven, note_proven
from bot.core.library.build import build
from bot.core.library.drafts import Drafts, Place
from bot.core.library.limits import FILE_BYTES
from bot.core.library.problems import Problem

_ROOMS = ("modules", "groups", "measures", "policy", "safety", "texts", "understanding")
_DESK = "modules/everybody"


def check(
    path: Path,
    *,
    around: Path = Path("content"),
    today: date | None = None,
    data: Path | None = None,
) -> tuple[Problem, ...]:
    """The whole folder, or one file or part of it. A page that lies elsewhere is read as a new module of ``around``.

    ``data``: a data folder, where it is noted that the safety rules keep their examples.
    ``Problem.file`` is relative to ``content_folder(path)``, or to the folder of a page that lies elsewhere.
    Raises FileNotFoundError if there is no such path.
    """
    if not path.exists():
        raise FileNotFoundError(path)
    folder, day = content_folder(path), today or datetime.now(UTC).date()
    if folder is None:
        return _loose(path, around, day)
    problems = _whole(folder, day, data)
    wanted = path.resolve().relative_to(folder.resolve()).as_posix()
    if wanted == ".":
        return problems
    return tuple(p for p in problems if p.file == wanted or p.file.startswith(f"{wanted}/"))


def _whole(folder: Path, today: date, data: Path | None) -> tuple[Problem, ...]:
    drafts = read_drafts(folder)
    if data is not None and drafts.safety and is_proven(drafts, data):
        drafts = replace(drafts, safety=replace(drafts.safety, proven=True))
    problems = build(drafts, today=today).problems
    if data is not None and drafts.safety and not any(p.code.startswith("C6") for p in problems):
        note_proven(drafts, data)
    return problems


def content_folder(path: Path) -> Path | None:
    """The folder itself, or the one around a file or folder of content."""
    for folder in (path, *path.absolute().parents):
        if folder.is_dir() and any((folder / room).is_dir() for room in _ROOMS):
            return folder
        if folder.name in _ROOMS and folder.is_dir():
            return folder.parent
        if (folder / ".git").exists():
            break
    return None


def _loose(path: Path, around: Path, today: date) -> tuple[Problem, ...]:
    drafts = read_drafts(around) if around.is_dir() else Drafts()
    paths = sorted(path.glob("*.md")) if path.is_dir() else [path]
    found: list[Problem] = []
    for page in paths:
        found += _page(page, drafts, today)
    if not paths:
        found.append(Place(".").problem("C001", "there is no content in this folder"))
    return tuple(found)


def _page(path: Path, drafts: Drafts, today: date) -> list[Problem]:
    if path.suffix != ".md":
        hint = "only Markdown pages can be checked on their own"
        return [Place(path.name).problem("C006", "this file is in no content folder", hint)]
    stem, _, language = path.stem.rpartition(".")
    name = Name("module", f"everybody/{stem or language}", language if stem else "en")
    with path.open("rb") as opened:
        file = read_bytes(opened.read(FILE_BYTES + 1), f"{_DESK}/{path.name}")
    if not isinstance(file, File):
        return [file.model_copy(update={"file": path.name})]
    draft, problems = read_module(file, name)
    built = build(replace(drafts, modules=(*drafts.modules, draft), problems=problems), today=today)
    return [p.model_copy(update={"file": path.name}) for p in built.problems if p.file == file.name]
