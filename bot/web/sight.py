"""A message as one particular reader sees it, put into a frame."""

from __future__ import annotations

from bot.core.values import LineId
from bot.usecases.hub import Delivered
from bot.web.frames import Msg


def msg_for(message: Delivered, reader: LineId) -> Msg:
    """``reader``: the patient whose screen it is; others' ids never leave the house."""
    shown = message.shown
    return Msg(
        seq=message.seq,
        group=message.room,
        sender=message.sender,
        name=message.name,
        mine=message.author == reader if message.room is not None else None,
        hidden=True if message.status == "hidden" else None,
        held=True if message.status == "held" else None,
        id=message.client_id,
        text=shown.text,
        lang=shown.lang,
        at=message.at,
        choices=shown.choices,
        question=shown.question,
        progress=shown.progress,
        urgent=shown.urgent,
        exercise=shown.exercise,
        read_back=shown.read_back,
        charts=shown.charts,
        picture=shown.picture,
        room=shown.room,
    )
