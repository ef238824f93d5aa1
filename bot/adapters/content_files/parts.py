"""What stands in a block, or between blocks, as parts with the places of their pieces."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from urllib.parse import unquote

from bot.adapters.content_files.blocks import BlockLine
from bot.adapters.content_files.names import content_name
from bot.adapters.content_files.nodes import Block, Heading, Image, List, Node, Paragraph, Table
from bot.core.library.drafts import PartDraft, Placed
from bot.core.library.problems import Problem
from bot.core.library.steps import (
    Ask,
    Branch,
    CheckIn,
    Choose,
    Do,
    Exercise,
    Goals,
    Later,
    Link,
    Move,
    Part,
    Picture,
    Say,
    Tell,
    When,
)

FILMS = (".mp4", ".webm")
_TIME = re.compile(r"([0-9]{1,4}) *(seconds?|minutes?)")
_ASK_HINTS = {
    "pick one": "write the question, then a list of answers",
    "pick any": "write the question, then a list of answers",
    "0 to 10": "write the question, then a list of two words: what 0 means and what 10 means",
}


@dataclass
class Body:
    """The content of one block (or of one paragraph), sorted by what can be done with it."""

    file: str
    says: list[Placed[Say]] = field(default_factory=list)
    links: list[Placed[Link]] = field(default_factory=list)
    entries: list[Placed[str]] = field(default_factory=list)
    tasks: list[Placed[str]] = field(default_factory=list)
    rows: list[tuple[Placed[str], ...]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def take(self, nodes: Iterable[Node]) -> Body:
        for node in nodes:
            if self.links and not isinstance(node, Heading):
                self.problems.append(
                    node.at.problem(
                        "C108", "nothing after a list of choices is shown", "move it above the list"
                    )
                )
            match node:
                case Paragraph():
                    self.says.append(Placed(Say(text=node.text), node.at))
                case List():
                    self._take_list(node)
                case Table():
                    self.rows.extend(node.rows)
                case Heading():
                    self.problems.append(
                        node.at.problem(
                            "C210", "a heading cannot stand inside a block", "close the block first"
                        )
                    )
                case Image():
                    self.problems.append(
                        node.at.problem(
                            "C210", "a picture cannot stand inside a block", "put it above the block"
                        )
                    )
                case Block():
                    self.problems.append(
                        node.at.problem(
                            "C203", "a block cannot stand inside another block", "close the first"
                        )
                    )
        return self

    def _take_list(self, node: List) -> None:
        linked = [entry for entry in node.entries if entry.target is not None]
        if linked and len(linked) < len(node.entries):
            odd = next(entry for entry in node.entries if entry.target is None)
            hint = "make every line of the list a link, or none"
            self.problems.append(odd.at.problem("C301", "this line of the choices is not a link", hint))
        if linked:
            for entry in linked:
                to = target(entry.target or "", self.file)
                self.links.append(Placed(Link(label=entry.label, to=to), entry.at))
            return
        for entry in node.entries:
            (self.tasks if entry.task else self.entries).append(Placed(entry.label, entry.at))


def target(href: str, file: str) -> str:
    """``#step``, ``#end``, ``#menu``, ``module:<key>`` or ``group:<key>``; ``?`` and the text for anything else."""
    href = unquote(href)
    if href.startswith("#") and len(href) > 1:
        return href
    path = posixpath.normpath(posixpath.join(posixpath.dirname(file), href))
    name = content_name(path)
    return f"{name.kind}:{name.key}" if name else f"?{href}"


def free_part(node: Node, body: Body) -> PartDraft | None:
    """A paragraph, a picture or a list between blocks."""
    match node:
        case Paragraph():
            say = Say(text=node.text)
            return PartDraft(say, node.at, bubbles=(Placed(node.text, node.at),))
        case Image():
            return PartDraft(_picture(_source(node.source, body.file), node.description), node.at)
        case List():
            body.take([node])
            for entry in (*body.entries, *body.tasks)[:1]:
                hint = "write sentences, or make each line a link to a step"
                body.problems.append(entry.at.problem("C308", "a list of plain words is not shown", hint))
            links = tuple(body.links)
            return (
                PartDraft(Choose(links=tuple(p.what for p in links)), node.at, links=links) if links else None
            )
        case _:
            body.problems.append(node.at.problem("C308", "a table has no place here", "use ::: exercise"))
            return None


def _picture(source: str, description: str) -> Picture:
    path = PurePosixPath(source)
    captions = path.with_suffix(".vtt").as_posix() if path.suffix in FILMS else None
    return Picture(source=source, description=description, captions=captions)


def _source(written: str, file: str) -> str:
    """Relative to the content folder; an address stays as it is, to be refused."""
    written = unquote(written)
    return written if ":" in written else posixpath.normpath(posixpath.join(posixpath.dirname(file), written))


