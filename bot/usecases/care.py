"""A patient's care ends here, or goes on after all: on their own Line, with a row on their own chain."""

from __future__ import annotations

from bot.core.errors import Refused
from bot.core.inputs import EndCare, TakeBack
from bot.core.values import LineId, ServiceId
from bot.usecases.change import hand_in
from bot.usecases.house import House
from bot.usecases.scope import must_open
from bot.usecases.ways_in import call_back

LONGEST_NAME = 100


async def end_care(house: House, service: ServiceId, patient: LineId, ending: EndCare) -> None:
    """Raises Refused: 'not_found', 'care_ended' where it has, 'no_place' for a transfer to nowhere."""
    if ending.how == "transferred" and not 0 < len(ending.to.strip()) <= LONGEST_NAME:
        raise Refused("no_place")
    await _do(house, service, patient, ending, "care.end")


async def take_back(house: House, service: ServiceId, patient: LineId, asked: TakeBack) -> None:
    """Raises Refused: 'not_found', 'care_goes_on' where it never ended."""
    await _do(house, service, patient, asked, "care.resume")


async def _do(
    house: House, service: ServiceId, patient: LineId, heard: EndCare | TakeBack, what: str
) -> None:
    await must_open(house, service, patient, heard.by)
    await hand_in(house, service, patient, heard)
    call_back(house, service, patient)  # who reads what is written there has changed
    now = house.clock.now()
    await house.record.audit.note(service, patient, f"staff:{heard.by}", what, str(patient), now)
