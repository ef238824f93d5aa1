"""A Markdown page as the few kinds of thing that the format knows, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.adapters.content_files import fences
from bot.adapters.content_files.passages import passages
from bot.core.library.drafts import Passage, Place, Placed
from bot.core.library.limits import PAGE_LINES, PARAGRAPH_CHARACTERS
from bot.core.library.problems import Problem

_TAG = re.compile(r"<[A-Za-z/!?][^>]*>?")
_MARK = re.compile(r"[*\\]")
_TASK = re.compile(r"\[[ xX]?\][ \t]+")
_NOT_HERE = {
    "blockquote_open": "a quotation",
    "code_block": "a block of code",
    "fence": "a block of code",
    "hr": "a line across the page",
    "html_block": "raw HTML",
}


@dataclass(frozen=True, slots=True)
class Heading:
    at: Place
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    at: Place
    text: str


@dataclass(frozen=True, slots=True)
class Image:
    at: Place
    source: str
    description: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list. ``target`` is None unless it is a link and nothing else. ``label``: without marks."""

    at: Place
    text: str
    label: str
    target: str | None
    task: bool


@dataclass(frozen=True, slots=True)
class List:
    at: Place
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Table:
    at: Place
    rows: tuple[tuple[Placed[str], ...], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """``words``: the line after the colons, from ``column``. ``end``: the line number of its closing colons."""

    at: Place
    words: str
    column: int
    end: int
    inside: tuple[Node, ...]


Node = Heading | Paragraph | Image | List | Table | Block


@dataclass(frozen=True, slots=True)
class Page:
    nodes: tuple[Node, ...]
    problems: tuple[Problem, ...]
    passages: tuple[Passage, ...]


def read_page(file: str, text: str) -> Page:
    """``text``: the whole file, with the lines of its front matter left empty."""
    lines = text.split("\n")
    if len(lines) > PAGE_LINES:
        place, hint = Place(file, PAGE_LINES + 1), "split it into several pages"
        too_long = place.problem("C002", f"the page is longer than {PAGE_LINES:,} lines", hint)
        return Page((), (too_long,), ())
    reader, tokens = _Reader(file, text), _markdown().parse(text)
    nodes = tuple(reader.nodes(tokens))
    return Page(nodes, tuple(reader.problems), tuple(passages(file, lines, tokens)))


@cache
def _markdown() -> MarkdownIt:
    """Inline marks are read paragraph by paragraph afterwards, so that a hostile one can be refused by its length."""
    markdown = MarkdownIt("commonmark", {"html": False, "maxNesting": 8}).enable("table")
    fences.add_fences(markdown)
    return markdown.disable(["code", "lheading", "reference", "inline", "text_join"])


@cache
def _inline() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "maxNesting": 8})


