"""Members and a host of a peer group."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

from clinic import Clinic, Patient

from bot.core.inputs import Moderate
from bot.core.values import LineId
from bot.usecases.hosting import host_post, moderate


async def into_the_group(patient: Patient, name: str) -> str:
    """Join the group for people with COPD; returns its id."""
    await patient.chooses("Talk to others like me")
    await patient.chooses("Living with COPD")
    await patient.chooses("Join the group")
    await patient.says(name)
    async with asyncio.timeout(10):  # another process may be the one that lets them in
        while not (rooms := [m.shown.room for m in patient.seen if m.shown.room]):
            await asyncio.sleep(0.05)
            await patient.catches_up()
    return rooms[-1]


async def member(clinic: Clinic, name: str) -> tuple[Patient, str]:
    patient = await clinic.join("copd")
    return patient, await into_the_group(patient, name)


async def host_writes(clinic: Clinic, room: str, text: str, reply_to: int | None = None) -> None:
    service, by = clinic.service.id, clinic.host.id
    await host_post(clinic.house, service, LineId(UUID(room)), by, uuid4(), text, reply_to)


async def host_does(clinic: Clinic, room: str, seq: int, what: str) -> None:
    act = Moderate(seq, clinic.host.id, what, "other" if what == "hide" else "")  # type: ignore[arg-type]
    await moderate(clinic.house, clinic.service.id, LineId(UUID(room)), act)
