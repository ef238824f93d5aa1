"""A group of which a test lets people in, has them write, and reads what each was told."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from clinic import Clinic, Patient

from bot.core.inputs import HostAway, Moderate
from bot.core.room import Room
from bot.core.values import LineId
from bot.usecases import peers
from bot.usecases.hosting import moderate
from bot.usecases.room_turns import standing_of, tell_room
from bot.usecases.turn import Inbound

GROUP = "copd"


class Club:
    def __init__(self, clinic: Clinic) -> None:
        self.clinic, self.house, self.service = clinic, clinic.house, clinic.service
        self.host, self.other = clinic.host.id, clinic.duty.id
        self.first: LineId = clinic.service.rooms[GROUP]

    async def comes(self, name: str, **more: Any) -> Patient:
        patient = await self.clinic.join("copd", **more)
        await self.asks(patient, name)
        return patient

    async def asks(self, patient: Patient, name: str, group: str = GROUP) -> None:
        await patient.chooses("Talk to others like me")
        await patient.presses(f"group:{group}")
        await patient.presses("join")
        await patient.says(name)
        await self.clinic.settle()

    def said(self, patient: Patient, words: str | None = None) -> Inbound:
        return Inbound(self.service.id, patient.id, uuid4(), text=words)

    async def posts(self, patient: Patient, words: str = "Good morning from the stairs") -> int:
        """A host lets it through. Returns its number."""
        await peers.post(self.house, self.said(patient, words), self.first)
        await self.clinic.settle()
        seq = (await self.room()).seq
        await moderate(self.house, self.service.id, self.first, Moderate(seq, self.host, "release"))
        await self.hears(HostAway(self.host))
        return seq

    async def hears(self, heard: Any) -> None:
        await tell_room(self.house, self.service.id, self.first, heard)
        await self.clinic.settle()

    async def room(self, line: LineId | None = None) -> Room:
        state = await standing_of(self.house, self.service.id, line or self.first)
        assert state is not None
        return state

    async def told(self, patient: Patient) -> str:
        await patient.catches_up()
        return "\n".join(m.shown.text for m in patient.seen)

    async def rooms_of(self, patient: Patient) -> list[LineId]:
        return [room.id for room in await self.house.record.peers.rooms_of(self.service.id, patient.id)]
