"""One frame of a patient, carried out alike by whichever door it came."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from msgspec import structs

from bot.core.values import LineId, ServiceId
from bot.usecases import peers, turn
from bot.usecases.change import Changed
from bot.usecases.house import House
from bot.usecases.turn import Inbound
from bot.web.frames import (
    Acted,
    AmongPeers,
    AppealFrame,
    LeaveFrame,
    LookAtFrame,
    MuteFrame,
    MuteWordFrame,
    PostFrame,
    ReactFrame,
    ReportFrame,
    RestFrame,
    SayFrame,
    ShowTypingFrame,
    UnmuteWordFrame,
    WithdrawFrame,
)


async def carry_out(
    house: House, service: ServiceId, patient: LineId, frame: Acted, acknowledge: Callable[[int], None]
) -> int:
    """Returns the seq of its acknowledgement."""
    inbound = Inbound(service, patient, frame.id)
    if isinstance(frame, SayFrame):
        answer = frame.answer
        inbound = structs.replace(
            inbound,
            text=frame.text,
            choice=frame.choice,
            item=answer.item if answer else None,
            value=answer.value if answer else None,
            re=frame.re,
        )
        changed = await turn.hear(house, inbound, acknowledge)
    else:
        changed = await _among_peers(house, inbound, frame, acknowledge)
    return changed.seq


async def _among_peers(
    house: House, inbound: Inbound, frame: AmongPeers, acknowledge: Callable[[int], None]
) -> Changed:
    if isinstance(frame, PostFrame | AppealFrame | MuteWordFrame):
        inbound = structs.replace(inbound, text=frame.text)
    match frame:
        case PostFrame(group=group, reply_to=reply_to, warning=warning, mentions=mentions):
            return await peers.post(
                house, inbound, LineId(group), reply_to, acknowledge, warning=warning, mentions=mentions
            )
        case ReportFrame(group=group, seq=seq, why=why):
            return await peers.report(house, inbound, LineId(group), seq, acknowledge, why)
        case ReactFrame(group=group, seq=seq, kind=kind, on=on):
            return await peers.react(house, inbound, LineId(group), seq, kind, on=on, acknowledge=acknowledge)
        case WithdrawFrame(group=group, seq=seq):
            return await peers.withdraw(house, inbound, LineId(group), seq, acknowledge)
        case AppealFrame(group=group, seq=seq, complaint=complaint):
            return await peers.appeal(house, inbound, LineId(group), seq, acknowledge, complaint=complaint)
        case LeaveFrame(group=group, take_posts=take_posts):
            return await peers.leave(
                house, inbound, LineId(group), take_posts=take_posts, acknowledge=acknowledge
            )
        case RestFrame(group=group, on=on, days=days):
            return await peers.rest(house, inbound, LineId(group), on=on, days=days, acknowledge=acknowledge)
        case MuteFrame(group=group, member=member, on=on):
            return await peers.mute_member(
                house, inbound, LineId(group), member, on=on, acknowledge=acknowledge
            )
        case MuteWordFrame():
            return await peers.mute_word(house, inbound, acknowledge)
        case UnmuteWordFrame(word=word):
            return await peers.unmute_word(house, inbound, word, acknowledge)
        case ShowTypingFrame(on=on):
            return await peers.show_typing(house, inbound, on=on, acknowledge=acknowledge)
        case LookAtFrame(group=name):
            return await peers.look_at(house, inbound, name, acknowledge)
        case _:
            assert_never(frame)
