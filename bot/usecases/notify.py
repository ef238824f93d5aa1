"""Telling people of an alert by other channels than e-mail: their devices, webhooks, the operator's own places.

The ladder is judged by e-mail alone: what fails here is tried again, and shown, and holds no letter.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import uuid5

from bot.core.canary import canary_of
from bot.core.errors import Unavailable
from bot.core.library import Ladder
from bot.core.rota import There
from bot.core.values import ServiceId
from bot.ports import AlertStanding, News, NoticeState, Task, Way
from bot.usecases.hearing import hearers_of, still_to_tell, waits
from bot.usecases.house import House
from bot.usecases.letters import URGENCY
from bot.usecases.there import who_is_there
from bot.usecases.ways import tell_by

FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 300.0
ENDED = frozenset({"accepted", "gone", "given_up"})


async def notify(house: House, service: ServiceId, task: Task) -> None:
    """Raises Unavailable while a channel has not taken it and the alert waits for somebody."""
    ways = await house.record.ways.all(service)
    alert = await house.record.deliveries.standing(service, task) if ways else None
    ladder = house.shelf.library.policy.ladder
    if alert is None or task.line == canary_of(service) or not still_to_tell(alert, task.payload, ladder):
        await house.record.notices.give_up(service, task)
        await house.record.outbox.done(service, task.id, house.clock.now())
        return
    there = await who_is_there(house, service)
    if waits(alert, task.payload, there, ladder):
        opening = house.shelf.service(service).next_reading(house.clock.now())
        await house.record.outbox.later(service, task, opening, tried=False)
        return
    known = await house.record.notices.standing(service, task)
    asked = [way for way in _asked(house, ways, alert, task, there, ladder) if known.get(way.id) not in ENDED]
    results = await asyncio.gather(*(_tell(house, task, alert, way) for way in asked), return_exceptions=True)
    for failed in results:
        if isinstance(failed, BaseException):
            raise failed
    if "failed" in results:
        raise Unavailable("channels", pause_s(task.attempts))
    await house.record.outbox.done(service, task.id, house.clock.now())


def pause_s(tries: int) -> float:
    """Twice as long after each try, up to five minutes.

    >>> [pause_s(n) for n in (1, 2, 3, 6, 7, 99)]
    [5.0, 10.0, 20.0, 160.0, 300.0, 300.0]
    """
    return min(FIRST_PAUSE_S * 2.0 ** min(tries - 1, 10), LONGEST_PAUSE_S)


def _asked(
    house: House, ways: Sequence[Way], alert: AlertStanding, task: Task, there: There, ladder: Ladder
) -> list[Way]:
    """The ways that this level takes: of devices those of the people who hear now."""
    kinds = {kind for kind in ladder.channels.get(alert.level, ()) if kind in house.tellers}
    hear = {hearer.who.id for hearer in hearers_of(alert, task.payload, there, ladder)}
    return [way for way in ways if way.kind in kinds and (way.kind != "push" or way.staff in hear)]


async def _tell(house: House, task: Task, alert: AlertStanding, way: Way) -> NoticeState:
    service = house.shelf.service(way.service)
    news = News(
        id=uuid5(task.id, way.id.hex),
        service=service.slug,
        title=service.name,
        url=f"{house.outside.public_url}/desk/alerts/{alert.id}",
        alert=alert.id,
        level=alert.level,
        needs=URGENCY[alert.level],
        rung=int(task.payload["rung"]),
        told=int(task.payload["told"]),
    )
    error = await tell_by(house, way, news)
    state: NoticeState = "accepted" if error is None else "gone" if error == "gone" else "failed"
    await house.record.notices.tried(way.service, task, way, state, error, house.clock.now())
    return state
