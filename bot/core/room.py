"""Where a peer group stands: its members, its latest posts' standing, its open alerts and timers."""

from __future__ import annotations

from typing import Literal

from bot.core.state import OpenAlert, Timer
from bot.core.values import LineId, Value, WordId

MOST_POSTS_KEPT = 200


class Member(Value):
    pseudonym: WordId
    status: Literal["member", "left"]
    posts: int = 0


class Standing(Value):
    """One recent post: who wrote it, whether it is shown, who flagged it. Older ones stand in their rows alone."""

    author: LineId | None
    status: Literal["shown", "held", "hidden"]
    flags: tuple[LineId, ...] = ()


class Room(Value):
    group: str = ""
    seq: int = 0
    members: dict[LineId, Member] = {}
    posts: dict[int, Standing] = {}
    alerts: dict[str, OpenAlert] = {}
    timers: dict[str, Timer] = {}
