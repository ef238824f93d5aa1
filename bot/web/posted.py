"""A message that comes over HTTP, by whichever door: carried out once, and answered in time (I2)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from aiohttp import web

from bot.core.errors import Refused, Unavailable
from bot.core.values import LineId, ServiceId
from bot.logs import failure_of
from bot.usecases.ways_in import secret_hash, service_of, used, who_is
from bot.web.calls import language_of
from bot.web.frames import Nack
from bot.web.keys import HOUSE, METERS
from bot.web.limits import Buckets
from bot.web.overdue import OVERDUE
from bot.web.refusals import nack_for, turn_to_first

log = structlog.get_logger()

SENDS: web.AppKey[Buckets] = web.AppKey("sends", Buckets)


@dataclass(eq=False)
class Posted:
    """One message, until its outcome is known.

    ``words``: to be screened whatever becomes of it. ``token``: the patient's own; empty where none was given.
    ``shaped``: a refusal as this door's clients read it.
    """

    request: web.Request
    door: str
    token: str = field(repr=False)
    words: str | None = field(repr=False)
    shaped: Callable[[Nack], web.Response]
    client_id: UUID | None = None
    since: float = field(default_factory=time.monotonic)
    _service: ServiceId | None = None
    _patient: LineId | None = None
    _language: str = "en"
    _early: web.Response | None = None
    _written: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        # By the token alone, before the record has said whether it is any good: whose lines to show.
        self._language = language_of(self.request)
        with suppress(Refused, Unavailable):
            self._service = service_of(self.request.app[HOUSE], self.token).id

    async def answered(self, taken: Callable[[], Awaitable[web.Response]]) -> web.Response:
        """``taken`` carries it out, or raises Refused or Unavailable."""
        waiting = self.request.app[OVERDUE]
        waiting.begin(self)
        try:
            response = await self._outcome(taken)
        finally:
            waiting.end(self)
        if self._early is None:
            return response
        await self._written.wait()
        return self._early

    async def _outcome(self, taken: Callable[[], Awaitable[web.Response]]) -> web.Response:
        try:
            return await taken()
        except (Refused, Unavailable) as error:
            return self.refused(error)
        except Exception as error:
            log.error("message_failed", **failure_of(error))
            return self.refused(Unavailable("this service"))

    async def let_in(self) -> tuple[ServiceId, LineId]:
        """Whose it is. Raises Refused: signed out, or too many at once."""
        session = await who_is(self.request.app[HOUSE], self.token, "patient")
        self._service, self._patient = session.service, LineId(session.subject)
        self._language = session.language
        await used(self.request.app[HOUSE], session, secret_hash(self.token))
        self.request.app[SENDS].take(str(self._patient), asyncio.get_running_loop().time())
        return self._service, self._patient

    def acknowledged(self, _: int) -> None:
        """It is kept: what is still waited for is the bot's answer, which may take its time."""
        self.request.app[OVERDUE].end(self)
        meters = self.request.app[METERS]
        meters.turns.labels(self.door).inc()
        meters.turn_seconds.observe(time.monotonic() - self.since)

    def refused(self, error: Refused | Unavailable) -> web.Response:
        nack = nack_for(
            self.request.app[HOUSE],
            error,
            client_id=self.client_id,
            text=self.words,
            service=self._service,
            patient=self._patient,
            language=self._language,
        )
        self.request.app[METERS].refusals.labels(nack.code).inc()
        return self.shaped(nack)

    def overdue(self) -> None:
        """Where to turn is the answer, and what becomes of the message is found out by sending it again."""
        house = self.request.app[HOUSE]
        nack = turn_to_first(house, self.client_id, self.words, self._service)
        if nack is not None:
            self._early = self.shaped(nack)
            self._early.force_close()  # the next request must not wait behind this one
            house.afterwards.start("early answer", self._write(self._early))

    async def _write(self, response: web.Response) -> None:
        try:
            with suppress(ConnectionError):
                await response.prepare(self.request)
                await response.write_eof()
        finally:
            self._written.set()
