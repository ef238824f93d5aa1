"""What an SVG may not hold: anything that runs, and anything that is fetched from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NoReturn
from xml.parsers import expat

from bot.core.library.drafts import Passage, Place
from bot.core.library.limits import FILE_BYTES
from bot.core.library.problems import Problem

_RUNS = frozenset({"script", "foreignobject", "iframe", "object", "embed", "handler", "listener"})
_REFERS = frozenset({"href", "src", "base"})
_URL = re.compile(r"url\(\s*['\"]?\s*([^'\")\s]*)|@import\b\s*(?:['\"]\s*([^'\"]*))?", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(png|jpe?g|webp|gif)[;,]", re.IGNORECASE)
_UNSEEN = re.compile(r"[\x00-\x20]+")
_PROGRAM = re.compile(r"(?:^|;)(?:javascript|vbscript|data:text|data:image/svg)", re.IGNORECASE)
_RUNS_HINT = "open it in a drawing program and save it as a plain SVG, without scripts and web parts"
_OUTSIDE_HINT = "put what it shows into the picture itself: save it as a plain SVG with its images embedded"
_MOST = 20


class _Enough(Exception):
    """So many faults that more would not help."""


def svg_problems(held: bytes, name: str) -> Iterator[Problem]:
    if len(held) > FILE_BYTES:
        hint = "draw it simpler, or save it as a PNG"
        yield Place(name).problem("C002", f"the picture is larger than {FILE_BYTES // 1024} KiB", hint)
        return
    reader = _Reader(name)
    try:
        reader.read(held)
    except _Enough:
        pass
    except expat.ExpatError as error:
        hint = "open it in a drawing program and save it again as a plain SVG"
        place = Place(name, max(error.lineno, 1), error.offset + 1)
        reader.found.append(place.problem("C315", "from here on the picture cannot be read", hint))
    yield from reader.found


def _urls(style: str) -> Iterator[tuple[int, str]]:
    """What it fetches, and where it says so. A backslash could spell ``url`` so that nobody sees it."""
    if "\\" in style:
        yield style.index("\\"), "\\"
    for found in _URL.finditer(style):
        to = found[1] or found[2] or "another file"
        if _outside(to):
            yield found.start(), to


def _outside(to: str) -> bool:
    return bool(to) and not to.startswith("#") and not _PICTURE.match(to)


class _Reader:
    def __init__(self, name: str) -> None:
        self._name = name
        self._style: tuple[Place, list[str]] | None = None
        self.found: list[Problem] = []
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.EntityDeclHandler = self._entity
        self._parser.ProcessingInstructionHandler = self._instruction

    def read(self, held: bytes) -> None:
        self._parser.Parse(held, True)

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        plain = tag.rpartition(":")[2].lower()
        if plain in _RUNS:
            self._say("C313", f"the picture holds '{tag}', which could run a program", _RUNS_HINT)
        if plain == "style":
            self._style = (self._place(), [])
        for key, value in attributes.items():
            self._attribute(key, value)

    def _attribute(self, key: str, value: str) -> None:
        plain, joined = key.rpartition(":")[2].lower(), _UNSEEN.sub("", value)
        if plain.startswith("on"):
            self._say("C313", f"the picture holds '{key}', which could run a program", _RUNS_HINT)
        elif _PROGRAM.search(joined):
            self._say("C313", f"'{key}' of the picture could run a program", _RUNS_HINT)
        elif plain in _REFERS:
            self._refers(joined)
        else:
            for _, to in _urls(value):
                self._refers(to)

    def _text(self, text: str) -> None:
        """Piece by piece; a style is judged as a whole when it ends."""
        if self._style is not None:
            at, held = self._style
            self._style = (at if held else self._place(), held)
            held.append(text)

    def _end(self, tag: str) -> None:
        if self._style is not None and tag.rpartition(":")[2].lower() == "style":
            style, self._style = Passage("".join(self._style[1]), self._style[0]), None
            for offset, to in _urls(style.text):
                self._refers(to, style.place(offset))

    def _refers(self, to: str, at: Place | None = None) -> None:
        if to == "\\":
            self._say("C314", "the picture hides a part of its style behind '\\'", _OUTSIDE_HINT, at)
        elif _outside(to):
            said = to if len(to) <= 60 else f"{to[:57]}..."
            self._say("C314", f"the picture fetches '{said}' from outside", _OUTSIDE_HINT, at)

    def _doctype(self, _: str, __: str | None, ___: str | None, inside: int) -> None:
        if inside:
            self._stop("C313", "the picture defines words of its own, which could grow without end")

    def _entity(self, *_: object) -> None:
        self._stop("C313", "the picture defines words of its own, which could grow without end")

    def _instruction(self, target: str, _: str) -> None:
        if target.lower() == "xml-stylesheet":
            self._say("C314", "the picture fetches a style from outside", _OUTSIDE_HINT)

    def _place(self) -> Place:
        return Place(self._name, self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1)

    def _say(self, code: str, message: str, hint: str, at: Place | None = None) -> None:
        self.found.append((at or self._place()).problem(code, message, hint))
        if len(self.found) >= _MOST:
            raise _Enough

    def _stop(self, code: str, message: str) -> NoReturn:
        self._say(code, message, _RUNS_HINT)
        raise _Enough
