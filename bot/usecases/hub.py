"""Telling the open sockets of this process what changed, and other processes that something did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Generic, Literal, TypeVar
from uuid import UUID

from msgspec import Struct

from bot.core.facts import PostKind
from bot.core.shown import Shown
from bot.core.values import LineId, ServiceId, StaffId

Sender = Literal["bot", "patient", "team", "member", "host"]


class Delivered(Struct, frozen=True):
    """One message on its way to a screen. In a room ``author`` or ``staff`` wrote it under ``name``; ``reactions``: who
    pressed what; ``shown_at``: when others first saw it."""

    seq: int
    sender: Sender
    shown: Shown
    at: datetime
    client_id: UUID | None = None
    room: LineId | None = None
    author: LineId | None = None
    staff: StaffId | None = None
    name: str | None = None
    status: Literal["shown", "held", "hidden", "withdrawn"] = "shown"
    reply_to: int | None = None
    shown_at: datetime | None = None
    warning: str | None = None
    mentions: tuple[LineId, ...] = ()
    kind: PostKind = "post"
    about: str | None = None
    reactions: Mapping[str, frozenset[LineId]] | None = None


class News(Struct, frozen=True):
    """Something changed on a Line up to ``seq``. ``messages`` may be empty: then the record is read. ``typing``: nothing
    changed; of a room, this member is writing."""

    service: ServiceId
    line: LineId
    seq: int
    messages: tuple[Delivered, ...] = ()
    typing: UUID | None = None


Listener = Callable[[News], None]
Called = Callable[[], None]
L = TypeVar("L", Listener, Called)
_Listeners = defaultdict[ServiceId, dict[LineId, set[L]]]


class Hub:
    def __init__(self) -> None:
        self._news: _Listeners[Listener] = defaultdict(dict)
        self._calls: _Listeners[Called] = defaultdict(dict)
        self._rooms: _Listeners[Listener] = defaultdict(dict)

    def listening(self, service: ServiceId, line: LineId, listener: Listener) -> AbstractContextManager[None]:
        """``listener`` must not wait, and raises nothing."""
        return _Among(self._news, service, line, listener)

    def room_open(self, service: ServiceId, room: LineId, listener: Listener) -> AbstractContextManager[None]:
        """Besides ``listening``: it is a group that is on somebody's screen."""
        return _Among(self._rooms, service, room, listener)

    def tell(self, news: News) -> None:
        for listener in _of(self._news, news.service, news.line):
            listener(news)

    def answering(self, service: ServiceId, patient: LineId, called: Called) -> AbstractContextManager[None]:
        """``called`` is told when a session of the patient's has ended: perhaps this screen's own."""
        return _Among(self._calls, service, patient, called)

    def call_back(self, service: ServiceId, patient: LineId) -> None:
        for called in _of(self._calls, service, patient):
            called()

    def services(self) -> tuple[ServiceId, ...]:
        """Those that somebody listens to."""
        return tuple(self._news)

    def lines(self, service: ServiceId) -> tuple[LineId, ...]:
        return tuple(self._news.get(service, ()))

    def rooms(self, service: ServiceId) -> tuple[LineId, ...]:
        """Those that are open on a screen."""
        return tuple(self._rooms.get(service, ()))


class _Among(Generic[L]):
    """A listener for as long as the context lasts: a small object, for every open screen holds some."""

    __slots__ = ("_line", "_listener", "_listeners", "_service")

    def __init__(self, listeners: _Listeners[L], service: ServiceId, line: LineId, listener: L) -> None:
        self._listeners: _Listeners[L] = listeners
        self._listener: L = listener
        self._service, self._line = service, line

    def __enter__(self) -> None:
        self._listeners[self._service].setdefault(self._line, set()).add(self._listener)

    def __exit__(self, *_: object) -> None:
        of_service = self._listeners[self._service]
        of_service[self._line].discard(self._listener)
        if not of_service[self._line]:
            del of_service[self._line]
        if not of_service:
            del self._listeners[self._service]


def _of(listeners: _Listeners[L], service: ServiceId, line: LineId) -> tuple[L, ...]:
    return tuple(listeners.get(service, {}).get(line, ()))
