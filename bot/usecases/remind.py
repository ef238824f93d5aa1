"""Telling a patient outside the chat that something waits for them there: nothing of what, and only as they agreed.

Each way is looked at in the moment of sending, has its own row, and is tried until the other side took it, nobody is
there any more, or it is not worth sending.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from bot.core.errors import Unavailable
from bot.core.state import Conversation
from bot.core.values import LineId, ServiceId
from bot.ports import Gone, Reach, ReminderSeen, ReminderWay, SentBy, SentState, Task, Uncertain
from bot.ports.reminders import OPEN
from bot.usecases.conversation import standing
from bot.usecases.house import House
from bot.usecases.reaching import target_of, wants
from bot.usecases.reminder_words import letter_of, nudge_of
from bot.usecases.windows import LINK

WORTH_SENDING_FOR = timedelta(hours=12)
"""Our own choice, to be confirmed by the clinical lead: later than that, a reminder reminds of yesterday."""
MOST_TRIES = 24
FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 1800.0
NOBODY_THERE = frozenset({"mail 550", "mail 551", "mail 553", "mail 556"})
"""What a mail server says of an address that it will not take later either."""


@dataclass(frozen=True)
class _One:
    """A reminder that is being sent."""

    house: House
    service: ServiceId
    line: LineId
    id: UUID


async def remind(house: House, service: ServiceId, task: Task) -> None:
    """Raises Unavailable while a way has not taken it and it is worth trying again."""
    one = _One(house, service, task.line, UUID(task.payload["reminder"]))
    seen, state, reaches = await _as_it_stands(one)
    if seen is None or state is None:
        return
    sent = {s.way: s for s in seen.sent}
    ways = [way for way in _ways(state, reaches) if way not in sent or sent[way].state in OPEN]
    left = [way for way, s in sent.items() if s.state in OPEN and way not in ways]
    if (why := _not_worth(one, seen, state)) is not None:
        known = {way for way, s in sent.items() if s.state in OPEN}
        explained = known if why == "not_wanted" and not state.gone else {*ways, *known}
        for way in sorted(explained):
            await house.record.reminders.expire(service, task.line, one.id, way, why, house.clock.now())
        return
    for way in left:
        await house.record.reminders.expire(service, task.line, one.id, way, "gone", house.clock.now())
    results = await asyncio.gather(*(_try(one, way, sent.get(way)) for way in ways), return_exceptions=True)
    for failed in results:
        if isinstance(failed, BaseException):
            raise failed
    if "failed" in results:
        raise Unavailable("reminder", pause_s(max((s.attempts for s in seen.sent), default=0) + 1))


def pause_s(tries: int) -> float:
    """Twice as long after each try, up to half an hour.

    >>> [pause_s(n) for n in (1, 2, 3, 9, 10, 99)]
    [5.0, 10.0, 20.0, 1280.0, 1800.0, 1800.0]
    """
    return min(FIRST_PAUSE_S * 2.0 ** min(tries - 1, 10), LONGEST_PAUSE_S)


async def _as_it_stands(one: _One) -> tuple[ReminderSeen | None, Conversation | None, list[Reach]]:
    record = one.house.record
    return (
        await record.reminders.one(one.service, one.line, one.id),
        await standing(one.house, one.service, one.line),
        list(await record.reaches.all(one.service, one.line)),
    )


def _ways(state: Conversation, reaches: list[Reach]) -> list[ReminderWay]:
    kinds = {reach.kind for reach in reaches}
    ways: list[ReminderWay] = ["email"] if state.profile.contact is not None else []
    return [*ways, *(kind for kind in ("push", "sms") if kind in kinds)]


def _not_worth(one: _One, seen: ReminderSeen, state: Conversation) -> str | None:
    """A code that says why nothing is sent any more."""
    if state.status != "joined":
        return "care_ended"
    if not wants(state):
        return "not_wanted"
    if seen.opened_at is not None:
        return "opened"
    if seen.ended_at is not None and one.house.clock.now() - seen.ended_at > WORTH_SENDING_FOR:
        return "too_late"
    return None


async def _try(one: _One, way: ReminderWay, before: SentBy | None) -> SentState:
    """What became of it by this way."""
    record, now = one.house.record.reminders, one.house.clock.now
    if before is not None and before.attempts >= MOST_TRIES:
        await record.expire(one.service, one.line, one.id, way, "gave_up", now())
        return "expired"
    state, error = await (_mail(one, before) if way == "email" else _nudge(one, way))
    if state == "expired":
        await record.expire(one.service, one.line, one.id, way, error or "", now())
    else:
        await record.tried(one.service, one.line, one.id, way, state, error, now())
    return state


async def _mail(one: _One, before: SentBy | None) -> tuple[SentState, str | None]:
    """Looked at anew at the window: in a long queue they may have stopped reminders, or died."""
    async with one.house.hands.windows.at_one((LINK, 0)):
        seen, state, _ = await _as_it_stands(one)
        if seen is None or state is None:
            return "expired", "care_ended"
        if (why := _not_worth(one, seen, state)) is not None:
            return "expired", why
        letter = await letter_of(one.house, one.service, one.line, state, one.id)
        if letter is None:
            return "expired", "gone"
        try:
            await one.house.mail.send(letter)
        except Uncertain as perhaps:
            twice = before is not None and before.last_error == perhaps.what
            return ("likely" if twice else "failed"), perhaps.what
        except Unavailable as down:
            return ("refused" if down.what in NOBODY_THERE else "failed"), down.what
    return "accepted", None


async def _nudge(one: _One, way: ReminderWay) -> tuple[SentState, str | None]:
    """By all devices of theirs at once: one that took it is enough."""
    seen, state, reaches = await _as_it_stands(one)
    if seen is None or state is None:
        return "expired", "care_ended"
    if (why := _not_worth(one, seen, state)) is not None:
        return "expired", why
    mine = [reach for reach in reaches if reach.kind == way]
    errors = await asyncio.gather(*(_by(one, state, way, reach) for reach in mine))
    if any(error is None for error in errors):
        return "accepted", None
    if all(error == "gone" for error in errors):
        return "refused", "gone"
    return "failed", next(error for error in errors if error != "gone")


async def _by(one: _One, state: Conversation, way: ReminderWay, reach: Reach) -> str | None:
    """None: it was taken."""
    house, reaches = one.house, one.house.record.reaches
    nudger, target = house.nudgers.get(reach.kind), await target_of(house, reach)
    if nudger is None or target is None:
        return "off" if nudger is None else "gone"
    nudge = await nudge_of(house, one.service, one.line, state, one.id, way)
    try:
        await nudger.nudge(target, nudge, house.clock.now())
    except Gone:
        await reaches.drop(one.service, one.line, reach.id)
        return "gone"
    except Unavailable as down:
        await reaches.went(one.service, one.line, reach.id, house.clock.now(), down.what)
        return down.what
    await reaches.went(one.service, one.line, reach.id, house.clock.now(), None)
    return None
