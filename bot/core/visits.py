"""When somebody was on a page before: looks that follow one another closely are one visit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta


def visit_before(looks: Iterable[datetime], now: datetime, one_visit: timedelta) -> datetime | None:
    """The last look of the visit before this one. ``looks``: newest first, this one not among them."""
    later = now
    for look in looks:
        if later - look >= one_visit:
            return look
        later = look
    return None
