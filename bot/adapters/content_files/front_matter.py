"""The lines between the first two ``---`` of a Markdown file."""

from __future__ import annotations

from dataclasses import dataclass

from bot.adapters.content_files.files import File
from bot.adapters.content_files.yaml import read_yaml
from bot.core.library.drafts import Header, Place, Placed
from bot.core.library.problems import Problem

_HINT = "begin the file with a line of ---, then title, summary and so on, then a line of ---"


@dataclass(frozen=True, slots=True)
class Split:
    """``body``: the file with empty lines in place of its front matter, so that lines keep their numbers."""

    header: Header | None
    body: str
    problems: tuple[Problem, ...] = ()


def split(file: File) -> Split:
    start = Place(file.name)
    lines = file.text.split("\n")
    if lines[0].rstrip() != "---":
        return Split(None, file.text, (start.problem("C010", "the front matter is missing", _HINT),))
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        return Split(None, "", (start.problem("C010", "the front matter is never closed", _HINT),))
    body = "\n".join([""] * (end + 1) + lines[end + 1 :])
    document = read_yaml("\n".join(lines[1:end]) + "\n", Place(file.name, 2))
    if isinstance(document, Problem):
        return Split(None, body, (document,))
    if not isinstance(document.data, dict):
        return Split(
            None, body, (Place(file.name, 2).problem("C010", "the front matter has no keys", _HINT),)
        )
    names = {str(path[0]): place for path, place in document.names.items() if len(path) == 1}
    values = {key: Placed(value, document.place((key,))) for key, value in document.data.items()}
    return Split(Header(start, names, values), body)
