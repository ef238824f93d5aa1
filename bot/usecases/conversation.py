"""A conversation read back from the record: for replay on a reconnect, another device, or the desk."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.shown import Shown
from bot.core.state import Conversation
from bot.core.values import LineId, ServiceId
from bot.ports import Looker, MessageSeen
from bot.usecases.house import House
from bot.usecases.hub import Delivered

PAGE = 200


async def messages_since(
    house: House, service: ServiceId, patient: LineId, after: int, by: Looker | None = None
) -> tuple[Delivered, ...]:
    """Everything above ``after``, in order and without gaps, as it was shown. ``by`` None: to the patient."""
    found: tuple[Delivered, ...] = ()
    while True:
        seen = await house.record.reading.messages(service, patient, after, most=PAGE, by=by)
        found += await opened(house, service, patient, seen)
        if len(seen) < PAGE:
            return found
        after = seen[-1].seq


async def opened(
    house: House, service: ServiceId, patient: LineId, seen: Sequence[MessageSeen]
) -> tuple[Delivered, ...]:
    """Messages with their words unsealed. A word that was erased reads as nothing."""
    if not seen:
        return ()
    wrapped = (await house.record.reading.keys(service, [patient])).get(patient)
    key = house.vault.open_key(patient, *wrapped) if wrapped else None
    out = []
    for m in seen:
        shown = Shown(text="")
        if key is not None and m.word is not None:
            shown = Shown.from_json(house.vault.unseal(key, m.word))
        out.append(Delivered(m.seq, m.who, shown, m.at, client_id=m.client_id))  # type: ignore[arg-type]
    return tuple(out)


async def standing(house: House, service: ServiceId, patient: LineId) -> Conversation | None:
    """Where the conversation stands in the record now; None where there is no such patient in this service."""
    stored = await house.record.lines.load(service, patient)
    if stored is None or stored.kind != "patient":
        return None
    return Conversation.from_json(stored.state)
