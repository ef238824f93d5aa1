"""A patient's own safety plan with its words opened: for themselves, and for their team where they said so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.flow.safety_plan import opened, titles
from bot.core.shown import Shown
from bot.core.state import Conversation
from bot.core.values import LineId, ServiceId
from bot.usecases.conversation import standing
from bot.usecases.house import House
from bot.usecases.hub import Delivered


@dataclass(frozen=True)
class PartOpened:
    part: str
    title: str
    text: str


async def plan_of(house: House, service: ServiceId, patient: LineId) -> tuple[PartOpened, ...]:
    """Their own, for their own eyes; empty where they have none."""
    state = await standing(house, service, patient)
    return await _opened(house, service, patient, state) if state else ()


async def plan_for_team(
    house: House, service: ServiceId, patient: LineId, state: Conversation
) -> tuple[PartOpened, ...]:
    """Of a look that is noted already; empty where they have not said that their team may read it."""
    return await _opened(house, service, patient, state) if state.plan.shared else ()


async def _opened(
    house: House, service: ServiceId, patient: LineId, state: Conversation
) -> tuple[PartOpened, ...]:
    if not state.plan.parts:
        return ()
    sealed = await house.record.lines.words(service, patient, tuple(state.plan.parts.values()))
    wrapped = (await house.record.reading.keys(service, [patient])).get(patient)
    if wrapped is None:
        return ()
    key = house.vault.open_key(patient, *wrapped)
    words = {word.id: house.vault.unseal(key, word) for word in sealed}
    named = titles(house.shelf.library, state.profile.language)
    return tuple(PartOpened(part, named[part], text) for part, text in opened(state.plan, words).items())


def for_team(messages: Sequence[Delivered], *, shared: bool) -> tuple[Delivered, ...]:
    """A conversation as the team reads it: what belongs to a safety plan that is not shared stands there empty."""
    return tuple(_without_plan(m) if m.shown.own_plan and not shared else m for m in messages)


def _without_plan(message: Delivered) -> Delivered:
    m = message
    return Delivered(
        m.seq, m.sender, Shown(text="", lang=m.shown.lang, own_plan=True), m.at, client_id=m.client_id
    )