def block_part(line: BlockLine, body: Body) -> PartDraft | None:
    """The part that a block makes: its line, filled with what stands inside."""
    opening = line.opening
    match opening:
        case Ask():
            return _ask(opening, line, body)
        case Branch():
            return _branch(opening, line, body)
        case Tell():
            _only(line, body, says=True)
            if not body.says:
                body.problems.append(
                    line.at.problem("C210", "the alert has no reason", "write it inside the block")
                )
            return _part(line, body, opening.model_copy(update={"reason": _joined(body)}))
        case CheckIn() | Do():
            _only(line, body)
            return _part(line, body, opening)
        case Exercise():
            return _exercise(opening, line, body)
        case Goals():
            _only(line, body, tasks=True)
            if not body.tasks:
                body.problems.append(
                    line.at.problem("C210", "there are no goals here", "begin each line with - [ ]")
                )
            return _part(line, body, opening.model_copy(update={"options": _texts(body.tasks)}))
        case Later():
            _only(line, body, says=True, links=True)
            if not body.says:
                body.problems.append(
                    line.at.problem("C210", "the follow-up says nothing", "write its message")
                )
            return _part(line, body, opening.model_copy(update=_said(body)))
        case _:
            return None


def _ask(ask: Ask, line: BlockLine, body: Body) -> PartDraft:
    picks = ask.how in ("pick one", "pick any")
    _only(line, body, says=True, entries=picks or ask.how == "0 to 10")
    hint = _ASK_HINTS.get(ask.how, "write the question inside the block")
    if not body.says:
        body.problems.append(line.at.problem("C210", "there is no question here", hint))
    if picks and len(body.entries) < 2:
        body.problems.append(line.at.problem("C210", "there is nothing to pick from", hint))
    if ask.how == "0 to 10" and len(body.entries) not in (0, 2):
        body.problems.append(line.at.problem("C210", "a 0 to 10 question has two end labels", hint))
    filled = ask.model_copy(update={"text": _joined(body), "options": _texts(body.entries)})
    return _part(line, body, filled)


def _branch(branch: Branch, line: BlockLine, body: Body) -> PartDraft:
    """As a part of its own; neighbours are joined into one When afterwards."""
    _only(line, body, says=True, links=True)
    filled = branch.model_copy(update=_said(body))
    part = _part(line, body, When(branches=(filled,)))
    return replace(part, branches=(Placed(filled, line.at),))


def _exercise(exercise: Exercise, line: BlockLine, body: Body) -> PartDraft:
    _only(line, body, rows=True)
    moves: list[Move] = []
    hint = "make a table with the columns 'Do this' and 'For'"
    for row in body.rows:
        time = _TIME.fullmatch(row[1].what.lower()) if len(row) == 2 else None
        if time is None:
            said = "how long is not understood" if len(row) == 2 else "a row has two cells"
            body.problems.append(row[-1].at.problem("C210", said, "write, for example, 4 seconds"))
            continue
        seconds = int(time[1]) * (60 if time[2].startswith("minute") else 1)
        moves.append(Move(do=row[0].what, seconds=seconds))
    if not body.rows:
        body.problems.append(line.at.problem("C210", "the exercise has no table", hint))
    return _part(line, body, exercise.model_copy(update={"moves": tuple(moves)}))


def _part(line: BlockLine, body: Body, part: Part) -> PartDraft:
    return PartDraft(
        part,
        line.at,
        links=tuple(body.links),
        compares=line.compares,
        bubbles=tuple(Placed(say.what.text, say.at) for say in body.says),
        names=(line.name,) if line.name else (),
    )


def _said(body: Body) -> dict[str, object]:
    return {"says": tuple(say.what for say in body.says), "links": tuple(link.what for link in body.links)}


def _joined(body: Body) -> str:
    return " ".join(say.what.text for say in body.says)


def _texts(held: Sequence[Placed[str]]) -> tuple[str, ...]:
    return tuple(entry.what for entry in held)


def _only(line: BlockLine, body: Body, **fits: bool) -> None:
    """A problem for whatever else stands in the block."""
    held: dict[str, Sequence[Placed[object]]] = {
        "says": body.says,
        "links": body.links,
        "entries": body.entries,
        "tasks": body.tasks,
        "rows": [cell for row in body.rows for cell in row],
    }
    names = {
        "says": "text",
        "links": "choices",
        "entries": "a plain list",
        "tasks": "a task list",
        "rows": "a table",
    }
    for kind, found in held.items():
        if found and not fits.get(kind):
            hint = f"inside this block fits: {', '.join(names[k] for k in fits if fits[k]) or 'nothing'}"
            message = f"{names[kind]} has no place in this block"
            body.problems.append(found[0].at.problem("C210", message, hint))
