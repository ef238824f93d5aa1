"""Marks that wait to become examples, each with its message, for one person who says it in other words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.core.roles import CLINICAL_LEADS
from bot.core.shown import Shown
from bot.core.state import Conversation
from bot.core.values import ServiceId
from bot.ports import Looker, Mark, StaffMember
from bot.usecases.house import House
from bot.usecases.unsealing import unsealed

MAY_LEARN = CLINICAL_LEADS | {"clinician"}


@dataclass(frozen=True)
class MarkOpened:
    """``names``: what the example must not hold."""

    mark: Mark
    text: str = field(repr=False)
    names: tuple[str, ...] = field(repr=False)


async def waiting(house: House, service: ServiceId) -> Sequence[Mark]:
    return await house.record.marks.waiting(service)


async def open_mark(house: House, service: ServiceId, mark: Mark, member: StaffMember) -> MarkOpened | None:
    """A look at the patient's message, by this member of staff; None where its words were erased."""
    looker = Looker(member.id, house.clock.now())
    sealed = await house.record.marks.message(service, mark, looker)
    texts = await unsealed(house, service, [sealed])
    if sealed is None or sealed.id not in texts:
        return None
    text = Shown.from_json(texts[sealed.id]).text
    return MarkOpened(mark, text, await _names(house, service, mark))


async def _names(house: House, service: ServiceId, mark: Mark) -> tuple[str, ...]:
    stored = await house.record.lines.load(service, mark.line)
    named = []
    if stored is not None and stored.kind == "patient":
        state = Conversation.from_json(stored.state)
        profile = (state.profile.first_name, state.profile.contact)
        named = [w for w in (*profile, *(m.pseudonym for m in state.rooms.values())) if w is not None]
    sealed = await house.record.lines.words(service, mark.line, named)
    texts = await unsealed(house, service, sealed)
    return tuple(texts.values())


async def take_up(house: House, service: ServiceId, mark: Mark, member: StaffMember) -> None:
    await house.record.marks.take_up(service, mark, member.id, house.clock.now())
