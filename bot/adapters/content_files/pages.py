"""A Markdown file as the draft of a module or of a group."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from bot.adapters.content_files import front_matter
from bot.adapters.content_files.blocks import BlockLine, Urgent, read_block_line
from bot.adapters.content_files.files import File
from bot.adapters.content_files.names import Name
from bot.adapters.content_files.nodes import Block, Heading, List, Node, Paragraph, read_page
from bot.adapters.content_files.parts import Body, block_part, free_part
from bot.core.library.drafts import GroupDraft, ModuleDraft, PartDraft, Place, Placed, StepDraft
from bot.core.library.problems import Problem
from bot.core.library.steps import Branch, When, is_quick

_PIN = re.compile(r"\s*\{#([a-z0-9][a-z0-9-]*)\}$")
_QUICK_STEP = "answer"
_AGENDA = "agenda"
_SECOND_LIST = (
    "write the other one as sentences, or make one list of both. What happens in a session stands below ## Agenda; in a "
    "translation write {#agenda} behind that heading"
)
_FILL = re.compile(r"\{\{(.*?)\}\}|\{\{|\}\}")


def slug(heading: str) -> str:
    """The id that GitHub gives a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower().replace("*", ""))
    return kept.strip().replace(" ", "-")


def _step_id(heading: str) -> str:
    """As its heading pins it, or else as GitHub would call it."""
    pin = _PIN.search(heading)
    return pin[1] if pin else slug(heading)


def text_hash(file: File) -> str:
    """How a translation names the text that it was made from."""
    return hashlib.sha256(file.text.encode()).hexdigest()[:12]


def read_module(file: File, name: Name) -> tuple[ModuleDraft, tuple[Problem, ...]]:
    parts = front_matter.split(file)
    page = read_page(file.name, parts.body)
    reader = _Module(file.name, parts.body.split("\n"), quick=is_quick(name.id))
    reader.read(page.nodes)
    draft = ModuleDraft(
        key=name.key,
        id=name.id,
        language=name.language,
        at=Place(file.name),
        header=parts.header,
        urgent=reader.urgent,
        steps=tuple(reader.steps),
        text_hash=text_hash(file),
        passages=page.passages,
    )
    return draft, (*parts.problems, *page.problems, *reader.problems)


def read_group(file: File, name: Name) -> tuple[GroupDraft, tuple[Problem, ...]]:
    """The welcome is the text before the house rules; the rules are the list after it. Of a session, the list below
    ``## Agenda`` is what happens in its hour."""
    parts = front_matter.split(file)
    page = read_page(file.name, parts.body)
    problems = [*parts.problems, *page.problems]
    welcome: list[Placed[str]] = []
    rules: list[Placed[str]] = []
    agenda: list[Placed[str]] = []
    below = ""
    for node in page.nodes:
        if isinstance(node, Heading):
            below = _step_id(node.text)
        elif isinstance(node, Paragraph) and below == _AGENDA:
            hint = "begin each line of it with -"
            problems.append(node.at.problem("C308", "below the agenda only a list fits", hint))
        elif isinstance(node, Paragraph):
            welcome.append(Placed(node.text, node.at))
        elif isinstance(node, List) and below == _AGENDA:
            agenda.extend(Placed(entry.text, entry.at) for entry in node.entries)
        elif isinstance(node, List):
            if rules:
                problems.append(
                    node.at.problem("C308", "a second list: which are the house rules?", _SECOND_LIST)
                )
            rules.extend(Placed(entry.text, entry.at) for entry in node.entries)
        else:
            problems.append(
                node.at.problem("C308", "only text and a list of rules fit here", "write a paragraph")
            )
    for held, what, hint in (
        (welcome, "welcome", "write a paragraph or two below the title"),
        (rules, "list of house rules", "write them as a list, each on a line that begins with -"),
    ):
        if not held:
            problems.append(Place(file.name).problem("C210", f"the group has no {what}", hint))
    draft = GroupDraft(
        key=name.key,
        id=name.id,
        language=name.language,
        at=Place(file.name),
        header=parts.header,
        welcome=tuple(welcome),
        rules=tuple(rules),
        text_hash=text_hash(file),
        passages=page.passages,
        agenda=tuple(agenda),
    )
    return draft, tuple(problems)


