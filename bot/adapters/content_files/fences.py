"""The one Markdown rule of our own: every line of ``:::``, known or not, so that no typing slip becomes text."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

_FENCE = re.compile(r":::+[ \t]*(.*?)[ \t]*$")
_HEADING = re.compile(r"#{1,6}[ \t]")

OPEN, CLOSE, WRONG = "fence_open", "fence_close", "fence_wrong"
"""Token types. ``fence_wrong`` carries code, message and hint in ``meta``."""


def add_fences(markdown: MarkdownIt) -> None:
    markdown.block.ruler.before(
        "fence", "colons", _rule, {"alt": ["paragraph", "reference", "blockquote", "list", "table"]}
    )


def _rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    words = _words(state, start)
    if words is None:
        return False
    if silent:
        return True
    if state.parentType in ("list", "blockquote"):
        _wrong(
            state,
            start,
            "C203",
            "a block cannot stand inside a list or a quotation",
            "begin the line with :::",
        )
    elif not words:
        _wrong(
            state, start, "C205", "this ':::' closes nothing", "delete it, or write the block's first line"
        )
    else:
        _block(state, start, end, words)
        return True
    state.line = start + 1
    return True


def _words(state: StateBlock, line: int) -> str | None:
    """What follows the colons, or None for a line that does not begin with three of them."""
    text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
    found = _FENCE.match(text)
    return found.group(1) if found else None


def _block(state: StateBlock, start: int, end: int, words: str) -> None:
    close, inner = _close(state, start, end)
    opened = state.push(OPEN, "", 1)
    opened.map = [start, close]
    opened.info = words
    opened.block = True
    before, state.lineMax = state.lineMax, close
    state.md.block.tokenize(state, start + 1, close)
    state.lineMax = before
    state.push(CLOSE, "", -1).block = True
    if inner is not None:
        _wrong(
            state,
            inner,
            "C203",
            "a block cannot stand inside another block",
            f"close '{words}' first with :::",
        )
        state.line = _after_nested(state, inner, end)
    elif close < end and _words(state, close) == "":
        state.line = close + 1
    else:
        _wrong(state, start, "C202", f"'{words}' is never closed", "end the block with a line of :::")
        state.line = close


def _close(state: StateBlock, start: int, end: int) -> tuple[int, int | None]:
    """The line where the block ends, and the line of the block inside it, if there is one.

    One that is never closed is taken to end at its first empty line, so that the rest is read as it was meant.
    """
    first_empty = None
    for line in range(start + 1, end):
        words = _words(state, line)
        if words == "":
            return line, None
        if words and _after_nested(state, line, end) > line:
            return line, line
        if words or _heading(state, line):
            return first_empty or line, None
        if first_empty is None and state.isEmpty(line):
            first_empty = line
    return first_empty or end, None


def _after_nested(state: StateBlock, inner: int, end: int) -> int:
    """The line behind a block that began in ``inner`` and the one around it, or ``inner`` if only one is closed."""
    closes = 0
    for line in range(inner + 1, end):
        words = _words(state, line)
        if words == "":
            closes += 1
        if closes == 2:
            return line + 1
        if words or _heading(state, line):
            break
    return inner


def _heading(state: StateBlock, line: int) -> bool:
    return bool(_HEADING.match(state.src, state.bMarks[line]))


def _wrong(state: StateBlock, line: int, code: str, message: str, hint: str) -> None:
    token = state.push(WRONG, "", 0)
    token.map = [line, line + 1]
    token.block = True
    token.meta = {"code": code, "message": message, "hint": hint, "column": 1 + state.sCount[line]}