class _Reader:
    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._lines = text.split("\n")
        self.problems: list[Problem] = []

    def nodes(self, tokens: Sequence[Token]) -> Iterator[Node]:
        at = 0
        while at < len(tokens):
            end = _end(tokens, at)
            node = self._node(tokens[at], tokens[at + 1 : end])
            if node:
                yield node
            at = end + 1

    def _node(self, token: Token, inside: Sequence[Token]) -> Node | None:
        place = self._place(token)
        match token.type:
            case "paragraph_open":
                return self._paragraph(place, inside[0])
            case "heading_open":
                return Heading(place, int(token.tag[1]), self._plain(inside[0].content, place))
            case "bullet_list_open":
                return self._list(place, inside)
            case "table_open":
                return self._table(place, inside)
            case fences.OPEN:
                column = self._lines[place.line - 1].index(token.info) + 1
                end = token.map[1] + 1 if token.map else place.line
                return Block(place, token.info, column, end, tuple(self.nodes(inside)))
            case fences.WRONG:
                self.problems.append(
                    place.problem(token.meta["code"], token.meta["message"], token.meta["hint"])
                )
            case "ordered_list_open":
                self._refuse(
                    place, "a numbered list has no place here", "write sentences, or begin each line with -"
                )
            case kind:
                name = _NOT_HERE.get(kind, "this")
                self._refuse(place, f"{name} has no place in a module", "write a plain paragraph")
        return None

    def _refuse(self, place: Place, message: str, hint: str) -> None:
        self.problems.append(place.problem("C308", message, hint))

    def _paragraph(self, place: Place, token: Token) -> Node | None:
        if len(token.content) > PARAGRAPH_CHARACTERS:
            self.problems.append(
                place.problem("C303", "this paragraph is far too long", "split it into short ones")
            )
            return None
        children = _children(token.content)
        if len(children) == 1 and children[0].type == "image":
            image = children[0]
            return Image(place, str(image.attrGet("src") or ""), image.content.strip())
        text = self._text(children, place)
        return Paragraph(place, text) if text else None

    def _list(self, place: Place, tokens: Sequence[Token]) -> List:
        entries: list[Entry] = []
        at = 0
        while at < len(tokens):
            end = _end(tokens, at)
            entries.append(self._entry(tokens[at], tokens[at + 1 : end]))
            at = end + 1
        return List(place, tuple(entries))

    def _entry(self, token: Token, inside: Sequence[Token]) -> Entry:
        place = self._place(token)
        has_text = bool(inside) and inside[0].type == "paragraph_open"
        self._refuse_more(inside[3:] if has_text else inside)
        content = inside[1].content if has_text else ""
        task = _TASK.match(content)
        place = self._find(place.line, content[:1] or "-", place)
        content = content[task.end() :] if task else content
        if len(content) > PARAGRAPH_CHARACTERS:
            self.problems.append(
                place.problem("C304", "this line of the list is far too long", "say it shorter")
            )
            content = ""
        shown = [child for child in _children(content) if child.content.strip() or child.type != "text"]
        target = _only_link(shown)
        if target is not None:
            shown = shown[1:-1]
        text, label = self._text(shown, place), self._text(shown, place, marks=False)
        return Entry(place, text, label, target, bool(task))

    def _refuse_more(self, tokens: Sequence[Token]) -> None:
        """Whatever stands in an entry of a list behind its first text."""
        for token in tokens:
            if token.type == fences.WRONG:
                self._node(token, ())
            elif token.nesting >= 0 and token.type != "inline":
                self._refuse(self._place(token), "each line of a list is one short text", "keep lists flat")
                return

    def _table(self, place: Place, tokens: Sequence[Token]) -> Table:
        rows: list[list[Placed[str]]] = []
        line, body = place, False
        for token in tokens:
            if token.type == "tbody_open":
                body = True
            elif token.type == "tr_open":
                line = self._place(token)
                rows.append([])
            elif token.type == "inline":
                at = self._find(line.line, token.content, line)
                rows[-1].append(Placed(self._plain(token.content, at), at))
        return Table(place, tuple(tuple(row) for row in rows[1:]) if body else ())

    def _plain(self, content: str, place: Place) -> str:
        if len(content) > PARAGRAPH_CHARACTERS:
            self.problems.append(place.problem("C303", "this text is far too long", "say it shorter"))
            return ""
        return self._text(_children(content), place, marks=False)

    def _text(self, children: Sequence[Token], place: Place, *, marks: bool = True) -> str:
        """Strong and emphasis as they are written, line ends as spaces, and a problem for anything else.

        With ``marks`` a star or a backslash that is only itself is written ``\\*`` or ``\\\\``.
        """
        said: list[str] = []
        for child in children:
            match child.type:
                case "text" | "text_special":
                    said.append(_MARK.sub(r"\\\g<0>", child.content) if marks else child.content)
                    if tag := _TAG.search(child.content):
                        at = self._find(place.line, tag.group(), place)
                        self.problems.append(at.problem("C306", "raw HTML is not shown", "write plain text"))
                case "softbreak" | "hardbreak":
                    said.append(" ")
                case "strong_open" | "strong_close":
                    said.append("**" if marks else "")
                case "em_open" | "em_close":
                    said.append("*" if marks else "")
                case "link_close":
                    pass
                case kind:
                    said.append(child.content)
                    self._inline_problem(kind, child, place)
        return re.sub(r"[ \t\xa0]+", " ", "".join(said)).strip()

    def _inline_problem(self, kind: str, child: Token, place: Place) -> None:
        if kind == "link_open":
            at = self._find(place.line, "[", place)
            hint = "put the link on a line of its own that begins with -"
            self.problems.append(at.problem("C307", "a link inside a text does not become a button", hint))
        elif kind == "image":
            hint = "put the picture into a paragraph of its own"
            self.problems.append(place.problem("C307", "a picture inside a text is not shown", hint))
        else:
            at = self._find(place.line, child.markup or "`", place)
            self.problems.append(
                at.problem("C307", "only **strong** and *emphasis* can be used", "write plain text")
            )

    def _place(self, token: Token) -> Place:
        line = token.map[0] if token.map else 0
        text = self._lines[line] if line < len(self._lines) else ""
        return Place(self._file, line + 1, len(text) - len(text.lstrip()) + 1)

    def _find(self, line: int, needle: str, otherwise: Place) -> Place:
        """Where the needle stands from ``line`` on, within the same paragraph."""
        for number in range(line, len(self._lines) + 1):
            text = self._lines[number - 1]
            start = otherwise.column if number == line else 1
            if (at := text.find(needle, start - 1)) >= 0:
                return Place(self._file, number, at + 1)
            if not text.strip():
                break
        return otherwise


def _only_link(shown: Sequence[Token]) -> str | None:
    """Where it leads, if there is a link and nothing else."""
    opens = [child for child in shown if child.type == "link_open"]
    if len(opens) == 1 and shown[0] is opens[0] and shown[-1].type == "link_close":
        return str(opens[0].attrGet("href") or "")
    return None


def _children(content: str) -> list[Token]:
    tokens = _inline().parseInline(content)
    return tokens[0].children or []


def _end(tokens: Sequence[Token], at: int) -> int:
    """The position of the token that closes the one at ``at``; itself if it opens nothing."""
    depth = 0
    for position in range(at, len(tokens)):
        depth += tokens[position].nesting
        if depth <= 0:
            return position
    return len(tokens) - 1