@dataclass
class _Module:
    """Walks the page from top to bottom."""

    file: str
    lines: list[str]
    quick: bool = False
    """A quick answer: its title begins its only step."""
    urgent: Placed[str] | None = None
    steps: list[StepDraft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _parts: list[PartDraft] = field(default_factory=list)
    _heading: Heading | None = None
    _unread: bool = False

    def read(self, nodes: Iterable[Node]) -> None:
        held = list(nodes)
        for node, following in zip(held, [*held[1:], None], strict=False):
            end = following.at.line if following else len(self.lines) + 1
            if isinstance(node, Heading):
                self._begin(node)
            elif isinstance(node, Block):
                self._block(node)
            else:
                self._free(node, end)
        self._finish()

    def _begin(self, heading: Heading) -> None:
        if heading.level == 1 and not self.steps and self._heading is None:
            self._heading = heading if self.quick else None
            return
        if heading.level != 2 or self.quick:
            hint = "a step begins with ##, and the title of the page with #"
            if self.quick:
                hint = "a quick answer has its title and no other heading; with steps it is a module"
            self.problems.append(heading.at.problem("C308", "this kind of heading has no place here", hint))
            return
        self._finish()
        self._heading = heading

    def _finish(self) -> None:
        if self._heading:
            text = self._heading.text
            pin = _PIN.search(text)
            title = text[: pin.start()] if pin else text
            step = StepDraft(
                _QUICK_STEP if self.quick else _step_id(text),
                title.replace("*", ""),
                self._heading.at,
                tuple(_joined(self._parts, self._lone_otherwise)),
                self._unread,
            )
            self.steps.append(step)
        self._parts, self._unread = [], False

    def _lone_otherwise(self, at: Place) -> None:
        """Its 'when' may be the block that was not understood."""
        if not self._unread:
            hint = "put it right behind the 'when' block"
            self.problems.append(at.problem("C211", "'otherwise' follows no 'when'", hint))

    def _block(self, block: Block) -> None:
        body = Body(self.file).take(block.inside)
        line = read_block_line(block.words, block.at, block.column)
        if self.quick and not isinstance(line, Problem) and not _fits_quick(line):
            hint = "text, pictures, ::: urgent and ::: when fit; for more make it a module"
            line = block.at.problem("C222", "this block has no place in a quick answer", hint)
        if isinstance(line, Problem):
            self.problems.extend((line, *body.problems))
            self._unread = True
            return
        if isinstance(line.opening, Urgent):
            self._urgent(block, line, body)
        else:
            part = block_part(line, body)
            if part:
                self._add(part, block.end)
        self.problems.extend(body.problems)

    def _urgent(self, block: Block, line: BlockLine, body: Body) -> None:
        if self.urgent:
            self.problems.append(line.at.problem("C214", "there is a second urgent block", "join the two"))
            return
        says: list[str] = []
        for node in block.inside:
            if isinstance(node, Paragraph):
                says.append(node.text)
            elif isinstance(node, List):
                says += [f"• {entry.text}" for entry in node.entries]
        if not says:
            self.problems.append(line.at.problem("C210", "the urgent block is empty", "say when to call 999"))
        for odd in (*body.links, *body.tasks, *(cell for row in body.rows for cell in row)):
            hint = "write sentences; a button cannot be pressed here"
            self.problems.append(
                odd.at.problem("C210", "only text and plain lists fit in the urgent block", hint)
            )
            break
        self.urgent = Placed("\n\n".join(says), line.at)

    def _free(self, node: Node, end: int) -> None:
        body = Body(self.file)
        part = free_part(node, body)
        self.problems.extend(body.problems)
        if part:
            self._add(part, end)

    def _add(self, part: PartDraft, end: int) -> None:
        if self._heading is None:
            hint = f"put it under a heading that begins with {'#' if self.quick else '##'}"
            self.problems.append(part.at.problem("C112", "text before the first step is never shown", hint))
            return
        self._parts.append(replace(part, fills=tuple(self._fills(part.at.line, end))))

    def _fills(self, start: int, end: int) -> Iterable[Placed[str]]:
        for number in range(start, min(end, len(self.lines) + 1)):
            for found in _FILL.finditer(self.lines[number - 1]):
                name = found[1].strip() if found[1] is not None else found[0]
                yield Placed(name, Place(self.file, number, found.start() + 1))


def _fits_quick(line: BlockLine) -> bool:
    opening = line.opening
    return isinstance(opening, Urgent) or (isinstance(opening, Branch) and opening.tell is None)


def _joined(parts: Iterable[PartDraft], lone: Callable[[Place], None]) -> Iterable[PartDraft]:
    """Neighbouring ``when`` blocks and their ``otherwise`` become one part, of which the first that fits is taken."""
    chain: list[PartDraft] = []
    for part in parts:
        if chain and not _continues(chain[-1], part):
            yield _chained(chain)
            chain = []
        if not isinstance(part.part, When):
            yield part
            continue
        if not chain and part.branches[0].what.when is None:
            lone(part.at)
            continue
        chain.append(part)
    if chain:
        yield _chained(chain)


def _continues(before: PartDraft, part: PartDraft) -> bool:
    return isinstance(part.part, When) and before.branches[-1].what.when is not None


def _chained(chain: list[PartDraft]) -> PartDraft:
    branches: list[Placed[Branch]] = [branch for part in chain for branch in part.branches]
    return PartDraft(
        When(branches=tuple(branch.what for branch in branches)),
        chain[0].at,
        links=tuple(link for part in chain for link in part.links),
        compares=tuple(compare for part in chain for compare in part.compares),
        bubbles=tuple(bubble for part in chain for bubble in part.bubbles),
        fills=tuple(fill for part in chain for fill in part.fills),
        branches=tuple(branches),
    )
