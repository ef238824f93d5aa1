"""Which posts of one room a screen has been sent, and as what: a byte each, for every screen keeps this for every room."""

from __future__ import annotations

MOST_KNOWN = 256
_CODES = {"shown": 1, "held": 2, "hidden": 3}


class Known:
    """The latest posts alone. Of an older one nothing is remembered: it is sent whenever it is told of."""

    __slots__ = ("_codes", "_first")

    def __init__(self) -> None:
        self._first = 0
        self._codes = bytearray()

    def is_new(self, seq: int, status: str) -> bool:
        """Whether it was not sent yet as it is now; from here on it was."""
        code = _CODES[status]
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
            codes[:0] = bytes(-at)
            self._first, at = seq, 0
        elif at >= len(codes):
            codes.extend(bytes(min(at + 1 - len(codes), MOST_KNOWN)))
            del codes[:-MOST_KNOWN]
            self._first, at = seq + 1 - len(codes), len(codes) - 1
        return at
