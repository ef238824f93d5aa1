"""One frame of a patient, carried out alike by whichever door it came."""

from __future__ import annotations

from collections.abc import Callable

from bot.core.values import LineId, ServiceId
from bot.usecases import turn
from bot.usecases.house import House
from bot.web.frames import PostFrame, ReportFrame, SayFrame


async def carry_out(
    house: House,
    service: ServiceId,
    patient: LineId,
    frame: SayFrame | PostFrame | ReportFrame,
    acknowledge: Callable[[int], None],
) -> int:
    """Returns the seq of its acknowledgement."""
    inbound = turn.Inbound(service, patient, frame.id)
    match frame:
        case SayFrame(answer=answer):
            inbound = turn.Inbound(
                service,
                patient,
                frame.id,
                text=frame.text,
                choice=frame.choice,
                item=answer.item if answer else None,
                value=answer.value if answer else None,
                re=frame.re,
            )
            changed = await turn.hear(house, inbound, acknowledge)
        case PostFrame(group=group, text=text, reply_to=reply_to):
            inbound = turn.Inbound(service, patient, frame.id, text=text)
            changed = await turn.post(house, inbound, LineId(group), reply_to, acknowledge)
        case ReportFrame(group=group, seq=seq):
            changed = await turn.report(house, inbound, LineId(group), seq, acknowledge)
    return changed.seq
