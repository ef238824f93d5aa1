"""What patients read on a page, as it stands in the file, so that a check of the writing can point at a word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from bot.adapters.content_files import fences
from bot.core.library.drafts import Passage, Place
from bot.core.library.limits import PARAGRAPH_CHARACTERS

_FOR_THE_TEAM = "tell-therapist"


def passages(file: str, lines: Sequence[str], tokens: Sequence[Token]) -> Iterator[Passage]:
    """Paragraphs, lines of lists and cells of tables; no headings, and nothing that only the team reads."""
    unread = in_head = False
    for token, before in zip(tokens, [None, *tokens], strict=False):
        if token.type == fences.OPEN:
            unread = token.info.lower().startswith(_FOR_THE_TEAM)
        elif token.type == fences.CLOSE:
            unread = False
        elif token.type in ("thead_open", "thead_close"):
            in_head = token.nesting > 0
        elif token.type == "inline" and token.content and token.map:
            in_heading = before is not None and before.type == "heading_open"
            # A longer one has been refused, and hostile ones are long.
            if len(token.content) <= PARAGRAPH_CHARACTERS and not (unread or in_head or in_heading):
                yield _passage(file, lines, token, token.map[0])


def _passage(file: str, lines: Sequence[str], token: Token, first: int) -> Passage:
    """The lines from the file itself: in the token's own text indents and the marks of lists are gone."""
    count = token.content.count("\n") + 1
    start = max(lines[first].find(token.content.split("\n", 1)[0]), 0)
    if count == 1:
        return Passage(token.content, Place(file, first + 1, start + 1))
    held = [lines[first][start:], *lines[first + 1 : first + count]]
    return Passage("\n".join(held), Place(file, first + 1, start + 1))
