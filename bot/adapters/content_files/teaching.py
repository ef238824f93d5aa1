"""One example more in a file of content, as a line: comments, order and every other byte stay as they are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.core.errors import Misuse

NET = Path("understanding") / "second_net.en.yml"
INTENTS = ("risk", "emergency", "safeguarding", "ordinary")
_NEW_NET = """\
version: "3.1"
# What the second net learns from, in Rasa's format: messages of each concern that need no rule, and ordinary ones like
# them. Every sentence is made up or said again in other words by a member of staff; none is a patient's own.
nlu:
"""

Kind = Literal["hit", "miss"]


@dataclass(frozen=True)
class RuleFound:
    file: Path
    concern: str


def rules_in(folder: Path) -> dict[str, RuleFound]:
    """The screen's rules that a folder's files hold, by name. Raises Misuse where a file cannot be read."""
    found = {}
    for file in sorted((folder / "safety").glob("*.yaml")):
        for rule in _rules(_root(file)):
            concern = _get(rule, "concern")
            found[_text(_get(rule, "id"))] = RuleFound(file, _text(concern))
    return found


def add_to_rule(folder: Path, rule_id: str, kind: Kind, text: str) -> Path:
    """A line under the rule's examples; what a rule that only hints should hear becomes a hint.

    Raises Misuse where there is no such rule, or the file is shaped otherwise.
    """
    known = rules_in(folder).get(rule_id)
    if known is None:
        raise Misuse(f"there is no rule '{rule_id}' in {folder / 'safety'}")
    body = known.file.read_text(encoding="utf-8")
    rule = next(r for r in _rules(_root(known.file)) if _text(_get(r, "id")) == rule_id)
    shown = _get(rule, "examples")
    examples = _get(shown, kind) or (_get(shown, "hint") if kind == "hit" else None)
    if not isinstance(examples, SequenceNode) or not examples.value:
        raise Misuse(f"the rule '{rule_id}' has no list of examples ({kind}) to add to")
    _write(known.file, body, _longer(body, examples, json.dumps(text, ensure_ascii=False)), text)
    return known.file


def _longer(body: str, examples: SequenceNode, quoted: str) -> str:
    last = examples.value[-1]
    if examples.flow_style:
        at = last.end_mark.index
        return f"{body[:at]}, {quoted}{body[at:]}"
    lines = body.splitlines(keepends=True)
    indent = " " * examples.start_mark.column
    # A folded text ends at the beginning of the line behind it.
    behind = last.end_mark.line + (last.end_mark.column > 0)
    return _with_line(lines, behind, f"{indent}- {quoted}\n")


def add_to_net(folder: Path, intent: str, text: str) -> Path:
    """A line among the second net's examples; the file, and the intent in it, are begun where they are missing."""
    file = folder / NET
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_NEW_NET, encoding="utf-8")
    body = file.read_text(encoding="utf-8")
    entries = _get(_root(file), "nlu")
    held = entries.value if isinstance(entries, SequenceNode) else []
    entry = next((e for e in held if _get(e, "intent") and _text(_get(e, "intent")) == intent), None)
    examples = _get(entry, "examples")
    if examples is None:
        end = "" if body.endswith("\n") else "\n"
        longer = f"{body}{end}- intent: {intent}\n  examples: |\n    - {text}\n"
    elif isinstance(examples, ScalarNode) and examples.style == "|":
        longer = _in_block(body, examples, text)
    else:
        raise Misuse(f"the examples of {intent} in {file} should stand below 'examples: |'")
    _write(file, body, longer, text)
    return file


def _in_block(body: str, examples: ScalarNode, text: str) -> str:
    """Behind the last line of a block that is more than space."""
    lines = body.splitlines(keepends=True)
    first = examples.start_mark.line + 1
    end = examples.end_mark.line + (examples.end_mark.column > 0)
    filled = [n for n in range(first, min(end, len(lines))) if lines[n].strip().startswith("-")]
    if not filled:
        return _with_line(lines, first, f"    - {text}\n")
    indent = lines[filled[-1]][: -len(lines[filled[-1]].lstrip())]
    return _with_line(lines, filled[-1] + 1, f"{indent}- {text}\n")


def _with_line(lines: list[str], at: int, line: str) -> str:
    before = lines[:at]
    if before and not before[-1].endswith("\n"):
        before = [*before[:-1], before[-1] + "\n"]
    return "".join([*before, line, *lines[at:]])


def _write(file: Path, before: str, after: str, text: str) -> None:
    """Only where the file reads as it did and holds one sentence more: else nothing is changed."""
    try:
        read = yaml.load(after, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        read = None
    if read is None or _count(read, text) != _count(yaml.load(before, Loader=yaml.CSafeLoader), text) + 1:
        raise Misuse(f"{file} is written in a way that this command does not know: add the example by hand")
    file.write_text(after, encoding="utf-8")


def _count(held: object, text: str) -> int:
    """How often a sentence stands in what was read, as a value or as a line of a block."""
    if isinstance(held, str):
        return int(held == text) + sum(line.strip() == f"- {text}" for line in held.split("\n"))
    if isinstance(held, dict):
        return sum(_count(value, text) for value in held.values())
    return sum(_count(value, text) for value in held) if isinstance(held, list) else 0


def _root(file: Path) -> Node | None:
    try:
        root: Node | None = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeError, yaml.YAMLError):
        raise Misuse(f"{file} cannot be read: see `bounceback check`") from None
    return root


def _rules(root: Node | None) -> list[Node]:
    held = _get(root, "rules")
    return held.value if isinstance(held, SequenceNode) else []


def _get(node: Node | None, key: str) -> Node | None:
    if not isinstance(node, MappingNode):
        return None
    return next((value for name, value in node.value if _text(name) == key), None)


def _text(node: Node | None) -> str:
    return str(node.value) if isinstance(node, ScalarNode) else ""
