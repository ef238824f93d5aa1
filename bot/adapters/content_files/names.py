"""What a file's name says: ``modules/copd/breathing.easy.en.md`` is a module, its language and its key.

``answers/copd/flying.en.md``, a quick answer, is a module too: its id is ``answers/copd/flying``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_MODULE = re.compile(r"modules/([a-z]+/[a-z0-9-]+(?:\.easy)?)\.([a-z]{2,3})\.md")
_ANSWER = re.compile(r"(answers/[a-z]+/[a-z0-9-]+(?:\.easy)?)\.([a-z]{2,3})\.md")
_GROUP = re.compile(r"groups/([a-z0-9-]+)\.([a-z]{2,3})\.md")


@dataclass(frozen=True, slots=True)
class Name:
    kind: Literal["module", "group"]
    id: str
    language: str

    @property
    def key(self) -> str:
        return self.id if self.language == "en" else f"{self.id}.{self.language}"


def content_name(path: str) -> Name | None:
    """``path`` is relative to the content folder; None if it names no page."""
    if found := _MODULE.fullmatch(path) or _ANSWER.fullmatch(path):
        return Name("module", found[1], found[2])
    if found := _GROUP.fullmatch(path):
        return Name("group", found[1], found[2])
    return None
