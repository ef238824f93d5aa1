"""What of a conversation stands on one page: the latest turn first, those before it below, and what can be answered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.flow.answering import ALWAYS
from bot.core.flow.home import MENU
from bot.core.shown import Choice, Question, Urgent
from bot.core.state import Conversation, ForAction, ForNothing, ForPatient, ForRoom, ModuleRun
from bot.usecases.conversation import opened, standing
from bot.usecases.hub import Delivered
from bot.web.plain.seat import Seat

PAGE = 30
ANSWERED_WITHIN_S = 2.0


@dataclass(frozen=True)
class Part:
    """One message, with what of it can be pressed or filled in now."""

    message: Delivered
    choices: tuple[Choice, ...] = ()
    question: Question | None = None
    changes: bool = False

    @property
    def asks(self) -> bool:
        return bool(self.choices or self.question or self.changes)


@dataclass(frozen=True)
class Screen:
    """``now``: from the patient's last words on, with the question that waits for them. ``earlier``: turns, the newest first.

    ``re``: the message that waits for an answer. ``advice``: of the module that they are in, where it is not in ``now``.
    """

    state: Conversation
    now: tuple[Part, ...]
    earlier: tuple[tuple[Part, ...], ...]
    older: int | None
    re: int | None
    advice: Delivered | None

    @property
    def working(self) -> bool:
        return isinstance(self.state.wait, ForAction | ForRoom)

    @property
    def urgent(self) -> tuple[Urgent, ...]:
        return tuple(p.message.shown.urgent for p in self.now if p.message.shown.urgent is not None)

    @property
    def asked(self) -> Question | None:
        return next((p.question for p in self.now if p.question is not None), None)


async def settled(seat: Seat) -> Conversation | None:
    """Where the conversation stands, once what the last message began is done: but no longer than a reader waits."""
    changed = asyncio.Event()
    hub = seat.house.hub
    with hub.listening(seat.service.id, seat.patient, lambda _: changed.set()):
        state = await standing(seat.house, seat.service.id, seat.patient)
        try:
            async with asyncio.timeout(ANSWERED_WITHIN_S):
                while state is not None and isinstance(state.wait, ForAction | ForRoom):
                    await changed.wait()
                    changed.clear()
                    state = await standing(seat.house, seat.service.id, seat.patient)
        except TimeoutError:
            pass
    return state


async def screen_of(seat: Seat, state: Conversation) -> Screen:
    """The newest messages as they can be answered now."""
    messages = await _up_to(seat, state.seq)
    wait = state.wait
    re = wait.seq if isinstance(wait, ForPatient | ForNothing) else None
    turns = _turns(messages)
    latest = turns[-1] if turns else ()
    asking = [m for m in messages if m.seq == re and m not in latest]
    return Screen(
        state=state,
        now=tuple(_part(m, state) for m in (*latest, *asking)),
        earlier=tuple(tuple(Part(m) for m in turn if m not in asking) for turn in reversed(turns[:-1])),
        older=messages[0].seq if messages and messages[0].seq > 1 else None,
        re=re,
        advice=_advice(messages, state, latest),
    )


async def turns_before(seat: Seat, before: int) -> tuple[tuple[tuple[Part, ...], ...], int | None]:
    """A page of what was said before that message, the newest turn first; and before which to go on, if there is more."""
    messages = await _up_to(seat, before - 1)
    turns = tuple(tuple(Part(m) for m in turn) for turn in reversed(_turns(messages)))
    return turns, messages[0].seq if messages and messages[0].seq > 1 else None


async def _up_to(seat: Seat, last: int) -> tuple[Delivered, ...]:
    after = max(0, last - PAGE)
    read = seat.house.record.reading.messages
    seen = await read(seat.service.id, seat.patient, after, most=last - after)
    return await opened(seat.house, seat.service.id, seat.patient, seen)


def _turns(messages: Sequence[Delivered]) -> list[tuple[Delivered, ...]]:
    """Each begins with what the patient said."""
    turns: list[list[Delivered]] = []
    for message in messages:
        if message.sender == "patient" or not turns:
            turns.append([])
        turns[-1].append(message)
    return [tuple(turn) for turn in turns]


def _part(message: Delivered, state: Conversation) -> Part:
    wait, shown = state.wait, message.shown
    live = isinstance(wait, ForPatient | ForNothing) and wait.seq == message.seq
    keys = frozenset(wait.keys) if live and isinstance(wait, ForPatient | ForNothing) else frozenset()
    at_rest = frozenset(MENU) if isinstance(wait, ForNothing) else frozenset()
    usable = keys | ALWAYS | at_rest
    return Part(
        message,
        choices=tuple(c for c in shown.choices if c.id.partition(".")[2] in usable),
        question=shown.question if live and isinstance(wait, ForPatient) and wait.item is not None else None,
        changes=live and bool(shown.read_back),
    )


def _advice(
    messages: Sequence[Delivered], state: Conversation, latest: Sequence[Delivered]
) -> Delivered | None:
    """When to stop and call: said when a module begins, and there for as long as somebody is in one."""
    if not any(isinstance(run, ModuleRun) for run in state.runs):
        return None
    said = [m for m in messages if m.shown.urgent is not None and m.shown.urgent.kind == "advice"]
    return said[-1] if said and said[-1] not in latest else None
