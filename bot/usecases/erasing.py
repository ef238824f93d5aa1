"""Erasing what may be erased of a patient's record: asked for in the chat, at the desk or at the command line.

A room is a Line of its own: they leave each one first. After a crash in the middle, doing it again does the rest.
"""

from __future__ import annotations

from bot.core.erasing import must_be_erasable
from bot.core.errors import Refused
from bot.core.inputs import Erase, Leave, LiftLegalHold, SetLegalHold, TimerFired
from bot.core.state import timer_id
from bot.core.values import LineId, ServiceId, StaffId
from bot.ports import Entry
from bot.usecases.change import hand_in
from bot.usecases.conversation import standing
from bot.usecases.house import House
from bot.usecases.hub import News
from bot.usecases.scope import must_open
from bot.usecases.ways_in import call_back


async def erase(
    house: House, service: ServiceId, patient: LineId, who: str, by: StaffId | None = None
) -> bool:
    """``who``: as the record of looks says it. False where it was erased already.

    Raises Refused: 'not_found', 'legal_hold', 'open_alerts'.
    """
    if by is not None:
        await must_open(house, service, patient, by)
    state = await standing(house, service, patient)
    if state is None:
        raise Refused("not_found")
    if state.status == "erased":
        return False
    must_be_erasable(state)
    rooms = await house.record.erasures.posted_in(service, patient)
    for room in rooms:
        await hand_in(house, service, room.room, Leave(patient))

    async def commit(service: ServiceId, entry: Entry) -> bool:
        return await house.record.erasures.erase(service, entry, who, house.clock.now())

    await hand_in(house, service, patient, Erase(by), commit=commit)
    house.hot.forget((service, patient))
    call_back(house, service, patient)
    for room in rooms:
        if room.first:
            house.hub.tell(News(service, room.room, room.first))
            house.bus.hint(service, "posts", {"line": str(room.room), "seq": room.first})
    return True


async def came_due(house: House, service: ServiceId, patient: LineId) -> None:
    """What they asked for, where nothing stands against it; else it is tried again a day later. Not after their death."""
    state = await standing(house, service, patient)
    if state is None or state.erasing is None or timer_id("erase", "") not in state.timers:
        return
    if state.status == "died":
        await hand_in(house, service, patient, TimerFired("erase", ""))
        return
    try:
        await erase(house, service, patient, "patient:self")
    except Refused as refused:
        if refused.code not in ("legal_hold", "open_alerts"):
            raise
        await hand_in(house, service, patient, TimerFired("erase", ""))


async def set_hold(house: House, service: ServiceId, patient: LineId, asked: SetLegalHold) -> None:
    """Nothing of it is erased or deleted any more. Raises Refused: 'not_found', 'not_an_option'."""
    await _must_be_theirs(house, service, patient, asked.by)
    await hand_in(house, service, patient, asked)
    await _note(house, service, patient, asked.by, "record.hold", asked.reason)


async def lift_hold(house: House, service: ServiceId, patient: LineId, asked: LiftLegalHold) -> None:
    await _must_be_theirs(house, service, patient, asked.by)
    await hand_in(house, service, patient, asked)
    await _note(house, service, patient, asked.by, "record.hold_lifted", str(patient))


async def _must_be_theirs(house: House, service: ServiceId, patient: LineId, by: StaffId) -> None:
    await must_open(house, service, patient, by)
    if await standing(house, service, patient) is None:
        raise Refused("not_found")


async def _note(
    house: House, service: ServiceId, patient: LineId, by: StaffId, what: str, about: str
) -> None:
    await house.record.audit.note(service, patient, f"staff:{by}", what, about, house.clock.now())
