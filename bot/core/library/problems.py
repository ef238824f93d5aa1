"""What is wrong with a draft, in an editor's words."""

from __future__ import annotations

from typing import Literal

from bot.core.checked import Checked


class Problem(Checked):
    """``code``: family and number (C101). ``line`` and ``column`` count from 1."""

    file: str
    line: int
    column: int = 1
    code: str
    level: Literal["error", "warning"] = "error"
    message: str
    hint: str = ""
