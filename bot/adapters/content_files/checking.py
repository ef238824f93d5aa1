"""The problems of a folder, or of one file, as its folder knows the names that it uses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from bot.adapters.content_files.files import File, read_bytes
from bot.adapters.content_files.folder import read_drafts
from bot.adapters.content_files.names import Name
from bot.adapters.content_files.noted import Found, mark_of, note, noted
from bot.adapters.content_files.pages import read_module
from bot.adapters.content_files.proven import is_proven, note_proven
from bot.core.library.build import Built, build
from bot.core.library.drafts import Drafts, Place
from bot.core.library.limits import FILE_BYTES
from bot.core.library.problems import Problem
from bot.core.library.size import Looked, Size, altogether

_ROOMS = ("modules", "answers", "groups", "measures", "policy", "safety", "texts", "understanding")
_DESK = "modules/everybody"


def look(
    path: Path,
    *,
    around: Path = Path("content"),
    today: date | None = None,
    data: Path | None = None,
    packs: Path | None = None,
) -> Looked:
    """The whole folder, or one file or part of it. A page that lies elsewhere is read as a new module of ``around``.

    ``data``: a data folder, where it is noted what was found, and that the safety rules keep their examples.
    ``Problem.file`` is relative to ``content_folder(path)``, or to the folder of a page that lies elsewhere.
    Raises FileNotFoundError if there is no such path.
    """
    if not path.exists():
        raise FileNotFoundError(path)
    folder, day = content_folder(path), today or datetime.now(UTC).date()
    if folder is None:
        return _loose(path, (around, packs), day)
    found = _found(folder, packs, day, data)
    wanted = path.resolve().relative_to(folder.resolve()).as_posix()
    problems = tuple(p for p in found.problems if _under(wanted, p.file))
    read = [size for file, size in found.read.items() if _under(wanted, file)]
    if not read and not problems:
        hint = "give a page, a file of the folders measures, policy, safety and so on, or the whole folder"
        problems = (Place(wanted).problem("C006", "nothing here is read as content", hint),)
    return Looked(problems, len(read), altogether(read))


def _under(wanted: str, file: str) -> bool:
    return wanted in (".", file) or file.startswith(f"{wanted}/")


def _found(folder: Path, packs: Path | None, today: date, data: Path | None) -> Found:
    if data is None:
        built = _whole(folder, packs, today, None)
        return Found(built.problems, dict(built.read))
    mark = mark_of(folder, packs, today)
    found = noted(data, mark)
    if found is None:
        built = _whole(folder, packs, today, data)
        found = Found(built.problems, dict(built.read))
        if mark == mark_of(folder, packs, today):  # it may have changed while it was read
            note(data, mark, found)
    return found


def _whole(folder: Path, packs: Path | None, today: date, data: Path | None) -> Built:
    drafts = read_drafts(folder, packs)
    if data is not None and drafts.safety and is_proven(drafts, data):
        drafts = replace(drafts, safety=replace(drafts.safety, proven=True))
    built = build(drafts, today=today)
    if data is not None and drafts.safety and not any(p.code.startswith("C6") for p in built.problems):
        note_proven(drafts, data)
    return built


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


def _loose(path: Path, beside: tuple[Path, Path | None], today: date) -> Looked:
    around, packs = beside
    drafts = read_drafts(around, packs) if around.is_dir() else Drafts()
    paths = sorted(path.glob("*.md")) if path.is_dir() else [path]
    if not paths:
        hint = "give the folder of a page"
        nothing = Place(".").problem("C001", "there is no content in this folder", hint)
        return Looked((nothing,), 0, Size())
    looked = [_page(page, drafts, today) for page in paths]
    problems = tuple(problem for each in looked for problem in each.problems)
    return Looked(problems, len(paths), altogether(each.size for each in looked))


def _page(path: Path, drafts: Drafts, today: date) -> Looked:
    if path.suffix != ".md":
        hint = "only Markdown pages can be checked on their own"
        return _one(Place(path.name).problem("C006", "this file is in no content folder", hint))
    stem, _, language = path.stem.rpartition(".")
    name = Name("module", f"everybody/{stem or language}", language if stem else "en")
    with path.open("rb") as opened:
        file = read_bytes(opened.read(FILE_BYTES + 1), f"{_DESK}/{path.name}")
    if not isinstance(file, File):
        return _one(file.model_copy(update={"file": path.name}))
    draft, problems = read_module(file, name)
    built = build(replace(drafts, modules=(*drafts.modules, draft), problems=problems), today=today)
    found = (p.model_copy(update={"file": path.name}) for p in built.problems if p.file == file.name)
    return Looked(tuple(found), 1, built.read[file.name])


def _one(problem: Problem) -> Looked:
    return Looked((problem,), 1, Size())
