"""Who has opened a patient's record, for the patient: who and when, never which page of it or why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from bot.core.flow import calendar
from bot.core.library import Library
from bot.core.values import LineId, ServiceId
from bot.ports import LookSeen
from bot.usecases.conversation import standing
from bot.usecases.house import House

MOST = 500


@dataclass(frozen=True)
class DayOfLooks:
    """``day``: ``On Tuesday 3 November``. A line for each person who looked that day."""

    day: str
    lines: tuple[str, ...]


async def own_looks(house: House, service: ServiceId, patient: LineId) -> tuple[DayOfLooks, ...]:
    """For their own eyes, in their own language and on their own clock, the newest day first."""
    state = await standing(house, service, patient)
    if state is None:
        return ()
    looks = await house.record.audit.own(service, patient, most=MOST)
    names = {str(m.id): m.name for m in await house.record.staff.all(service, former=True)}
    profile = state.profile
    told = _Told(house.shelf.library, profile.language, ZoneInfo(profile.timezone), names)
    return told.days(looks)


@dataclass(frozen=True)
class _Told:
    library: Library
    language: str
    zone: ZoneInfo
    names: dict[str, str]

    def days(self, looks: Sequence[LookSeen]) -> tuple[DayOfLooks, ...]:
        return tuple(
            DayOfLooks(self._day(of_day[0].at), self._lines(of_day))
            for of_day in (
                list(found) for _, found in groupby(looks, lambda look: self._local(look.at).date())
            )
        )

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def _day(self, at: datetime) -> str:
        on = self._local(at).date()
        weekday = self.library.say(f"weekday_on_{on.isoweekday()}", self.language)
        said = f"{weekday} {calendar.day(self.library, on, self.language)} {on.year}"
        return said[:1].upper() + said[1:]

    def _lines(self, of_day: Sequence[LookSeen]) -> tuple[str, ...]:
        times: dict[str, list[str]] = {}
        for look in reversed(of_day):
            local = self._local(look.at)
            times.setdefault(self._who(look.who), []).append(f"{local.hour}:{local.minute:02}")
        return tuple(self._line(who, at) for who, at in times.items())

    def _line(self, who: str, at: list[str]) -> str:
        if len(at) == 1:
            return self.library.say("looks_once", self.language, {"who": who, "time": at[0]})
        values = {"who": who, "count": str(len(at)), "first": at[0], "last": at[-1]}
        return self.library.say("looks_often", self.language, values)

    def _who(self, who: str) -> str:
        role, _, staff = who.partition(":")
        if role != "staff":
            return self.library.say("looks_by_operator", self.language)
        if (name := self.names.get(staff)) is None:
            return self.library.say("looks_by_somebody", self.language)
        return self.library.say("looks_by_staff", self.language, {"name": name})
