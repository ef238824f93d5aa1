"""Telling people of an alert: who is on the rung, one letter each, no clinical text in any of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.canary import canary_of, keeper_of
from bot.core.errors import Unavailable
from bot.core.rows import PRIORITY
from bot.core.values import ServiceId
from bot.ports import AlertStanding, StaffMember, Task, Telling
from bot.usecases import canary
from bot.usecases.folding import IN_ANOTHER_LETTER, folded_with_the_others
from bot.usecases.hearing import (
    SETTLED,
    TRIES_BEFORE_DUTY,
    UNHURRIED_S,
    hearers_of,
    nobody_reached,
    still_to_tell,
    told_since,
    waits,
)
from bot.usecases.house import House
from bot.usecases.letters import alert_letter, why_of
from bot.usecases.post import sent
from bot.usecases.there import who_is_there


@dataclass(frozen=True)
class Addressee:
    who: StaffMember
    why: str = ""


class _Settled(Exception):
    """While a letter waited for its window, somebody took the alert on, or more was said in another."""


async def tell_staff(house: House, service: ServiceId, task: Task) -> None:
    """Raises Unavailable while anybody on the rung is still to be told; who was told is not told again."""
    async with house.hands.asking:
        staff = {m.id: m for m in await house.record.staff.all(service)}
        there = await who_is_there(house, service, staff.values())
        # Looked at last, right before the letters leave: acknowledged means silence.
        alert = await house.record.deliveries.standing(service, task)
    ladder = house.shelf.library.policy.ladder
    if alert is None or not still_to_tell(alert, task.payload, ladder):
        await house.record.outbox.done(service, task.id, house.clock.now())
        return
    if waits(alert, task.payload, there, ladder):
        opening = house.shelf.service(service).next_reading(house.clock.now())
        await house.record.outbox.later(service, task, opening, tried=False)
        return
    hearers = {h.who.id: h for h in hearers_of(alert, task.payload, there, ladder)}
    if task.line == canary_of(service):
        await _tell_canary(house, service, task, alert, nobody=not hearers)
        return
    if await folded_with_the_others(house, service, task, alert, there):
        return
    for id_ in told_since(alert, task.payload, there, ladder):
        hearers.pop(id_, None)
    if not hearers:
        await house.record.outbox.done(service, task.id, house.clock.now())
        return
    missing = [
        Addressee(staff[id_], why_of(hearer, staff))
        for id_, hearer in hearers.items()
        if alert.heard.get(id_) not in {*SETTLED, IN_ANOTHER_LETTER}
    ]
    try:
        states = await _write_to(house, service, task, alert, missing)
    except _Settled:
        await house.record.outbox.done(service, task.id, house.clock.now())
        return
    states += [alert.heard[id_] for id_ in hearers if alert.heard.get(id_) in SETTLED]
    settled, heard = bool(states) and SETTLED.issuperset(states), "accepted" in states
    if not heard and (settled or task.attempts >= TRIES_BEFORE_DUTY):
        told = int(task.payload["told"])
        await nobody_reached(house, service, task.line, alert, told, hearers, there)
    if not settled:
        raise Unavailable("mail", UNHURRIED_S if heard else 0.0)
    if not (missing and heard):
        await house.record.outbox.done(service, task.id, house.clock.now())


async def _tell_canary(
    house: House, service: ServiceId, task: Task, alert: AlertStanding, *, nobody: bool
) -> None:
    """The ladder has named who would hear, and none of them is bothered: the canary's own mailbox is, if there is one.

    Raises Unavailable while its letter is not accepted, and where a patient's alert would find nobody at all.
    """
    if nobody:
        raise Unavailable("staff", UNHURRIED_S)
    address, keeper = house.outside.canary_address, keeper_of(service)
    if address is None:
        await canary.heard(house, service, "outbox")
        await house.record.outbox.done(service, task.id, house.clock.now())
        return
    if alert.heard.get(keeper) not in SETTLED:
        mailbox = StaffMember(service, keeper, address, "Canary", frozenset(), None)
        states = await _write_to(house, service, task, alert, [Addressee(mailbox)])
        if not SETTLED.issuperset(states):
            raise Unavailable("mail")
    await canary.heard(house, service, "mail")
    await house.record.outbox.done(service, task.id, house.clock.now())


async def _write_to(
    house: House, service: ServiceId, task: Task, alert: AlertStanding, people: Sequence[Addressee]
) -> list[str]:
    """How it stands with each of them now. One bad address stops nobody else's letter.

    The row is done in the same commit as the last result, where each of them has heard. Raises _Settled.
    """
    states: list[str] = []

    async def write(nth: int, addressee: Addressee) -> None:
        to = addressee.who
        letter = alert_letter(house, service, task, alert, to, addressee.why)
        async with house.hands.windows.at_one((PRIORITY[alert.level], min(nth, 1))) as waited:
            if waited and not await _still(house, service, task):
                raise _Settled
            outcome, error = await sent(house, letter)
        state = "likely" if outcome == alert.heard.get(to.id) == "uncertain" else outcome
        states.append(state)
        done = len(states) == len(people) and SETTLED.issuperset(states) and "accepted" in states
        telling = Telling(house.ids.new(), to.id, letter.message_id, state, error)
        async with house.hands.asking:
            await house.record.deliveries.tried(service, task, telling, house.clock.now(), done=done)

    each = (write(nth, addressee) for nth, addressee in enumerate(people))
    results = await asyncio.gather(*each, return_exceptions=True)
    for failed in results:
        if isinstance(failed, BaseException):
            raise failed
    return states


async def _still(house: House, service: ServiceId, task: Task) -> bool:
    async with house.hands.asking:
        alert = await house.record.deliveries.standing(service, task)
    return alert is not None and still_to_tell(alert, task.payload, house.shelf.library.policy.ladder)
