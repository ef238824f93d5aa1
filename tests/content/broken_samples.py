"""The samples of ``tests/content/broken`` as folders of content, and what each must be found to be."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from drafting import BYE, CONTENT, FRONT, TODAY
from few_pages import WITHOUT_COURSES

from bot.adapters.content_files import read_library
from bot.adapters.content_files.yaml import Document, read_yaml
from bot.core.library.drafts import Place
from bot.core.library.problems import Problem

BROKEN = Path(__file__).with_name("broken")
PAGE = "modules/copd/page.en.md"
ANSWER = "answers/copd/page.en.md"
MARK = "▶"
UNSIGNED = "C402"
"""Of the shipped content that the samples stand in."""

_PICTURE = "![A picture](media/picture.svg)"
_CODES = re.compile(r"C\d{3}(?:\+C\d{3})*")


@dataclass(frozen=True)
class Sample:
    """``text``: the file as it is checked. ``expected``: ``FILE:LINE:COLUMN CODE`` of each problem."""

    name: str
    file: str
    text: str
    expected: tuple[str, ...]


def whole_folder(path: Path) -> Path:
    """Content without a fault: the shipped data, small safety rules, one page with its picture."""
    for room in ("measures", "groups", "policy", "texts", "understanding"):
        shutil.copytree(CONTENT / room, path / room, ignore=WITHOUT_COURSES)
    (path / "texts/pl.yaml").unlink()  # each English sentence stands alone here
    shutil.copytree(BROKEN / "safety", path / "safety")
    (path / "modules/copd/media").mkdir(parents=True)
    (path / ANSWER).parent.mkdir(parents=True)
    (path / PAGE).write_text(FRONT + "Hello." + BYE, encoding="utf-8")
    (path / "modules/copd/media/walk.svg").write_text("<svg/>", encoding="utf-8")
    (path / "modules/copd/media/walk.mp4").write_bytes(b"")
    return path


def found_in(folder: Path) -> tuple[Problem, ...]:
    return tuple(p for p in read_library(folder, today=TODAY).problems if p.code != UNSIGNED)


def told(problem: Problem) -> str:
    return f"{problem.file}:{problem.line}:{problem.column} {problem.code}"


@cache
def samples() -> tuple[Sample, ...]:
    paths = [
        p
        for room in ("steps", "pages", "answers", "pictures", "changes")
        for p in sorted((BROKEN / room).iterdir())
    ]
    return tuple(_sample(path) for path in paths)


def _sample(path: Path) -> Sample:
    text = path.read_text(encoding="utf-8")
    match path.parent.name:
        case "steps":
            return _marked(path.stem, PAGE, FRONT + text)
        case "pages":
            return _marked(path.stem, PAGE, text)
        case "answers":
            return _marked(path.stem, ANSWER, text)
        case "pictures":
            return _marked(path.stem, "modules/copd/media/picture.svg", text)
        case _:
            return _change(path.stem, text)


def _change(name: str, text: str) -> Sample:
    change = read_yaml(text, Place(name))
    assert isinstance(change, Document) and isinstance(change.data, dict)
    file, was, now = (str(change.data[key]) for key in ("in", "replace", "by"))
    shipped = BROKEN if file.startswith("safety/") else CONTENT
    held = (shipped / file).read_text(encoding="utf-8")
    assert was in held, f"{file} no longer says {was!r}"
    changed = held.replace(was, now, 1)
    if "at" in change.data:
        return Sample(name, file, changed, (f"{file}:{change.data['at']} {_codes(name)[0]}",))
    return _marked(name, file, changed)


def _marked(name: str, file: str, text: str) -> Sample:
    before, *rest = text.split(MARK)
    expected: list[str] = []
    for code, part in zip(_codes(name), rest, strict=True):
        expected.append(f"{file}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))} {code}")
        before += part
    return Sample(name, file, before, tuple(expected))


def _codes(name: str) -> list[str]:
    found = _CODES.match(name)
    assert found, f"{name} does not begin with a code"
    return found[0].split("+")


def put(sample: Sample, folder: Path) -> None:
    (folder / sample.file).write_text(sample.text, encoding="utf-8")
    if sample.file.endswith(".svg"):
        (folder / PAGE).write_text(FRONT + _PICTURE + BYE, encoding="utf-8")
