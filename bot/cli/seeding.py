"""Filling the demo clinic: its past weeks are walked through the same use cases as everything else.

It is made under another short name, and gets its own in one last write. So a clinic that was left half made is never
taken for a whole one: the next start clears it away and begins again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from random import Random
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bot.cli.visiting import PastClock, Visitor
from bot.core.errors import Misuse
from bot.core.inputs import Moderate, TeamSaid
from bot.core.room import Room
from bot.core.service import Service
from bot.core.state import OpenAlert, Profile
from bot.core.values import ServiceId, StaffId
from bot.ports import Letter, Looker, StaffMember
from bot.report import cast
from bot.report.cast import Patient, RoomAct
from bot.report.simulate import CheckIn, check_ins
from bot.usecases import alerts, ways_in
from bot.usecases.hot import HotLines
from bot.usecases.house import Afterwards, House
from bot.usecases.hub import Hub
from bot.usecases.promises import keep_due
from bot.usecases.rooms import host_post, moderate
from bot.usecases.services import add_service, fresh_id
from bot.usecases.wake import wake_due

GROUPS_BEFORE = timedelta(minutes=100)  # after the visits of a week, before it is over
ROUNDS = range(1, 5)  # the days after that on which the worker and the team of that time looked
MEASURES = ("phq9", "gad7")

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Plan:
    """Who comes in how many weeks, and what happens in the groups."""

    weeks: int = cast.WEEKS
    patients: tuple[Patient, ...] = cast.PATIENTS
    room_acts: tuple[RoomAct, ...] = cast.ROOM_ACTS
    seed: int = 20


@dataclass(frozen=True)
class Seeded:
    """``turns``: messages, answers, posts and reports of patients."""

    service: Service
    turns: int


class _Nobody:
    """The past's letters: accepted, and nobody gets them."""

    async def send(self, letter: Letter) -> None:
        return


class _Silence:
    """No other process listens while the past is made."""

    def hint(self, service: ServiceId, topic: str, payload: Mapping[str, Any]) -> None:
        return

    def hears(self, service: ServiceId) -> bool:
        return True

    async def hints(
        self, services: Callable[[], Iterable[ServiceId]]
    ) -> AsyncGenerator[tuple[ServiceId, str, Mapping[str, Any]], None]:
        nobody: tuple[tuple[ServiceId, str, Mapping[str, Any]], ...] = ()
        for hint in nobody:
            yield hint


async def ready_clinic(house: House, plan: Plan, told: Progress) -> Seeded:
    """The demo clinic of this record; made where there is none. Raises Misuse in a record that holds other services."""
    known = {s.slug: s for s in house.shelf.services()}
    if others := set(known) - {cast.SLUG, unfinished(cast.SLUG)}:
        raise Misuse(
            f"this record holds {', '.join(sorted(others))}: a demo wants one of its own. Use --data DIR"
        )
    if cast.SLUG in known:
        return Seeded(known[cast.SLUG], 0)
    return await seed(house, plan, told, slug=cast.SLUG)


def unfinished(slug: str) -> str:
    return f"{slug}-being-made"


async def seed(house: House, plan: Plan, told: Progress, *, slug: str) -> Seeded:
    """Make the clinic under a name that says it is not ready; its own name is the last write."""
    for half_made in house.shelf.services():
        if half_made.slug == unfinished(slug):
            await house.record.services.clear_simulated(half_made.id)
    seeding = await _Seeding.begin(house, plan, unfinished(slug))
    for week in range(plan.weeks):
        await seeding.week(week)
        told(week + 1, plan.weeks)
    finished = seeding.service.model_copy(update={"slug": slug})
    await house.record.services.put(finished)
    await house.shelf.refresh()
    return Seeded(finished, sum(v.turns for v in seeding.visitors.values()))


