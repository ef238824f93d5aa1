"""A message of a patient: screened first, then understood if words were waited for, decided, committed, acknowledged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from bot.core.asked import answers_the_question, context_of
from bot.core.canary import canary_of
from bot.core.errors import Refused, Unavailable
from bot.core.flow.choosing import measures_of, only_found
from bot.core.flow.dialogues import SAID_UNDER_A_HOLD, SCRIPTS, opened_by
from bot.core.flow.voice import where_to_turn_in
from bot.core.inputs import ActionReturned, Said
from bot.core.library import Library, plain_id
from bot.core.safety import Context, Screen, Tier, with_second_net
from bot.core.shown import Urgent
from bot.core.state import Conversation, ForAction, ForNothing, ForPatient
from bot.core.values import LineId, Quiet, ServiceId, encode
from bot.usecases.change import Changed, Once, change, hand_in
from bot.usecases.house import House

LONGEST = 4_000


def body_of(*parts: Any) -> bytes:
    """What of a message is fingerprinted (I6). Its bytes are the record's: those of today must be those of a year ago."""
    return msgspec.json.format(encode(parts), indent=0)


class Inbound(Quiet, Struct, frozen=True):
    """One message as it came through a door: exactly one of text, choice, item."""

    service: ServiceId
    patient: LineId
    client_id: UUID
    text: str | None = None
    choice: str | None = None
    item: str | None = None
    value: int | tuple[int, ...] | None = None
    re: int | None = None

    def once(self) -> Once:
        return Once(self.client_id, body_of(self.text, self.choice, self.item, self.value))


async def hear(house: House, said: Inbound, acknowledge: Callable[[int], None] | None = None) -> Changed:
    """Everything that follows from one message, up to the next wait.

    Raises Refused (too_long, empty, not_asked, conflict ...) or Unavailable; the door then asks ``urgent_in``
    whether the words ask for help all the same (I2).
    """
    if said.text is not None:
        fit(house.shelf.library, said.text)

    async def prepare(state: Conversation) -> Said:
        return await _read(house, said, state)

    changed = await change(
        house, said.service, said.patient, prepare, once=said.once(), acknowledge=acknowledge
    )
    if said.patient != canary_of(said.service):
        house.tally.heard(changed.facts)
    _run_actions(house, said.service, said.patient, changed)
    return changed


def fit(library: Library, text: str) -> None:
    """Raises Refused: empty, bad_frame, or too_long unless its words ring an alarm."""
    if not text.strip():
        raise Refused("empty")
    if "\x00" in text:
        raise Refused("bad_frame")
    if len(text) > LONGEST:
        verdict = _screened_alone(library, text, Context())
        if verdict is not None and verdict.tier == Tier.NONE:
            raise Refused("too_long")


async def _read(house: House, said: Inbound, state: Conversation) -> Said:
    if said.text is None:
        return Said(said.client_id, None, said.choice, said.item, said.value, said.re)
    library = house.shelf.library
    # What is too long was let in because it rang, by a hint perhaps, and stays as loud when it is cut.
    judged = screened if len(said.text) <= LONGEST else _screened_alone
    verdict = judged(library, said.text, context_of(state, library))
    text = said.text[:LONGEST]
    heard = Said(said.client_id, text, re=said.re, screen=verdict)
    if verdict is None or verdict.tier > Tier.NONE:
        return heard
    if not verdict.hints and answers_the_question(state, library, text):
        return heard
    read = await house.understanding.interpret(library, text, intent=_may_change_course(state))
    house.tally.net(came=read.worry is not None)
    return msgspec.structs.replace(heard, understood=read.understood, worry=read.worry)


def _may_change_course(state: Conversation) -> bool:
    """A hold and a pending action wait for nobody's words; only the screen and the second net read them."""
    return state.hold is None and isinstance(state.wait, ForNothing | ForPatient)


# -- the screen ---------------------------------------------------------------------------------------


def screen(library: Library, text: str, context: Context) -> Screen:
    """Of a text far over the limit, its beginning and its end: the screen must not hold up the others."""
    if len(text) > 3 * LONGEST:
        text = f"{text[: 2 * LONGEST]}\n{text[-LONGEST:]}"
    return library.screen(text, context)


