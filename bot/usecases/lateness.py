"""A schedule that did not fire is itself an alarm: every process looks, since it may be the worker that is gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.errors import Unavailable
from bot.core.roles import LEADS
from bot.core.service import Service
from bot.core.values import ServiceId
from bot.ports import Clock, Late, Lateness, LateSpell, Letter, Link, StaffMember
from bot.usecases.house import House
from bot.usecases.letters import AUTOMATIC, NO_DETAILS
from bot.usecases.rounds import Failed, each_service

LATE_AFTER = timedelta(minutes=10)
LOOK_EVERY_S = 60.0
CRIES_EVERY = timedelta(hours=1)
TOLD = LEADS | {"duty", "admin"}


class ScheduleLate(Exception):
    """Timers or reminders that were due long ago have not happened."""


async def how_late(lateness: Lateness, services: Iterable[Service], clock: Clock) -> tuple[Late, float]:
    """Of all services together, and for how many seconds the oldest timer has been due."""
    now, found = clock.now(), []
    for service in services:
        found.append(await lateness.late(service.id, now - LATE_AFTER))
    oldest = min((late.oldest_due for late in found if late.oldest_due is not None), default=None)
    total = Late(sum(late.timers for late in found), oldest, sum(late.reminders for late in found))
    return total, (now - oldest).total_seconds() if oldest is not None else 0.0


def in_words(late: Late) -> str:
    """``ok``, or what an operator should know."""
    return "ok" if not late.any else f"{late.timers} timers and {late.reminders} reminders are overdue"


@dataclass
class Watch:
    """``_since``: when this process first saw that a service was late. A worker that has just begun has a minute to catch up.
    ``_cried``: when it last said so in the log."""

    house: House
    failed: Failed
    _since: dict[ServiceId, datetime] = field(default_factory=dict)
    _cried: dict[ServiceId, datetime] = field(default_factory=dict)

    async def round(self, services: frozenset[ServiceId] | None = None) -> None:
        await each_service(self.house, "schedule", self.failed, services, self._look_after)

    async def _look_after(self, service: Service) -> None:
        now, lateness = self.house.clock.now(), self.house.record.lateness
        late = await lateness.late(service.id, now - LATE_AFTER)
        if not late.any:
            self._since.pop(service.id, None)
            self._cried.pop(service.id, None)
            await lateness.end(service.id, now)
            return
        if service.id not in self._since:
            self._since[service.id] = now
            return
        cried = self._cried.get(service.id)
        if cried is None or now - cried >= CRIES_EVERY:
            self._cried[service.id] = now
            self.failed("schedule", ScheduleLate(f"{service.slug}: {in_words(late)}"))
        spell = await lateness.begin(service.id, now)
        if spell.told_at is None and await lateness.told(service.id, spell, now):
            await self._tell(service, spell, late)

    async def _tell(self, service: Service, spell: LateSpell, late: Late) -> None:
        """Once a spell; again where no mail server took any of the letters."""
        staff = [m for m in await self.house.record.staff.all(service.id) if m.roles & TOLD]
        taken = 0
        for member in staff:
            try:
                await self.house.mail.send(_letter(self.house, service, spell, late, member))
                taken += 1
            except Unavailable as error:
                self.failed("schedule", error)
        if staff and not taken:
            await self.house.record.lateness.untold(service.id, spell)


def _letter(house: House, service: Service, spell: LateSpell, late: Late, to: StaffMember) -> Letter:
    minutes = round(LATE_AFTER.total_seconds() / 60)
    return Letter(
        to=to.email,
        subject=f"{service.name}: what was planned has not happened",
        parts=(
            f"In {service.name}, {late.timers} timers have been due for more than {minutes} minutes, and "
            f"{late.reminders} reminders of patients have nothing left that would give them.",
            "Patients may hear later than planned, or not at all, and steps of alerts that nobody took on may be late. "
            "Look at the list of alerts yourself until this is over, and tell whoever runs the server: the worker may have "
            "stopped.",
            Link("See the list of alerts, after signing in", f"{house.outside.public_url}/desk"),
            NO_DETAILS,
        ),
        message_id=f"<late.{service.id}.{spell.began_at.timestamp():.0f}.{to.id}@{house.outside.mail_domain}>",
        headers=AUTOMATIC,
    )
