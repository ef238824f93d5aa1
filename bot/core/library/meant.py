"""What an editor means who writes a comparison in other words than the blocks know."""

from __future__ import annotations

import re
from math import ceil, floor

_NUMBER = r" (\d{1,6}(?:\.\d{1,3})?)"
_MORE = re.compile("(?:more than|greater than|higher than|bigger than|over|above|>)" + _NUMBER)
_LESS = re.compile("(?:less than|fewer than|lower than|smaller than|under|below|<)" + _NUMBER)
_AT_LEAST = re.compile(
    "(?:at least|no less than|not less than|no fewer than|not under|not below|>=)" + _NUMBER
)
_AT_MOST = re.compile("(?:at most|no more than|not more than|up to|not over|not above|<=)" + _NUMBER)


def number_meant(words: str) -> str:
    """``more than 8`` is ``9 or more``: scores are whole numbers. Empty where nothing of the kind is said."""
    if found := _MORE.fullmatch(words):
        return f"{floor(float(found[1])) + 1} or more"
    if found := _AT_LEAST.fullmatch(words):
        return f"{ceil(float(found[1]))} or more"
    if found := _AT_MOST.fullmatch(words):
        return f"{floor(float(found[1]))} or less"
    found = _LESS.fullmatch(words)
    most = ceil(float(found[1])) - 1 if found else -1
    return f"{most} or less" if most >= 0 else ""
