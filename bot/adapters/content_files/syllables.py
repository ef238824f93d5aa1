"""How many syllables an English word has: cut where it may be hyphenated, then vowels counted piece by piece."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyphen import Pyphen

_VOWELS = re.compile(r"[aeiouyàâäéèêëîïôöûüŵŷ]+")
_SILENT = re.compile(r"(?<=[a-z])(?:(?<![^aeiouy]l)es?|(?<![td])ed)$")
_TWO = re.compile(r"(?<=d)ia")
_LONGEST = 40


@lru_cache(maxsize=8192)
def syllables(word: str) -> int:
    """At least 1. A number counts as one, and so does whatever is too long to be a word."""
    if len(word) > _LONGEST or not word.isalpha():
        return 1
    pieces = _dictionary().inserted(word.lower(), "-").split("-")
    return sum(_sounds(piece) for piece in pieces)


def _sounds(piece: str) -> int:
    return max(len(_VOWELS.findall(_SILENT.sub("", piece))) + len(_TWO.findall(piece)), 1)


@cache
def _dictionary() -> Pyphen:
    from pyphen import Pyphen  # an eighth of a second, which only a check of a page needs

    return Pyphen(lang="en_GB")
