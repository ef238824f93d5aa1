"""Posts as they come: read from the record once for all of this process's screens that show the room."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from uuid import UUID

from bot.core.errors import Unavailable
from bot.core.room import handle_of
from bot.core.values import LineId, ServiceId
from bot.ports import RoomSeen
from bot.usecases.house import House
from bot.usecases.hub import Delivered, News
from bot.usecases.own_rooms import WINDOW
from bot.usecases.posts import PAGE, Keys, as_seen_by, posts_opened
from bot.usecases.room_now import RoomNow, now_of

AGAIN_S = 1.0
BY_THE_CLOCK_S = 10.0  # how late a screen hears of what comes with time alone, such as the night
MOST_KEYS = 64
AT_ONCE = 128  # screens that are told in one go


Receive = Callable[[tuple[Delivered, ...] | RoomNow], None]


class Feeds:
    def __init__(self, house: House) -> None:
        self._house = house
        self._feeds: dict[tuple[ServiceId, LineId], _Feed] = {}
        self._next_look: asyncio.TimerHandle | None = None

    @contextmanager
    def following(
        self, service: ServiceId, room: LineId, reader: LineId, after: int, receive: Receive
    ) -> Iterator[None]:
        """``receive`` gets what this member may see, from the first post on that is new or another than before, and what
        goes on besides where that changed.

        It must not wait. What stands above ``after`` already is read with ``posts_since``, once this began; some of
        it may come both ways.
        """
        feed = self._feeds.get((service, room))
        if feed is None:
            feed = self._feeds[service, room] = _Feed(self._house, service, room, after)
            self._look_later()
        feed.readers[receive] = reader
        try:
            yield
        finally:
            del feed.readers[receive]
            if not feed.readers:
                feed.close()
                del self._feeds[service, room]
                self._look_later()

    def _look_later(self) -> None:
        """One timer for all rooms, while any is on a screen."""
        if not self._feeds and self._next_look is not None:
            self._next_look.cancel()
            self._next_look = None
        elif self._feeds and self._next_look is None:
            self._next_look = asyncio.get_running_loop().call_later(BY_THE_CLOCK_S, self._look)

    def _look(self) -> None:
        self._house.afterwards.start("rooms-by-the-clock", self._look_at_the_clock())

    async def _look_at_the_clock(self) -> None:
        try:
            for feed in tuple(self._feeds.values()):
                await feed.look_at_the_clock()
                await asyncio.sleep(0)
        finally:
            self._next_look = None
            self._look_later()


class _Feed:
    """However much happens while it reads, it reads once more. Up to ``_read_upto`` every reader has all posts. ``_told_of``:
    which may be others now."""

    def __init__(self, house: House, service: ServiceId, room: LineId, read_upto: int) -> None:
        self.readers: dict[Receive, LineId] = {}
        self._house, self._service, self._room = house, service, room
        self._changed_from: int | None = None
        self._told_of: set[int] = set()
        self._read_upto = read_upto
        self._now: RoomNow | None = None
        self._seen: RoomSeen | None = None
        self._members: frozenset[LineId] | None = None
        self._members_version = -1
        self._reading = False
        self._keys: Keys = {}
        self._listening = ExitStack()
        self._listening.enter_context(house.hub.listening(service, room, self._stirred))
        self._listening.enter_context(house.hub.room_open(service, room, self._stirred))

    def close(self) -> None:
        self._listening.close()

    def _stirred(self, news: News) -> None:
        if news.typing is not None:
            self._tell_typing(news.typing)
            return
        self._changed_from = min(news.seq, self._changed_from or news.seq)
        self._told_of.add(news.seq)
        if not self._reading:
            self._reading = True
            self._house.afterwards.start("room-feed", self._read())

    def _tell_typing(self, who: UUID) -> None:
        typing = RoomNow(self._room, typing=who)
        for receive, reader in self._still_in():
            if handle_of(self._room, reader) != who:
                receive(typing)

    async def _read(self) -> None:
        try:
            while self._changed_from is not None and self.readers:
                first, self._changed_from = self._changed_from, None
                told_of, self._told_of = self._told_of, set()
                # One may have passed us by: from where we stand, if that is further back.
                after = max(min(first - 1, self._read_upto), 0)
                try:
                    posts, now = await asyncio.gather(
                        posts_opened(self._house, self._service, self._room, after, self._keys),
                        self._look_around(),
                    )
                except Unavailable:
                    self._changed_from = min(first, self._changed_from or first)
                    self._told_of |= told_of
                    await asyncio.sleep(AGAIN_S)
                    continue
                if len(self._keys) > MOST_KEYS:
                    self._keys.clear()
                news = tuple([post for post in posts if self._may_be_news(post, told_of)])
                self._read_upto = max([self._read_upto, *(p.seq for p in posts)])
                if len(posts) == PAGE:
                    self._changed_from = min(posts[-1].seq + 1, self._changed_from or posts[-1].seq + 1)
                    self._told_of |= {seq for seq in told_of if seq > posts[-1].seq}
                await self._hand_out(news)
                self._tell_now(now)
        finally:
            self._reading = False

    def _may_be_news(self, post: Delivered, told_of: set[int]) -> bool:
        """Of what every reader has, what was told of, what is no longer shown, and the newest, of which a hint may be lost."""
        return (
            post.seq > self._read_upto - WINDOW
            or post.seq in told_of
            or post.status in ("hidden", "withdrawn")
        )

    async def look_at_the_clock(self) -> None:
        """A night falls, and a host's time runs out, without a turn of the room: what was read last goes on to hold."""
        if self._seen is not None:
            self._tell_now(now_of(self._house, self._service, self._seen))
        else:
            with suppress(Unavailable):
                self._tell_now(await self._look_around())

    async def _look_around(self) -> RoomNow | None:
        """What goes on, and who is in: read anew only when somebody has come or gone."""
        peers = self._house.record.peers
        seen = await peers.one(self._service, self._room)
        if seen is None:
            return None
        if seen.members_version != self._members_version:
            self._members = await peers.members_of(self._service, self._room)
            self._members_version = seen.members_version
        self._seen = seen
        return now_of(self._house, self._service, seen)

    def _still_in(self) -> list[tuple[Receive, LineId]]:
        """A screen stays open when its member has left: nothing comes to it any more."""
        members = self._members
        return [(r, reader) for r, reader in self.readers.items() if members is None or reader in members]

    def _tell_now(self, now: RoomNow | None) -> None:
        if now is None or now == self._now:
            return
        self._now = now
        for receive, _ in self._still_in():
            receive(now)

    async def _hand_out(self, posts: tuple[Delivered, ...]) -> None:
        """Who wrote none of them gets the very same page as all others who did not. In a big room others have a turn between."""
        authors = {p.author for p in posts}
        others = _page(posts, None)
        for n, (receive, reader) in enumerate(self._still_in(), 1):
            visible = _page(posts, reader) if reader in authors else others
            if visible and receive in self.readers:
                receive(visible)
            if n % AT_ONCE == 0:
                await asyncio.sleep(0)


def _page(posts: tuple[Delivered, ...], reader: LineId | None) -> tuple[Delivered, ...]:
    return tuple([seen for post in posts if (seen := as_seen_by(post, reader)) is not None])
