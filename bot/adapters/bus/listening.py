"""Hints on their way in: one connection to each server that carries a channel of ours."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as Lost

from bot.adapters.bus.sending import MISSED, Hint
from bot.adapters.bus.servers import PREFIX, TROUBLES, Servers, channel_of
from bot.core.values import ServiceId

LOOK_S = 1.0  # how often the services that exist are looked through
QUIET_S = (
    1.0  # a connection that is silent for so long is asked whether it is there, and has as long to answer
)
REST_S = 1.0
CONNECT_S = 0.5
MOST_UNREAD = 1_000


class Listening:
    def __init__(self, servers: Servers, me: str) -> None:
        self._servers, self._me = servers, me
        self._ears: dict[str, tuple[Ear, asyncio.Task[None]]] = {}
        self._said: asyncio.Queue[tuple[ServiceId, Iterable[Hint]] | None] = asyncio.Queue()

    def hears(self, channel: str) -> bool:
        home = self._servers.home(channel)
        return home in self._ears and channel in self._ears[home][0].heard

    async def hints(
        self, services: Callable[[], Iterable[ServiceId]]
    ) -> AsyncGenerator[tuple[ServiceId, str, Mapping[str, Any]], None]:
        self._said = asyncio.Queue(MOST_UNREAD)
        listening = asyncio.create_task(self._listen(services), name="bus-ears")
        try:
            while (said := await self._said.get()) is not None:
                service, hints = said
                for topic, payload in hints:
                    yield service, topic, payload
            await listening
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _listen(self, services: Callable[[], Iterable[ServiceId]]) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                while True:
                    await self._servers.find()
                    _end_if_cancelled()
                    self._share_out(tasks, {channel_of(service) for service in services()})
                    await asyncio.sleep(LOOK_S)
        finally:
            self._ears.clear()
            if not self._said.full():
                self._said.put_nowait(None)

    def _share_out(self, tasks: asyncio.TaskGroup, channels: set[str]) -> None:
        wanted: dict[str, set[str]] = defaultdict(set)
        for channel in channels:
            if (home := self._servers.home(channel)) is not None:
                wanted[home].add(channel)
        for home in wanted.keys() - self._ears.keys():
            ear = Ear(self._servers.client(home), self._take, self._servers.doubt)
            self._ears[home] = ear, tasks.create_task(ear.listen(), name="bus-ear")
        for home in self._ears.keys() - wanted.keys():
            self._ears.pop(home)[1].cancel()
        for home, (ear, _) in self._ears.items():
            ear.wanted = wanted[home]

    async def _take(self, channel: str, said: str | None) -> None:
        """``said`` None: the channel is open from now on, and what was said before was missed."""
        try:
            service = ServiceId(UUID(channel.removeprefix(PREFIX).strip("{}")))
            if said is None:
                await self._said.put((service, [(MISSED, {})]))
                return
            sender, _, hints = said.partition(" ")
            if sender != self._me:
                await self._said.put((service, json.loads(hints)))
        except ValueError:
            return  # nothing of ours


class Ear:
    """The connection to one server. ``heard``: the channels that are open."""

    def __init__(
        self, client: Redis, take: Callable[[str, str | None], Awaitable[None]], doubt: Callable[[], None]
    ) -> None:
        self._client, self._take, self._doubt = client, take, doubt
        self.wanted: set[str] = set()
        self.heard: set[str] = set()

    async def listen(self) -> None:
        """For ever: again and again where the server goes."""
        while True:
            connection = self._client.connection_pool.make_connection()  # type: ignore[no-untyped-call]
            try:
                async with asyncio.timeout(CONNECT_S):
                    await connection.connect()
                await self._follow(connection)
            except TROUBLES:
                self._doubt()
            finally:
                self.heard.clear()
                await connection.disconnect(nowait=True)
            _end_if_cancelled()
            await asyncio.sleep(REST_S)

    async def _follow(self, connection: AbstractConnection) -> None:
        """Until the server goes, or says nothing although it was asked."""
        asked: set[str] = set()
        silent = False
        while True:
            if asked != self.wanted:
                await self._ask(connection, asked)
            said = await connection.read_response(timeout=QUIET_S, disconnect_on_error=False)
            _end_if_cancelled()
            if said is not None:
                silent = False
                await self._hear(said)
            elif silent:
                raise TimeoutError
            else:
                silent = True
                await connection.send_command("PING", check_health=False)

    async def _ask(self, connection: AbstractConnection, asked: set[str]) -> None:
        """One command for each channel: in a cluster a command keeps to one slot."""
        commands = [("SSUBSCRIBE", channel) for channel in self.wanted - asked]
        commands += [("SUNSUBSCRIBE", channel) for channel in asked - self.wanted]
        self.heard &= self.wanted
        asked.clear()
        asked |= self.wanted
        await connection.send_packed_command(connection.pack_commands(commands), check_health=False)

    async def _hear(self, said: Any) -> None:
        match said:
            case ["smessage", str(channel), str(text)]:
                await self._take(channel, text)
            case ["ssubscribe", str(channel), _] if channel in self.wanted:
                self.heard.add(channel)
                await self._take(channel, None)
            case ["sunsubscribe", str(channel), _] if channel in self.wanted:
                raise Lost  # its slot has moved to another server
            case _:
                pass


def _end_if_cancelled() -> None:
    """redis-py swallows a cancellation that meets it in the wrong moment; the task would go on for ever."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
