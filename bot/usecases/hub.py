"""Telling the open sockets of this process what changed, and other processes that something did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar
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
Called = Callable[[], None]
L = TypeVar("L", Listener, Called)
_Listeners = defaultdict[ServiceId, dict[LineId, set[L]]]


class Hub:
    def __init__(self) -> None:
        self._news: _Listeners[Listener] = defaultdict(dict)
        self._calls: _Listeners[Called] = defaultdict(dict)

    @contextmanager
    def listening(self, service: ServiceId, line: LineId, listener: Listener) -> Iterator[None]:
        """``listener`` must not wait: it puts the news into a queue of its own."""
        with _among(self._news, service, line, listener):
            yield

    def tell(self, news: News) -> None:
        for listener in _of(self._news, news.service, news.line):
            listener(news)

    @contextmanager
    def answering(self, service: ServiceId, patient: LineId, called: Called) -> Iterator[None]:
        """``called`` is told when a session of the patient's has ended: perhaps this screen's own."""
        with _among(self._calls, service, patient, called):
            yield

    def call_back(self, service: ServiceId, patient: LineId) -> None:
        for called in _of(self._calls, service, patient):
            called()

    def services(self) -> tuple[ServiceId, ...]:
        """Those that somebody listens to."""
        return tuple(self._news)

    def lines(self, service: ServiceId) -> tuple[LineId, ...]:
        return tuple(self._news.get(service, ()))


@contextmanager
def _among(listeners: _Listeners[L], service: ServiceId, line: LineId, listener: L) -> Iterator[None]:
    listeners[service].setdefault(line, set()).add(listener)
    try:
        yield
    finally:
        those = listeners[service][line]
        those.discard(listener)
        if not those:
            del listeners[service][line]
        if not listeners[service]:
            del listeners[service]


def _of(listeners: _Listeners[L], service: ServiceId, line: LineId) -> tuple[L, ...]:
    return tuple(listeners.get(service, {}).get(line, ()))
