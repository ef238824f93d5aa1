"""A patient's own plans with their words opened: for themselves, and for their team where they said so."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.core.flow.plans import calls, opened, titles
from bot.core.shown import Shown
from bot.core.state import PLANS, Conversation, PlanName
from bot.core.values import LineId, ServiceId
from bot.usecases.conversation import standing
from bot.usecases.house import House
from bot.usecases.hub import Delivered


@dataclass(frozen=True)
class PartOpened:
    part: str
    title: str
    text: str


@dataclass(frozen=True)
class PlanOpened:
    """``calls``: what stands on it whatever they write, such as when to call 999."""

    plan: PlanName
    title: str
    parts: tuple[PartOpened, ...]
    calls: tuple[str, ...]
    calls_lang: str = "en"


async def plan_of(house: House, service: ServiceId, patient: LineId) -> tuple[PartOpened, ...]:
    """Their own, for their own eyes; empty where they have none."""
    state = await standing(house, service, patient)
    return await _opened(house, service, patient, state) if state else ()


async def plans_of(house: House, service: ServiceId, patient: LineId) -> tuple[PlanOpened, ...]:
    """All that they have written, that for hard hours first."""
    state = await standing(house, service, patient)
    return await _plans(house, service, patient, state, tuple(PLANS)) if state else ()


async def plans_for_team(
    house: House, service: ServiceId, patient: LineId, state: Conversation
) -> tuple[PlanOpened, ...]:
    """Of a look that is noted already: those that they have said their team may read."""
    return await _plans(house, service, patient, state, tuple(shared_plans(state)))


def shared_plans(state: Conversation) -> frozenset[PlanName]:
    return frozenset(name for name in PLANS if state.own_plan(name).shared)


async def _plans(
    house: House, service: ServiceId, patient: LineId, state: Conversation, names: tuple[PlanName, ...]
) -> tuple[PlanOpened, ...]:
    library, language = house.shelf.library, state.profile.language
    found = []
    for name in (name for name in PLANS if name in names):
        if parts := await _opened(house, service, patient, state, name):
            title = library.say("menu_plan" if name == "safety" else f"plan_{name}_button", language)
            keys = calls(library, state.profile.conditions) if name == "flare" else ()
            said = tuple(library.say(key, language) for key in keys)
            tongue = library.tongue(keys[0], language) if keys else language
            found.append(PlanOpened(name, title, parts, said, tongue))
    return tuple(found)


async def plan_for_team(
    house: House, service: ServiceId, patient: LineId, state: Conversation
) -> tuple[PartOpened, ...]:
    """Of a look that is noted already; empty where they have not said that their team may read it."""
    return await _opened(house, service, patient, state) if state.plan.shared else ()


async def _opened(
    house: House,
    service: ServiceId,
    patient: LineId,
    state: Conversation,
    name: PlanName = "safety",
) -> tuple[PartOpened, ...]:
    plan = state.own_plan(name)
    if not plan.parts:
        return ()
    sealed = await house.record.lines.words(service, patient, tuple(plan.parts.values()))
    wrapped = (await house.record.reading.keys(service, [patient])).get(patient)
    if wrapped is None:
        return ()
    key = house.vault.open_key(patient, *wrapped)
    words = {word.id: house.vault.unseal(key, word) for word in sealed}
    named = titles(house.shelf.library, state.profile.language, name)
    return tuple(PartOpened(part, named[part], text) for part, text in opened(plan, words).items())


def for_team(messages: Sequence[Delivered], shared: Collection[str]) -> tuple[Delivered, ...]:
    """A conversation as the team reads it: what belongs to a plan that is not among the ``shared`` ones stands there empty."""
    return tuple(
        _without_plan(m) if m.shown.own_plan and (m.shown.of_plan or "safety") not in shared else m
        for m in messages
    )


def _without_plan(message: Delivered) -> Delivered:
    m = message
    shown = Shown(text="", lang=m.shown.lang, own_plan=True, of_plan=m.shown.of_plan)
    return Delivered(m.seq, m.sender, shown, m.at, client_id=m.client_id)
