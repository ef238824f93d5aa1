"""Which posts of one room a screen has been sent, and as what: four bytes each, for every screen keeps this for every room."""

from __future__ import annotations

from array import array

from bot.usecases.hub import Delivered

MOST_KNOWN = 256
_CODES = {"shown": 1, "held": 2, "hidden": 3, "withdrawn": 4}
_FIRST_MIXED = 16


def code_of(post: Delivered) -> int:
    """What of a post may become another: never 0, and the same for most."""
    code = _CODES[post.status]
    if not post.reactions and post.shown_at in (None, post.at):
        return code
    mixed = hash((code, post.shown_at, *sorted((kind, who) for kind, who in (post.reactions or {}).items())))
    return _FIRST_MIXED + mixed % (2**32 - _FIRST_MIXED)


class Known:
    """The latest posts alone. Of an older one nothing is remembered: it is sent whenever it is told of."""

    __slots__ = ("_codes", "_first")

    def __init__(self) -> None:
        self._first = 0
        self._codes = array("I")

    def is_new(self, seq: int, code: int) -> bool:
        """Whether it was not sent yet as it is now; from here on it was."""
        at = self._place(seq)
        if at is None:
            return True
        before, self._codes[at] = self._codes[at], code
        return before != code

    def _place(self, seq: int) -> int | None:
        codes = self._codes
        if not codes:
            self._first = seq
        at = seq - self._first
        if at < 0:
            if len(codes) - at > MOST_KNOWN:
                return None
            codes[:0] = _none(-at)
            self._first, at = seq, 0
        elif at >= len(codes):
            codes.extend(_none(min(at + 1 - len(codes), MOST_KNOWN)))
            del codes[:-MOST_KNOWN]
            self._first, at = seq + 1 - len(codes), len(codes) - 1
        return at


def _none(many: int) -> array[int]:
    return array("I", bytes(4 * many))
