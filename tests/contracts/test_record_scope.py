"""Whom a member of staff may open: the rule, the condition in each statement, and the policies of the tables."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import TextClause, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from written import NOW

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.scope import PostgresScopes, seen_by, within
from bot.core.errors import Misuse
from bot.core.roles import ROLES
from bot.core.rota import Leave, Roster, Shift
from bot.core.scope import REMEMBERED, AlertKnown, PatientKnown, scope_of, sees, sees_rooms
from bot.core.values import LineId, ServiceId, StaffId
from bot.ports import Looker


@dataclass
class World:
    """A service as the rule sees it, and as the record holds it."""

    service: ServiceId
    staff: dict[StaffId, frozenset[str]] = field(default_factory=dict)
    roster: Roster = field(default_factory=Roster)
    patients: dict[LineId, PatientKnown] = field(default_factory=dict)
    room: LineId = field(default_factory=lambda: LineId(uuid4()))

    def seen_by_rule(self, who: StaffId) -> set[LineId]:
        scope = scope_of(who, self.staff[who], self.roster, NOW)
        mine = {line for line, patient in self.patients.items() if sees(scope, patient)}
        return mine | ({self.room} if sees_rooms(scope) else set())


def made_up(chance: Random) -> World:
    world = World(ServiceId(uuid4()))
    names = [StaffId(uuid4()) for _ in range(7)]
    often = ["therapist", "clinician", *ROLES]
    world.staff = {one: frozenset(chance.sample(often, chance.choice([1, 1, 1, 2]))) for one in names}

    def somebody() -> StaffId:
        return chance.choice(names)

    def span() -> tuple[Any, Any]:
        begins = NOW + timedelta(hours=chance.choice([-48, -24, 0, 24]))
        return begins, begins + timedelta(hours=chance.choice([24, 48, 72]))

    leaves = [(one, somebody()) for one in chance.sample(names, 3)]
    world.roster = Roster(
        tuple(Leave(uuid4(), one, *span(), cover if cover != one else None) for one, cover in leaves),
        tuple(Shift(uuid4(), somebody(), *span()) for _ in range(2)),
    )

    def alert() -> AlertKnown:
        closed = chance.random() < 0.5
        return AlertKnown(
            owner=chance.choice([None, somebody()]),
            acted_by=chance.choice([None, somebody()]) if not closed else somebody(),
            told=frozenset(chance.sample(names, chance.choice([0, 0, 1, 2]))),
            resolved_at=NOW - timedelta(days=chance.choice([1, 13, 14, 15])) if closed else None,
        )

    for _ in range(14):
        world.patients[LineId(uuid4())] = PatientKnown(
            owner=chance.choice([None, somebody(), somebody()]),
            clinician=chance.choice([None, None, somebody()]),
            alerts=tuple(alert() for _ in range(chance.choice([0, 0, 1, 2]))),
        )
    return world


async def kept(c: AsyncConnection, world: World) -> None:
    """The world's rows, with a row of each patient in each table that pages read."""
    here: dict[str, Any] = {"service_id": world.service}
    for who, roles in world.staff.items():
        row = {"staff_id": who, "email": f"{who}@x.example", "name": "Jo", "roles": sorted(roles)}
        await c.execute(insert(s.staff).values(**here, **row, away=False))
    for leave in world.roster.leaves:
        when = {"from_at": leave.from_at, "until_at": leave.until_at}
        row = {"leave_id": leave.id, "staff_id": leave.staff, "cover_id": leave.cover}
        await c.execute(insert(s.leave).values(**here, **row, **when))
    for shift in world.roster.shifts:
        when = {"from_at": shift.from_at, "until_at": shift.until_at}
        row = {"shift_id": shift.id, "staff_id": shift.staff, "source": "desk"}
        await c.execute(insert(s.shift).values(**here, **row, **when))
    await _line(c, world.service, world.room, "group")
    await c.execute(insert(s.room).values(**here, line_id=world.room, group_key="copd"))
    for line, patient in world.patients.items():
        await _patient(c, world, line, patient)


async def _line(c: AsyncConnection, service: ServiceId, line: LineId, kind: str) -> None:
    row = {"line_id": line, "kind": kind, "version": 1, "seq": 1, "state": {}, "key_id": "k"}
    await c.execute(insert(s.line).values(service_id=service, **row))


