"""Filling the demo clinic: its past weeks are walked through the same use cases as everything else.

It is made under another short name, and gets its own in one last write. So a clinic that was left half made is never
taken for a whole one: the next start clears it away and begins again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from random import Random
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bot.cli.visiting import PastClock, Visitor
from bot.core.errors import Misuse
from bot.core.inputs import BeginCourse, HostHere, HostSaid, Moderate, Recapped, TeamSaid
from bot.core.room import Room
from bot.core.room.meeting import TOLD_BEFORE, next_meeting
from bot.core.service import Service
from bot.core.state import OpenAlert, Profile
from bot.core.values import ServiceId, StaffId
from bot.ports import Letter, Looker, StaffMember
from bot.report import cast
from bot.report.cast import Patient, RoomAct
from bot.report.simulate import CheckIn, check_ins
from bot.usecases import alerts, ways_in
from bot.usecases.hosting import host_post, moderate
from bot.usecases.hot import HotLines
from bot.usecases.house import Afterwards, House
from bot.usecases.hub import Hub
from bot.usecases.promises import keep_due
from bot.usecases.room_turns import standing_of, tell_room
from bot.usecases.services import add_service, fresh_id
from bot.usecases.wake import wake_due

GROUPS_BEFORE = timedelta(minutes=100)  # after the visits of a week, before it is over
HOST_LOOKS = timedelta(minutes=5)
HOST_IS_THERE = timedelta(minutes=1)
TALKED_BEFORE = (
    3  # weeks: the hour in which people talked is then further back than any visit of the last weeks
)
ROUNDS = range(1, 5)  # the days after that on which the worker and the team of that time looked
MEASURES = ("phq9", "gad7")

Progress = Callable[[int, int], None]
_Due = tuple[datetime, Callable[[int, datetime], Awaitable[None]]]


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
    await seeding.before()
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
    posts: dict[str, int] = field(
        default_factory=dict
    )  # their numbers in their rooms, by the keys of the cast

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

    async def before(self) -> None:
        """The rooms are there before anybody comes, so one that meets by the calendar does."""
        for week in (-2, -1):
            for at, does in self._hours(week):
                await self._works(at)
                await does(week, at)

    async def week(self, week: int) -> None:
        """Everybody's visits, each by their own clock; then the groups; then what falls due before the next week."""
        async with asyncio.TaskGroup() as visits:
            for patient in self.plan.patients:
                visits.create_task(self._visit(patient, week))
        acts = [a for a in self.plan.room_acts if a.week == week]
        for n, act in enumerate([a for a in acts if a.ago is None]):
            await self._in_the_room(act, self._base(week) - GROUPS_BEFORE + timedelta(minutes=10 * n))
        for act in [a for a in acts if a.ago is not None]:
            await self._in_the_room(act, self.now - timedelta(minutes=act.ago or 0))
        days: list[_Due] = [(self._day(week, day, time(10)), self._catches_up) for day in ROUNDS]
        for at, does in sorted([*days, *self._hours(week)], key=lambda due: due[0]):
            if at <= self.now:
                await self._works(at)
                await does(week, at)
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
        to = self.posts.get(act.to)
        if act.who == "host":
            await self._host_acts(act, to)
        else:
            visitor = self.visitors[act.who]
            visitor.clock.set(at)
            await visitor.looks()
            match act.do:
                case "join":
                    await visitor.joins(act.group, act.text)
                case "post":
                    await visitor.posts(act.group, act.text, to, act.warning)
                case "react" if to is not None:
                    await visitor.reacts(act.group, to, act.text)  # type: ignore[arg-type]
                case "report" if to is not None:
                    await visitor.reports(act.group, to, act.text)  # type: ignore[arg-type]
        if act.key:
            self.posts[act.key] = (await self._room(act.group)).seq
        if act.do == "post" and act.who != "host" and not act.waits:
            await self._hosted(act.group, at + (HOST_LOOKS if act.ago is None else HOST_IS_THERE))

    async def _host_acts(self, act: RoomAct, to: int | None) -> None:
        room, by = self.service.rooms[act.group], self.staff["host"].id
        if act.do == "begin":
            await tell_room(self.house, self.service.id, room, BeginCourse(by))
        else:
            new = self.house.ids.new()
            await host_post(self.house, self.service.id, room, by, new, act.text, to)

    async def _room(self, group: str) -> Room:
        room = await standing_of(self.house, self.service.id, self.service.rooms[group])
        assert room is not None
        return room

    async def _hosted(self, group: str, at: datetime) -> None:
        """A first post waits for the host, who lets it through; with the last that waits the alert is answered."""
        line, host = self.service.rooms[group], self.staff["host"].id
        room = await self._room(group)
        self.clock.set(at)
        for seq in sorted({case.seq for case in room.cases.values() if case.seq is not None}):
            do: Literal["release", "leave"] = "release" if room.posts[seq].status == "held" else "leave"
            await moderate(self.house, self.service.id, line, Moderate(seq, host, do))

    # -- the hour of the week -----------------------------------------------------------------------

    def _hours(self, week: int) -> list[_Due]:
        """When the room that meets by the calendar does so before the next week's visits; and the day before, when its
        members are told."""
        group = self.house.shelf.library.group(cast.HOUR, "en")
        if (
            group is None
            or group.meets is None
            or cast.HOUR not in self.service.rooms
            or not self.plan.room_acts
        ):
            return []
        opens, closes = next_meeting(group.meets, self.service, self._base(week))
        if closes + HOST_LOOKS > min(
            self.now, self._base(week + 1) if week + 1 < self.plan.weeks else self.now
        ):
            return []
        return [(opens - TOLD_BEFORE, _nothing), (opens, self._hour)]

    async def _hour(self, week: int, at: datetime) -> None:
        """It is opened; a host comes, and on one Thursday members do, too; it is closed, and written up."""
        line, host = self.service.rooms[cast.HOUR], self.staff["host"].id
        room = await self._room(cast.HOUR)
        if room.session is None:
            return
        talked = week == self.plan.weeks - TALKED_BEFORE and bool(room.size)
        self.clock.set(at + timedelta(minutes=1))
        await tell_room(self.house, self.service.id, line, HostHere(host))
        for n, (who, text) in enumerate(cast.HOUR_TALK if talked else ()):
            act = RoomAct(week, cast.HOUR, who, "post", text, ago=0)
            await self._in_the_room(act, at + timedelta(minutes=2 + 5 * n))
        await self._works(room.session.until)
        self.clock.set(room.session.until + HOST_LOOKS)
        if talked:
            recap = HostSaid(self.house.ids.new(), host, cast.RECAP, kind="recap")
            await tell_room(self.house, self.service.id, line, recap)
        else:
            for case in sorted((await self._room(cast.HOUR)).cases):
                await tell_room(self.house, self.service.id, line, Recapped(case, host))

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


async def _nothing(week: int, at: datetime) -> None:
    return


class _Troubles:
    """What failed after a commit, where nobody waits: a clinic with a hole in it is not a whole one."""

    def __init__(self) -> None:
        self._errors: list[BaseException] = []

    def note(self, what: str, error: BaseException) -> None:
        self._errors.append(error)

    def stop(self) -> None:
        if self._errors:
            raise self._errors[0]
