"""What people do with alerts: each act is an input to the Line that the alert stands on."""

from __future__ import annotations

from uuid import UUID

from bot.core.errors import Refused
from bot.core.inputs import Acknowledge, HandBack, PatientInput, Resolve, TakeOver, TeamSaid
from bot.core.room import Room
from bot.core.state import Conversation
from bot.core.values import AlertId, LineId, ServiceId, StaffId
from bot.usecases.change import change
from bot.usecases.house import House

OUTCOMES = (
    "contacted",
    "seen_in_person",
    "emergency_services",
    "safety_plan_made",
    "handed_to_other_team",
    "no_answer_followed_up",
    "false_alarm",
)


async def _line_of(house: House, service: ServiceId, alert: UUID) -> LineId:
    found = await house.record.ledger.one(service, AlertId(alert), None)
    if found is None:
        raise Refused("not_found")
    return found.line


async def acknowledge(house: House, service: ServiceId, alert: UUID, by: StaffId) -> None:
    """Somebody answers for it: the ladder stops."""
    line = await _line_of(house, service, alert)

    async def prepare(_: Conversation | Room) -> Acknowledge:
        return Acknowledge(alert, by)

    await change(house, service, line, prepare)


async def resolve(
    house: House, service: ServiceId, alert: UUID, by: StaffId, outcome: str, note: str = ""
) -> None:
    """Closed by a person, with what came of it."""
    if outcome not in OUTCOMES:
        raise Refused("not_an_option")
    line = await _line_of(house, service, alert)

    async def prepare(_: Conversation | Room) -> Resolve:
        return Resolve(alert, by, outcome, note)

    await change(house, service, line, prepare)


async def act(house: House, service: ServiceId, patient: LineId, heard: PatientInput) -> None:
    """Take over, hand back, or write to the patient."""
    assert isinstance(heard, TakeOver | HandBack | TeamSaid)

    async def prepare(_: Conversation) -> PatientInput:
        return heard

    await change(house, service, patient, prepare)
