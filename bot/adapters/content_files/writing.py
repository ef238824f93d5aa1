"""``policy/writing.yaml``: how a page should read. For the checker only, so it is no part of the Policy."""

from __future__ import annotations

from functools import lru_cache

from bot.adapters.content_files.data import fit
from bot.adapters.content_files.policy import GOVERNANCE
from bot.adapters.content_files.syllables import syllables
from bot.adapters.content_files.yaml import Document, read_yaml
from bot.core.library.drafts import Place
from bot.core.library.house_style import HouseStyle, Writing
from bot.core.library.problems import Problem

WRITING = "writing"


def read_writing(document: Document | None) -> tuple[HouseStyle | None, tuple[Problem, ...]]:
    """None and no problem where a folder holds no such file: it is not needed to serve anybody."""
    return (None, ()) if document is None else _read(document.text, document.at)


@lru_cache(maxsize=4)
def _read(text: str, at: Place) -> tuple[HouseStyle | None, tuple[Problem, ...]]:
    document = read_yaml(text, at)
    if isinstance(document, Problem):
        return None, (document,)
    held = document.data if isinstance(document.data, dict) else {}
    writing = fit(Writing, {key: value for key, value in held.items() if key not in GOVERNANCE}, document)
    if isinstance(writing, tuple):
        return None, writing
    return HouseStyle(writing, syllables), ()
