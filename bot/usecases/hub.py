"""Telling the open sockets of this process what changed, and other processes that something did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from bot.core.shown import Shown
from bot.core.values import LineId, ServiceId, StaffId

Sender = Literal["bot", "patient", "team", "member", "host"]


@dataclass(frozen=True)
class Delivered:
    """One message on its way to a screen. In a room ``author`` or ``staff`` wrote it under ``name``."""

    seq: int
    sender: Sender
    shown: Shown
    at: datetime
    client_id: UUID | None = None
    room: LineId | None = None
    author: LineId | None = None
    staff: StaffId | None = None
    name: str | None = None
    status: Literal["shown", "held", "hidden"] = "shown"


@dataclass(frozen=True)
class News:
    """Something changed on a Line up to ``seq``. ``messages`` may be empty: then the record is read."""

    service: ServiceId
    line: LineId
    seq: int
    messages: tuple[Delivered, ...] = ()


Listener = Callable[[News], None]


class Hub:
    def __init__(self) -> None:
        self._listeners: dict[tuple[ServiceId, LineId], set[Listener]] = defaultdict(set)

    @contextmanager
    def listening(self, service: ServiceId, line: LineId, listener: Listener) -> Iterator[None]:
        """``listener`` must not wait: it puts the news into a queue of its own."""
        key = (service, line)
        self._listeners[key].add(listener)
        try:
            yield
        finally:
            self._listeners[key].discard(listener)
            if not self._listeners[key]:
                del self._listeners[key]

    def tell(self, news: News) -> None:
        for listener in tuple(self._listeners.get((news.service, news.line), ())):
            listener(news)