async def _patient(c: AsyncConnection, world: World, line: LineId, patient: PatientKnown) -> None:
    mine: dict[str, Any] = {"service_id": world.service, "line_id": line}
    await _line(c, world.service, line, "patient")
    profile = {"nation": "england", "timezone": "Europe/London", "language": "en", "conditions": ["copd"]}
    team = {"owner_id": patient.owner, "clinician_id": patient.clinician}
    await c.execute(insert(s.person).values(**mine, status="joined", **profile, **team, simulated=False))
    word = uuid4()
    sealed = {"word_id": word, "kind": "heard", "key_id": "k", "body": b"sealed"}
    await c.execute(insert(s.word).values(service_id=world.service, owner_id=line, **sealed))
    said = {"seq": 1, "who": "patient", "word_id": word, "urgent": False, "at": NOW}
    await c.execute(insert(s.message).values(**mine, **said))
    points = {"measure": "phq9", "measure_version": "1", "items": {}, "total": 3, "complete": True, "at": NOW}
    await c.execute(insert(s.score).values(**mine, score_id=uuid4(), **points))
    await c.execute(insert(s.journal).values(**mine, version=1, facts=[], at=NOW))
    run = {"module": "copd/x", "language": "en", "release_hash": "r", "steps": [], "began_at": NOW, "at": NOW}
    await c.execute(insert(s.module_run).values(**mine, began=1, **run))
    mark = {"seq": 1, "rule": "", "concern": "none", "verdict": "nothing", "by_id": uuid4(), "at": NOW}
    await c.execute(insert(s.screen_mark).values(**mine, **mark))
    seal = {"n": 1, "prev_hash": b"", "hash": b"", "who": "staff:x", "what": "patient.open", "about": "x"}
    await c.execute(insert(s.audit).values(service_id=world.service, chain=line, **seal, at=NOW))
    member = {"status": "member", "pseudonym_word_id": word, "posts": 0, "since": NOW, "state": {}}
    await c.execute(
        insert(s.member).values(service_id=world.service, line_id=line, patient_id=line, **member)
    )
    post = {"seq": 1, "post_id": uuid4(), "word_id": word, "status": "shown", "at": NOW}
    await c.execute(insert(s.post).values(**mine, **post))
    for n, known in enumerate(patient.alerts):
        await _alert(c, mine, known, f"concern {n}")


async def _alert(c: AsyncConnection, mine: dict[str, Any], known: AlertKnown, concern: str) -> None:
    alert = uuid4()
    closed = known.resolved_at is not None
    stands = {
        "concern": concern,
        "level": "now",
        "state": "resolved" if closed else "open",
        "rung": 0,
        "told": 1,
    }
    people = {"owner_id": known.owner, "acted_by": known.acted_by, "resolved_at": known.resolved_at}
    await c.execute(
        insert(s.alert).values(**mine, alert_id=alert, **stands, **people, evidence=1, opened_at=NOW)
    )
    piece = {"alert_id": alert, "n": 1, "rule": "r", "rule_version": "1", "numbers": {}, "at": NOW}
    await c.execute(insert(s.evidence).values(**mine, **piece))
    for who in known.told:
        sent = {"delivery_id": uuid4(), "outbox_id": uuid4(), "alert_id": alert, "rung": 0, "told": 1}
        how = {"channel": "mail", "staff_id": who, "message_id": "<x>", "state": "accepted", "attempts": 1}
        await c.execute(insert(s.delivery).values(service_id=mine["service_id"], **sent, **how, made_at=NOW))


def bare(column: str, table: str) -> TextClause:
    """With no condition at all; in brackets, since the watch over statements is for those of the house."""
    return text(f"(SELECT {column} FROM {table})")


async def written(database: Database, world: World) -> World:
    async with database.transaction() as c:
        await kept(c, world)
    return world


async def test_the_rule_each_statement_and_the_policies_agree(database: Database) -> None:
    chance = Random("scopes")
    asked = opened = 0
    for _ in range(25):
        world = await written(database, made_up(chance))
        every = [*world.patients, world.room]
        for who in world.staff:
            by_rule = world.seen_by_rule(who)
            assert await PostgresScopes(database).within(world.service, who, NOW, every) == by_rule
            by = Looker(who, NOW)
            line = s.line.c.line_id
            alone = select(line).where(s.line.c.service_id == world.service, *within(line, world.service, by))
            async with database.reading() as c:  # as the owner of the tables, whom no policy holds
                assert set((await c.execute(alone)).scalars()) == by_rule, world.staff[who]
            async with seen_by(database, world.service, by) as c:
                lines = set((await c.execute(bare("line_id", "line"))).scalars())
            assert lines == by_rule, world.staff[who]
            asked, opened = asked + len(every), opened + len(by_rule)
    print(f"{asked} questions, {opened} answered yes; four answers to each, all alike")
    assert asked * 0.2 < opened < asked * 0.9


@asynccontextmanager
async def undone(database: Database) -> AsyncIterator[AsyncConnection]:
    """A transaction of which nothing stays."""
    async with database.engine.connect() as c:
        begun = await c.begin()
        try:
            yield c
        finally:
            await begun.rollback()


TABLES = {
    "line": "line_id",
    "person": "line_id",
    "message": "line_id",
    "word": "owner_id",
    "score": "line_id",
    "module_run": "line_id",
    "journal": "line_id",
    "alert": "line_id",
    "evidence": "line_id",
    "screen_mark": "line_id",
    "member": "line_id",
    "post": "line_id",
    "audit": "chain",
}