def screened(library: Library, text: str, context: Context) -> Screen | None:
    """None when the screen itself fails: the patient is signposted and a person is told (I2)."""
    try:
        return screen(library, text, context)
    except Unavailable:
        raise
    except Exception:
        return None


def _screened_alone(library: Library, text: str, context: Context) -> Screen | None:
    """Where nobody will ask the second net, a hint is enough."""
    verdict = screened(library, text, context)
    return verdict and with_second_net(verdict, None, library.safety.second_net)


def urgent_in(house: House, text: str | None, service: ServiceId | None) -> Urgent | None:
    """For a text that is refused for another reason: where to turn, if its words ask for help.

    Needs neither the record nor a session; what is in memory is enough.
    """
    if text is None:
        return None
    verdict = _screened_alone(house.shelf.for_safety, text, Context(state="outage"))
    if verdict is not None and verdict.tier == Tier.NONE:
        return None
    nation = "england"
    if service is not None:
        nation = house.shelf.service(service).nation
    dialogue, _ = opened_by(verdict)
    card = SCRIPTS[SAID_UNDER_A_HOLD.get(dialogue, dialogue)].card or "crisis"
    return where_to_turn_in(house.shelf.for_safety, nation, card)


# -- actions ------------------------------------------------------------------------------------------


def _run_actions(house: House, service: ServiceId, patient: LineId, changed: Changed) -> None:
    """The wait was committed and acknowledged; only now does the action run (a timer runs it again after a crash)."""
    state = changed.state
    if isinstance(state, Conversation) and isinstance(state.wait, ForAction) and not changed.repeated:
        house.afterwards.start(
            f"action:{state.wait.action}", run_action(house, service, patient, state.wait.call)
        )


async def run_action(house: House, service: ServiceId, patient: LineId, call: UUID) -> None:
    """Run the action that the Line waits for, and hand its answer to the Line as the next input."""
    slots: dict[str, Any] = {}
    action = ""

    async def look(state: Conversation) -> Said:
        nonlocal slots, action
        if not isinstance(state.wait, ForAction) or state.wait.call != call:
            raise Refused("not_asked")
        rooms = house.shelf.service(service).rooms
        action = state.wait.action
        slots = slots_of(house.shelf.library, frozenset(rooms), state, house.clock.now())
        raise _Looked

    try:
        await change(house, service, patient, look)
    except _Looked:
        pass
    except Refused:
        return
    try:
        answer = await house.actions.run(action, slots)
        returned = ActionReturned(call, answer.proposals, answer.texts)
    except Unavailable:
        returned = ActionReturned(call, None)

    changed = await hand_in(house, service, patient, returned)
    _run_actions(house, service, patient, changed)


class _Looked(Exception):
    """The state was looked at; nothing is to be changed."""


def slots_of(library: Library, rooms: frozenset[str], state: Conversation, now: datetime) -> dict[str, Any]:
    """What actions may know: ids, numbers and dates, no text (I8). ``rooms``: the groups that the service has."""
    return {
        "conditions": list(state.profile.conditions),
        "language": state.profile.language,
        "scores": {
            m: [[s.total, s.at.date().isoformat()] for s in kept] for m, kept in sorted(state.scores.items())
        },
        "done": list(state.done),
        "modules": [
            {
                "id": m.id,
                "suits": list(m.suits),
                "uses": list(measures_of(library, m)),
                "minutes": m.minutes,
                "after": list(m.comes_after),
            }
            for m in library.modules_for(state.profile.conditions)
            if m.id not in only_found(library)
        ],
        "groups": [
            {"id": g.id, "suits": list(g.suits)}
            for g in library.groups_for(state.profile.conditions)
            if g.id in rooms
        ],
        "measures": sorted(library.measures),
        "case_at": {m.id: m.case_at for m in library.measures.values() if m.case_at is not None},
        "joined": sorted(g for g, m in state.rooms.items() if m.status == "member"),
        "goals": len(state.goals),
        "goal_modules": sorted({plain_id(goal.module) for goal in state.goals if goal.module}),
        "helped": dict(state.helped),
        "declined": sorted(module for module, until in state.declined.items() if until > now),
    }
