"""Four kinds of error, by who must act."""

from __future__ import annotations


class Misuse(Exception):
    """Our own bug, or an operator's setting that cannot work: stop loudly and say what to do."""


class BadRow(Misuse):
    """The record refuses what one row holds; what was committed beside it may stand."""


class Damaged(Misuse):
    """What the record holds is not what was put there."""


class Refused(Exception):
    """The person may try otherwise.

    ``code`` is a stable word of the protocol (``too_long``, ``conflict`` ...), also the key of the sentence
    that the person reads. It never holds what they wrote. ``retry_after_s``: where waiting is what helps.
    """

    def __init__(self, code: str, retry_after_s: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after_s = retry_after_s


class Unavailable(Exception):
    """Something outside is down: try again after ``retry_after_s`` seconds; nothing was acknowledged."""

    def __init__(self, what: str, retry_after_s: float = 2.0) -> None:
        super().__init__(f"{what} is not available")
        self.what = what
        self.retry_after_s = retry_after_s


class NotTaken(Unavailable):
    """It never left: certainly nothing was written. (Any other Unavailable may have been carried out all the same.)"""


class Conflict(Exception):
    """Somebody else moved this Line on: load it again and decide again."""
