"""A patient's reminders in plain words of their own language: what is planned, what was sent, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.flow import calendar
from bot.core.flow.opting import CONSENT
from bot.core.library import Library
from bot.core.state import Conversation, reminder_kind
from bot.core.values import LineId, ServiceId
from bot.ports import ReminderSeen, SentBy
from bot.usecases.conversation import standing
from bot.usecases.house import House

MOST = 20


@dataclass(frozen=True)
class ReminderTold:
    """``lines``: its own sentence first, then what followed and one for each way."""

    state: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class OwnReminders:
    """``on``: whether they agreed to reminders outside the chat. ``devices``: on how many they are told."""

    on: bool
    discreet: bool
    devices: int
    reminders: tuple[ReminderTold, ...]


async def own_reminders(house: House, service: ServiceId, patient: LineId) -> OwnReminders:
    """For their own eyes, the newest first."""
    state = await standing(house, service, patient)
    if state is None:
        return OwnReminders(False, False, 0, ())
    record = house.record
    seen = await record.reminders.of(service, patient, most=MOST)
    told = _Told(house.shelf.library, state)
    return OwnReminders(
        on=bool(state.profile.consents.get(CONSENT)),
        discreet=await record.reminders.discreet(service, patient),
        devices=sum(reach.kind == "push" for reach in await record.reaches.all(service, patient)),
        reminders=tuple(ReminderTold(_state(r), told.lines(r)) for r in seen),
    )


def _state(reminder: ReminderSeen) -> str:
    return "opened" if reminder.opened_at is not None else reminder.state


class _Told:
    def __init__(self, library: Library, state: Conversation) -> None:
        self._library, self._language = library, state.profile.language
        self._zone = ZoneInfo(state.profile.timezone)

    def lines(self, reminder: ReminderSeen) -> tuple[str, ...]:
        what = self._say(f"reminder_of_{reminder_kind(reminder.what)}")
        why = self._say(f"reminder_why_{reminder.why}") if reminder.why else ""
        match reminder.state:
            case "planned":
                planned = self._say("reminder_planned", what=what, when=self._when(reminder.due_at))
                return (planned, why) if why else (planned,)
            case "dropped":
                return (self._say("reminder_dropped", what=what, why=why).strip(),)
        at = reminder.ended_at or reminder.due_at
        given = self._say("reminder_given", what=what, when=self._when(at))
        return (given, *(self._by(sent) for sent in reminder.sent), self._opened(reminder.opened_at))

    def _by(self, sent: SentBy) -> str:
        named = sent.last_error if sent.state == "expired" else sent.state
        when = self._when(sent.accepted_at or sent.made_at)
        return self._say(f"reminder_sent_{named}", way=self._say(f"reminder_way_{sent.way}"), when=when)

    def _opened(self, at: datetime | None) -> str:
        return (
            self._say("reminder_not_opened")
            if at is None
            else self._say("reminder_opened", when=self._when(at))
        )

    def _when(self, at: datetime) -> str:
        local = at.astimezone(self._zone)
        return self._say(
            "reminder_when",
            day=self._say(f"weekday_on_{local.isoweekday()}"),
            date=calendar.day(self._library, local.date(), self._language),
            time=f"{local.hour}:{local.minute:02}",
        )

    def _say(self, key: str, **values: str) -> str:
        return self._library.say(key, self._language, values)
