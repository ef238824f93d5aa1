"""What a patient says is wrong in their record, answered by somebody who may open it."""

from __future__ import annotations

from bot.core.errors import Refused
from bot.core.inputs import AnswerCorrection
from bot.core.values import LineId, ServiceId
from bot.usecases.change import hand_in
from bot.usecases.conversation import standing
from bot.usecases.house import House
from bot.usecases.scope import must_open


async def answer(house: House, service: ServiceId, patient: LineId, given: AnswerCorrection) -> None:
    """Raises Refused('not_found'), also where it was answered already. An alert of it stays until somebody resolves it."""
    await must_open(house, service, patient, given.by)
    if await standing(house, service, patient) is None:
        raise Refused("not_found")
    await hand_in(house, service, patient, given)
    now = house.clock.now()
    await house.record.audit.note(
        service, patient, f"staff:{given.by}", "record.correction", str(patient), now
    )
