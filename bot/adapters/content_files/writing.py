"""``policy/writing.yaml``: how a page should read. For the checker only, so it is no part of the Policy."""

from __future__ import annotations

from bot.adapters.content_files.data import fit
from bot.adapters.content_files.policy import GOVERNANCE
from bot.adapters.content_files.syllables import syllables
from bot.adapters.content_files.yaml import Document
from bot.core.library.house_style import HouseStyle, Writing
from bot.core.library.problems import Problem

WRITING = "writing"


def read_writing(document: Document | None) -> tuple[HouseStyle | None, tuple[Problem, ...]]:
    """None and no problem where a folder holds no such file: it is not needed to serve anybody."""
    if document is None:
        return None, ()
    held = document.data if isinstance(document.data, dict) else {}
    writing = fit(Writing, {key: value for key, value in held.items() if key not in GOVERNANCE}, document)
    if isinstance(writing, tuple):
        return None, writing
    return HouseStyle(writing, syllables), ()
