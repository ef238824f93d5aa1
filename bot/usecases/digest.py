"""Once a working day, for whoever has routine alerts: one letter with two numbers, and none where nothing is new."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from bot.core.digest import day_of, quiet_levels, whose
from bot.core.errors import Unavailable
from bot.core.rows import PRIORITY
from bot.core.service import Service
from bot.core.values import ServiceId, StaffId
from bot.ports import Digest, DigestTried, StaffMember, Task
from bot.usecases.hearing import SETTLED
from bot.usecases.house import House
from bot.usecases.letters import digest_letter
from bot.usecases.post import sent
from bot.usecases.rounds import Failed, each_service
from bot.usecases.there import who_is_there
from bot.usecases.unsubscribing import way_out

LOOK_EVERY_S = 60.0


@dataclass
class Days:
    """The worker's round. ``_planned``: what this process need not look up again."""

    house: House
    failed: Failed
    _planned: dict[ServiceId, date] = field(default_factory=dict)

    async def round(self, services: frozenset[ServiceId] | None = None) -> None:
        await each_service(self.house, "digest", self.failed, services, self._look_after)

    async def _look_after(self, service: Service) -> None:
        day = day_of(service, self.house.clock.now())
        if day is None or self._planned.get(service.id) == day:
            return
        if not await self.house.record.digests.planned(service.id, day):
            await plan(self.house, service, day)
        self._planned[service.id] = day


async def plan(house: House, service: Service, day: date) -> None:
    """Who comes second, or comes again after a crash, changes nothing: the day and its promises are one commit."""
    digests = house.record.digests
    known, unwanted = await digests.known(service.id), await digests.unwanted(service.id)
    mine = [
        Digest(house.ids.new(), who, f"<digest.{day}.{who}@{house.outside.mail_domain}>")
        for who, marks in (await _waiting(house, service.id)).items()
        if who not in unwanted and marks - known.get(who, frozenset())
    ]
    now = house.clock.now()
    for _ in (await digests.plan(service.id, day, mine, PRIORITY["routine"], now))[:1]:
        house.afterwards.start("digest", house.keep_promise(house, service.id, f"digest:{day}"))


async def _waiting(house: House, service: ServiceId) -> Mapping[StaffId, Set[str]]:
    ladder = house.shelf.library.policy.ladder
    there = await who_is_there(house, service)
    return whose(await house.record.digests.waiting(service, quiet_levels(ladder)), there, ladder)


async def tell_digest(house: House, service: ServiceId, task: Task) -> None:
    """Looks again before it writes: whoever left, went on leave or said no gets none, nor who has seen to it meanwhile.

    Raises Unavailable while the letter is not accepted. What the day did not bring is in the next one's.
    """
    digests, to = house.record.digests, StaffId(UUID(task.payload["to"]))
    day, now = date.fromisoformat(task.payload["day"]), house.clock.now()
    async with house.hands.windows.at_one((PRIORITY["routine"], 0)):
        member = await _still_wanted(house, service, to, day)
        marks = (await _waiting(house, service)).get(to, frozenset())
        fresh = len(marks - (await digests.known(service)).get(to, frozenset()))
        if member is None or not fresh:
            await digests.tried(service, task, DigestTried("void"), now, done=True)
            return
        before = await digests.state(service, to, day)
        letter = digest_letter(
            house,
            service,
            member,
            len(marks),
            fresh,
            task.payload["message_id"],
            way_out(house, service, to),
        )
        outcome, error = await sent(house, letter)
    state = "likely" if outcome == before == "uncertain" else outcome
    tried = DigestTried(state, marks, fresh, error)
    await digests.tried(service, task, tried, house.clock.now(), done=state in SETTLED)
    if state not in SETTLED:
        raise Unavailable("mail", 0.0)


async def _still_wanted(house: House, service: ServiceId, to: StaffId, day: date) -> StaffMember | None:
    late = _today(house, service) > day
    if late or to in await house.record.digests.unwanted(service):
        return None
    return next((m for m in await house.record.staff.all(service) if m.id == to), None)


def _today(house: House, service: ServiceId) -> date:
    return house.shelf.service(service).on_its_clock(house.clock.now()).date()
