"""The shipped content with few of its pages: copied, read and checked in a fraction of the time."""

from __future__ import annotations

import shutil
from pathlib import Path

from bot.authoring import CONTENT_SHIPPED

BREATHLESSNESS = ("breathlessness-and-worry.",)
HEART_ATTACK = ("after-a-heart-attack.",)
WITHOUT_COURSES = shutil.ignore_patterns("*-course.*")
"""For copies of the groups without the modules that a course leads through."""


def few_pages(folder: Path, pages: tuple[str, ...]) -> Path:
    """``pages``: how the names of those begin that are kept, in every language, beside those of groups.

    BREATHLESSNESS names no other page, so a folder of it alone builds.
    """

    def others(where: str, names: list[str]) -> list[str]:
        if Path(where).name == "groups":
            return sorted(WITHOUT_COURSES(where, names))
        return [name for name in names if name.endswith(".md") and not name.startswith(pages)]

    return Path(shutil.copytree(CONTENT_SHIPPED, folder, ignore=others))