async def two_services(database: Database) -> tuple[World, World, StaffId]:
    """In each somebody of whom half the patients are; with an open alert on every patient."""
    worlds = []
    for _ in range(2):
        world = World(ServiceId(uuid4()))
        me, other = StaffId(uuid4()), StaffId(uuid4())
        world.staff = {me: frozenset({"therapist"}), other: frozenset({"therapist"})}
        for owner in (me, me, other, other):
            told = AlertKnown(owner=owner, told=frozenset({owner}))
            world.patients[LineId(uuid4())] = PatientKnown(owner=owner, alerts=(told,))
        worlds.append(await written(database, world))
    return worlds[0], worlds[1], next(iter(worlds[0].staff))


async def found(c: AsyncConnection, table: str, service: ServiceId, who: StaffId) -> set[UUID]:
    """As the desk's role, and with no condition at all."""
    await c.execute(
        text(
            "SELECT set_config('role', 'bounceback_desk', true), set_config('bounceback.service', :service, true), "
            "set_config('bounceback.staff', :staff, true), set_config('bounceback.at', :at, true)"
        ),
        {"service": str(service), "staff": str(who), "at": NOW.isoformat()},
    )
    rows = set((await c.execute(bare(TABLES[table], table))).scalars())
    await c.execute(text("SELECT set_config('role', 'none', true)"))
    return rows


@pytest.mark.parametrize("table", TABLES)
async def test_without_the_first_lock_the_second_holds(database: Database, table: str) -> None:
    """And without its policy it would not: the same question then names other people's patients."""
    here, there, me = await two_services(database)
    mine = {line for line, patient in here.patients.items() if patient.owner == me}
    async with undone(database) as c:
        assert await found(c, table, here.service, me) - {here.room} == mine
        await c.execute(text(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"))
        assert await found(c, table, here.service, me) > set(here.patients) | set(there.patients)


async def test_of_deliveries_too(database: Database) -> None:
    here, _, me = await two_services(database)
    count = text("(SELECT count(*), count(*) FILTER (WHERE service_id <> :here) FROM delivery)")
    async with seen_by(database, here.service, Looker(me, NOW)) as c:
        assert tuple((await c.execute(count, {"here": here.service})).one()) == (2, 0)


async def test_nobody_said_is_nobody_seen(database: Database) -> None:
    await two_services(database)
    async with undone(database) as c:
        await c.execute(text("SET LOCAL ROLE bounceback_desk"))
        for table in TABLES:
            column = TABLES[table]
            assert (await c.execute(bare(column, table))).all() == [], table


@pytest.mark.parametrize("table", ["session", "invite", "outbox", "timer", "heard", "service", "login_hint"])
async def test_what_no_page_shows_the_desk_may_not_read(database: Database, table: str) -> None:
    here, _, me = await two_services(database)
    with pytest.raises(Misuse, match="42501"):
        async with seen_by(database, here.service, Looker(me, NOW)) as c:
            await c.execute(bare("*", table))


@pytest.mark.parametrize("column", ["state", "wrapped_key"])
async def test_where_a_conversation_stands_and_its_key_the_desk_may_not_read(
    database: Database, column: str
) -> None:
    here, _, me = await two_services(database)
    with pytest.raises(Misuse, match="42501"):
        async with seen_by(database, here.service, Looker(me, NOW)) as c:
            await c.execute(bare(column, "line"))


async def test_a_mark_on_somebody_elses_patient_is_not_written(database: Database) -> None:
    here, _, me = await two_services(database)
    other = next(line for line, patient in here.patients.items() if patient.owner != me)
    mark = {"seq": 9, "rule": "", "concern": "none", "verdict": "nothing", "by_id": me, "at": NOW}
    with pytest.raises(Misuse, match="42501"):
        async with seen_by(database, here.service, Looker(me, NOW)) as c:
            await c.execute(insert(s.screen_mark).values(service_id=here.service, line_id=other, **mark))


async def test_a_closed_alert_opens_the_record_for_so_long(database: Database) -> None:
    world = World(ServiceId(uuid4()))
    me, other = StaffId(uuid4()), StaffId(uuid4())
    world.staff = {me: frozenset({"therapist"}), other: frozenset({"therapist"})}
    line = LineId(uuid4())
    world.patients[line] = PatientKnown(other, alerts=(AlertKnown(acted_by=me, resolved_at=NOW),))
    await written(database, world)
    scopes = PostgresScopes(database)
    last = NOW + REMEMBERED
    assert await scopes.within(world.service, me, last - timedelta(seconds=1), [line]) == {line}
    assert await scopes.within(world.service, me, last, [line]) == frozenset()


async def test_who_has_left_may_open_nothing(database: Database) -> None:
    here, _, me = await two_services(database)
    async with database.transaction() as c:
        mine = (s.staff.c.service_id == here.service) & (s.staff.c.staff_id == me)
        await c.execute(s.staff.update().where(mine).values(left_at=NOW))
    every = [*here.patients, here.room]
    assert await PostgresScopes(database).within(here.service, me, NOW, every) == frozenset()
    async with seen_by(database, here.service, Looker(me, NOW)) as c:
        assert (
            await c.execute(select(s.person.c.line_id).where(s.person.c.service_id == here.service))
        ).all() == []
