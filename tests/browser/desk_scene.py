"""A clinic with something on every page of the desk, and a colleague's browser there."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from clinic import Clinic, Patient
from visit import Visit

from bot.core.values import LineId
from bot.ports import StaffMember
from bot.usecases import rooms, ways_in


async def sit_down(visit: Visit, clinic: Clinic, member: StaffMember) -> None:
    """Signed in, without the form."""
    token = await ways_in.begin_session(clinic.house, clinic.service, "staff", member.id)
    await visit.context.add_cookies(
        [
            {
                "name": "bounceback-desk",
                "value": token,
                "url": visit.base,
                "httpOnly": True,
                "sameSite": "Strict",
            }
        ]
    )


async def check_in(patient: Patient, mood: tuple[int, ...], worry: tuple[int, ...]) -> None:
    """A whole check-in, sent: PHQ-9, then GAD-7."""
    await patient.chooses("Check how I am")
    for answers in (mood, worry):
        await patient.fills_in(*answers)
        await patient.chooses("Send my answers")


@dataclass(frozen=True)
class Scene:
    sam: Patient
    alex: Patient
    room: LineId
    posts: tuple[UUID, ...] = ()


async def busy_day(clinic: Clinic) -> Scene:
    """Two patients, one score that rose over weeks, one message that rang, one group with a held and a shown post."""
    sam = await clinic.join("copd", "heart", name="Sam", contact="sam@patients.example", pin="2468")
    alex = await clinic.join("diabetes", name="Alex")
    for mood, worry in (
        ((1, 1, 1, 1, 1, 1, 1, 1, 0), (1, 1, 1, 1, 1, 0, 0)),
        ((1, 1, 1, 1, 0, 1, 1, 0, 0), (1, 1, 0, 1, 1, 0, 0)),
        ((2, 2, 2, 2, 2, 2, 2, 1, 0), (1, 1, 1, 1, 1, 1, 0)),
    ):
        await check_in(sam, mood, worry)
        clinic.clock.advance(days=14)
    await sam.says("Thank you for asking.")
    clinic.clock.advance(minutes=37)
    await alex.says("I want to end my life")
    await clinic.work()
    clinic.clock.advance(minutes=16)
    await clinic.work()
    return Scene(sam, alex, await _group(clinic, sam))


async def _group(clinic: Clinic, member: Patient) -> LineId:
    room = clinic.service.rooms["copd"]
    await rooms.host_post(
        clinic.house, clinic.service.id, room, clinic.host.id, clinic.house.ids.new(), "Welcome, everybody."
    )
    return room