@dataclass
class _Seeding:
    house: House  # the worker's and the staff's, with ``clock``
    clock: PastClock
    troubles: _Troubles
    now: datetime
    plan: Plan
    service: Service
    staff: dict[str, StaffMember]
    pin: str = field(repr=False)
    visitors: dict[str, Visitor] = field(default_factory=dict)
    answers: dict[str, dict[int, CheckIn]] = field(default_factory=dict)

    @staticmethod
    async def begin(house: House, plan: Plan, slug: str) -> _Seeding:
        now = house.clock.now()
        troubles = _Troubles()
        past, clock = _house_of(house, now - timedelta(weeks=plan.weeks + 1), troubles)
        past = replace(past, hot=HotLines(), hub=Hub())
        settings = Service(id=fresh_id(house), slug=slug, name=cast.NAME, nation="england")
        service = await add_service(past, settings)
        # One password and one PIN for all, hashed once: each hash costs as much as a patient's whole week.
        password, pin = await asyncio.gather(ways_in.hashed(cast.PASSWORD), ways_in.hashed(cast.PIN))
        staff = {}
        for m in cast.STAFF:
            staff[m.key] = StaffMember(
                service.id, StaffId(past.ids.new()), m.email, m.name, m.roles, password
            )
            await past.record.staff.add(staff[m.key])
        return _Seeding(past, clock, troubles, now, plan, service, staff, pin)

    async def week(self, week: int) -> None:
        """Everybody's visits, each by their own clock; then the groups; then what falls due before the next week."""
        async with asyncio.TaskGroup() as visits:
            for patient in self.plan.patients:
                visits.create_task(self._visit(patient, week))
        for n, act in enumerate(a for a in self.plan.room_acts if a.week == week):
            await self._in_the_room(act, self._base(week) - GROUPS_BEFORE + timedelta(minutes=10 * n))
        for day in ROUNDS:
            if (at := self._day(week, day, time(10))) <= self.now:
                await self._works(at)
                await self._catches_up(week, at)
        if week == self.plan.weeks - 1:
            await self._works(self.now)
        self.troubles.stop()

    def _base(self, week: int) -> datetime:
        return self.now - timedelta(weeks=self.plan.weeks - 1 - week)

    def _day(self, week: int, days: int, at: time) -> datetime:
        """A time of day, so many days from the week's end."""
        local = self._base(week).astimezone(ZoneInfo(self.service.timezone))
        day = local.date() + timedelta(days=days)
        return datetime.combine(day, at, local.tzinfo).astimezone(self.now.tzinfo)

    # -- patients -----------------------------------------------------------------------------------

    def _comes_at(self, patient: Patient, week: int) -> datetime:
        if patient.hours_ago is not None:
            return self._base(week) - timedelta(hours=patient.hours_ago)
        return self._day(week, -patient.days_ago, time(patient.hour))

    async def _visit(self, patient: Patient, week: int) -> None:
        if week < patient.begins:
            return
        if week == patient.begins:
            await self._joins(patient, week)
        visitor = self.visitors[patient.key]
        sent = self.answers[patient.key].get(week - patient.begins)
        acts = [a for a in patient.acts if a.week == week]
        if sent is None and not acts:
            return
        points = sent.answers if sent else {}
        if week > patient.begins:
            visitor.clock.set(self._comes_at(patient, week))
            await visitor.looks()
            await visitor.follows_up(points)
        if sent is not None:
            await visitor.checks_in(points)
        for act in acts:
            match act.do:
                case "module":
                    await visitor.does_a_module(points)
                case "half":
                    await visitor.leaves_a_module(points, act.text)
                case "says":
                    await visitor.says(act.text)
                    await visitor.goes_on(points)
                case "asks":
                    await visitor.asks_for_a_person()
        await visitor.looks()
        await self._cared_for(visitor, patient, week, self._base(week) - GROUPS_BEFORE)

    async def _joins(self, patient: Patient, week: int) -> None:
        at = self._comes_at(patient, week)
        house, clock = _house_of(self.house, at - timedelta(days=1), self.troubles)
        owner = self.staff[patient.owner].id
        profile = Profile(
            conditions=patient.conditions, nation=self.service.nation, owner=owner, simulated=True
        )
        invitation = await ways_in.invite(house, self.service, profile)
        clock.set(at - timedelta(minutes=3))
        joining = ways_in.Joining(
            code=invitation.code,
            adult=True,
            consents={"care": True, "groups": True},
            name=patient.name,
            contact=patient.email,
        )
        await ways_in.join(house, joining)
        index = house.vault.contact_index(patient.email)
        await house.record.contacts.keep(self.service.id, invitation.patient, index, self.pin)
        random = Random(f"{self.plan.seed} {patient.key}")  # noqa: S311
        visitor = Visitor(house, clock, self.service, invitation.patient, random, patient.course)
        await visitor.looks()
        self.visitors[patient.key] = visitor
        measures = [house.shelf.library.measures[m] for m in MEASURES]
        weeks = self.plan.weeks - patient.begins
        self.answers[patient.key] = {c.week: c for c in check_ins(patient.course, weeks, measures, random)}

    # -- the team -----------------------------------------------------------------------------------

    async def _cared_for(self, visitor: Visitor, patient: Patient, week: int, until: datetime) -> None:
        """What a visit raised, acted on at once or when the team is there, if that is before ``until``.

        What is still fresh today stays as the cast says.
        """
        care = patient.care if week == self.plan.weeks - 1 else "resolved"
        for alert in sorted(visitor.state.alerts.values(), key=lambda a: a.level):
            now_level = alert.level == "now"
            at = visitor.clock.now() + timedelta(minutes=4 if now_level else 50)
            if not now_level:
                at = self.service.next_reading(at).astimezone(at.tzinfo)
            if at > until or care == "open" or (care == "acknowledged" and not now_level):
                continue
            visitor.clock.set(at)
            await self._acknowledged(visitor, alert)
            if care == "resolved":
                await self._resolved(visitor, alert)
        await visitor.looks()

    async def _acknowledged(self, visitor: Visitor, alert: OpenAlert) -> None:
        by, at = self._owner(alert), visitor.clock.now()
        await visitor.house.record.ledger.one(self.service.id, alert.id, Looker(by.id, at))
        await alerts.acknowledge(visitor.house, self.service.id, alert.id, by.id)

    async def _resolved(self, visitor: Visitor, alert: OpenAlert) -> None:
        house, by = visitor.house, self._owner(alert)
        visitor.clock.pass_(minutes=20)
        note = "Made up for the demo: rang, talked it through, agreed what happens next."
        await alerts.resolve(house, self.service.id, alert.id, by.id, "contacted", note)
        if alert.level == "now":
            text = f"{by.name} here. Thank you for talking to me today. I will ring again tomorrow morning."
            await alerts.act(house, self.service.id, visitor.patient, TeamSaid(by.id, text))

    def _owner(self, alert: OpenAlert) -> StaffMember:
        return next(m for m in self.staff.values() if m.id == alert.owner)

    # -- groups -------------------------------------------------------------------------------------

    async def _in_the_room(self, act: RoomAct, at: datetime) -> None:
        self.clock.set(at)
        room, host = self.service.rooms[act.group], self.staff["host"]
        if act.who == "host":
            await host_post(self.house, self.service.id, room, host.id, self.house.ids.new(), act.text)
            return
        visitor = self.visitors[act.who]
        visitor.clock.set(at)
        await visitor.looks()
        match act.do:
            case "join":
                await visitor.joins(act.group, act.text)
            case "post":
                await visitor.posts(act.group, act.text)
                await self._hosted(act.group, at)
            case "report":
                await visitor.reports_the_last_post(act.group)

    async def _hosted(self, group: str, at: datetime) -> None:
        """A first post waits for the host, who lets it through; with the last that waits the alert is answered."""
        line, host = self.service.rooms[group], self.staff["host"].id
        stored = await self.house.record.lines.load(self.service.id, line)
        assert stored is not None
        room = Room.from_json(stored.state)
        self.clock.set(at + timedelta(minutes=5))
        for seq in sorted({case.seq for case in room.cases.values() if case.seq is not None}):
            do: Literal["release", "leave"] = "release" if room.posts[seq].status == "held" else "leave"
            await moderate(self.house, self.service.id, line, Moderate(seq, host, do))

    # -- the worker ---------------------------------------------------------------------------------

    async def _works(self, at: datetime) -> None:
        """What fell due by then: follow-ups, rungs, promises. The present's worker does what comes after now."""
        self.clock.set(at)
        only = frozenset({self.service.id})
        while await wake_due(self.house, only) + await keep_due(self.house, only):
            await self.house.afterwards.settle()

    async def _catches_up(self, week: int, at: datetime) -> None:
        """The team, on a day on which it reads: what came in when nobody was there."""
        if not self.service.reading_now(at):
            return
        for patient in self.plan.patients:
            visitor = self.visitors.get(patient.key)
            if visitor is not None and visitor.state.alerts:
                visitor.clock.set(at)
                await self._cared_for(visitor, patient, week, at + timedelta(hours=6))


def _house_of(house: House, at: datetime, troubles: _Troubles) -> tuple[House, PastClock]:
    """The same house with a clock of its own, whose letters reach nobody."""
    clock, afterwards = PastClock(at), Afterwards(troubles.note)
    return replace(house, clock=clock, mail=_Nobody(), bus=_Silence(), afterwards=afterwards), clock


class _Troubles:
    """What failed after a commit, where nobody waits: a clinic with a hole in it is not a whole one."""

    def __init__(self) -> None:
        self._errors: list[BaseException] = []

    def note(self, what: str, error: BaseException) -> None:
        self._errors.append(error)

    def stop(self) -> None:
        if self._errors:
            raise self._errors[0]
