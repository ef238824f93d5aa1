"""The demo's past, made through the use cases: every invariant holds for it as for real weeks."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import pytest_asyncio
from clinic import MONDAY_TEN, Clinic, PostBox, SeededIds, TestClock
from folding import check_folds
from pydantic import SecretStr
from sqlalchemy import text

from bot.adapters.postgres.engine import Database
from bot.cli.seeding import Plan, Seeded, ready_clinic, seed, unfinished
from bot.core.errors import Misuse, Refused
from bot.core.library import Library
from bot.core.safety import Context, Tier
from bot.core.service import Service
from bot.core.values import ServiceId
from bot.report import cast
from bot.report.cast import Act, Patient, RoomAct
from bot.report.simulate import COURSES, Course
from bot.settings import Settings
from bot.usecases import ways_in
from bot.usecases.house import House
from bot.usecases.posts import posts_opened
from bot.usecases.room_turns import standing_of
from bot.wiring import Urls, open_house

WEEKS = 3
SMALL = Plan(
    weeks=WEEKS,
    patients=(
        Patient("Maria", "", ("copd",), COURSES["improving"], acts=(Act(0, "module"),)),
        Patient("Alan", "", ("heart",), Course(0.2, 0.7, "step", turn=1, misses=0, dark=1), hours_ago=3, care="acknowledged"),
        Patient("Joe", "", ("diabetes",), COURSES["skipping"], days_ago=2, acts=(Act(1, "says", cast.CRISIS), Act(2, "half", "stop"))),
        Patient("Carl", "", ("heart",), COURSES["steady"], hours_ago=7, acts=(Act(2, "asks"),), care="open"),
    ),
    room_acts=(
        RoomAct(0, "copd", "host", "post", "Welcome, everybody."),
        RoomAct(0, "copd", "maria", "join", "Bluebell"),
        RoomAct(0, "copd", "maria", "post", "Hello all, the stairs nearly beat me today."),
        RoomAct(1, "copd", "host", "post", "Well done."),
        RoomAct(2, "copd", "host", "post", "What was a small good thing?", key="asked", ago=60),
        RoomAct(2, "copd", "maria", "react", "heart", to="asked", ago=58),
        RoomAct(2, "copd", "maria", "post", "I rested twice.", to="asked", warning="body", ago=55),
        RoomAct(2, "copd", "maria", "post", "Ring me on 01632 960 147.", ago=20, waits=True),
        RoomAct(2, "copd", "maria", "report", "unkind", to="asked", ago=10),
    ),
)  # fmt: skip


class Stopped(Exception):
    """The process died here."""


@dataclass
class Made:
    house: House
    seeded: Seeded
    database: Database
    progress: list[tuple[int, int]]

    @property
    def service(self) -> Service:
        return self.seeded.service

    async def rows(self, sql: str) -> list[Any]:
        async with self.database.reading() as c:
            return list((await c.execute(text(sql), {"s": self.service.id})).all())

    async def facts(self, kind: str) -> list[Any]:
        """Rows of a Line's id and the fact's body, of one kind."""
        return await self.rows(
            "SELECT j.line_id, f.body FROM journal j, json_array_elements(j.facts) f(body) "
            f"WHERE j.service_id = :s AND f.body->>'type' = '{kind}'"
        )


@pytest_asyncio.fixture(scope="module")
async def made(
    urls: Urls,
    database: Database,
    library: Library,
    post_box: PostBox,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Made]:
    clock, data = TestClock(), tmp_path_factory.getbasetemp() / "data"
    settings = Settings(smtp_url=SecretStr(post_box.url), content=data / "none")
    ids = SeededIds("the simulated clinic")
    async with open_house(settings, data, urls, clock=clock, ids=ids, database=database) as house:
        if house.shelf.pointer is None or house.shelf.pointer.release != library.release:
            await house.shelf.publish(library, "tests", clock.now())
        progress: list[tuple[int, int]] = []
        seeded = await seed(house, SMALL, lambda done, of: progress.append((done, of)), slug="small-clinic")
        yield Made(house, seeded, database, progress)


async def test_every_line_folds_to_its_rows(made: Made) -> None:
    assert await check_folds(made.database, made.service.id) == len(SMALL.patients) + len(made.service.rooms)


async def test_every_patient_of_it_is_marked_as_simulated(made: Made) -> None:
    marks = await made.rows("SELECT simulated FROM person WHERE service_id = :s")
    assert [m.simulated for m in marks] == [True] * len(SMALL.patients)


async def test_nobody_gets_a_letter_from_the_past(made: Made, post_box: PostBox) -> None:
    assert [m.email for m in cast.STAFF if post_box.to(m.email)] == []


async def test_time_never_runs_backwards_on_a_line(made: Made) -> None:
    turns = await made.rows("SELECT line_id, at FROM journal WHERE service_id = :s ORDER BY line_id, version")
    backwards = [b for a, b in pairwise(turns) if a.line_id == b.line_id and b.at < a.at]
    assert backwards == []


async def test_nothing_in_it_happens_after_now(made: Made) -> None:
    (last,) = await made.rows("SELECT max(at) AS at FROM journal WHERE service_id = :s")
    assert MONDAY_TEN - timedelta(hours=3) < last.at <= MONDAY_TEN


async def test_nothing_that_fell_due_is_left_to_be_done(made: Made) -> None:
    timers = await made.rows("SELECT due_at FROM timer WHERE service_id = :s")
    promises = await made.rows("SELECT dedupe FROM outbox WHERE service_id = :s AND done_at IS NULL")
    assert [t for t in timers if t.due_at <= MONDAY_TEN] == []
    assert promises == []


async def test_nobody_is_left_in_the_middle_of_something(made: Made) -> None:
    states = await made.rows("SELECT state FROM line WHERE service_id = :s AND kind = 'patient'")
    assert [s.state.get("runs", []) for s in states] == [[]] * len(SMALL.patients)


async def test_a_module_was_finished_and_its_follow_up_answered(made: Made) -> None:
    facts = await made.facts("run_ended")
    ends = [(f.body["name"], f.body["how"]) for f in facts if f.body["kind"] == "module"]
    assert ends.count(("copd/breathlessness-and-worry", "finished")) == 2


async def test_what_was_finished_was_asked_about_and_some_stop_half_way(made: Made) -> None:
    sql = "SELECT module, ended, helped FROM module_run WHERE service_id = :s"
    walked = [tuple(r) for r in await made.rows(sql)]
    assert [(m, h) for m, ended, h in walked if ended == "finished" and h] != []
    stopped = [helped for _, ended, helped in walked if ended == "stopped"]
    assert stopped and not any(stopped)


async def test_who_skips_questions_has_no_total_for_that_week(made: Made) -> None:
    scores = await made.rows("SELECT total, complete FROM score WHERE service_id = :s")
    assert {s.complete for s in scores} == {True, False}
    assert all((s.total is None) == (not s.complete) for s in scores)


async def test_no_alert_that_waits_is_overdue(made: Made) -> None:
    waiting = await made.house.record.ledger.list(made.service.id, open_only=True, by=None)
    assert [a.concern for a in waiting if a.due_at is not None and a.due_at <= MONDAY_TEN] == []


async def test_what_came_before_the_weekend_is_closed(made: Made) -> None:
    waiting = await made.house.record.ledger.list(made.service.id, open_only=True, by=None)
    assert [a.concern for a in waiting if a.opened_at < MONDAY_TEN - timedelta(days=3)] == []


async def test_the_crisis_was_answered(made: Made) -> None:
    alerts = await made.house.record.ledger.list(made.service.id, open_only=False, by=None)
    crisis = next(a for a in alerts if any(e.rule == "kill-myself" for e in a.evidence))
    assert (crisis.level, crisis.state, crisis.outcome) == ("now", "resolved", "contacted")


async def test_what_is_fresh_waits_at_the_desk(made: Made) -> None:
    waiting = await made.house.record.ledger.list(made.service.id, open_only=True, by=None)
    assert {(a.concern, a.level, a.state) for a in waiting} >= {
        ("risk", "now", "acknowledged"),
        ("worsening:phq9", "soon", "open"),
        ("asked-for-a-person", "soon", "open"),
    }


async def test_no_urgent_alert_is_left_to_climb_the_ladder(made: Made) -> None:
    waiting = await made.house.record.ledger.list(made.service.id, open_only=True, by=None)
    assert [a for a in waiting if a.level == "now" and a.state == "open"] == []


async def test_staff_looked_before_they_answered(made: Made) -> None:
    looks = await made.rows("SELECT about FROM audit WHERE service_id = :s AND what = 'alert.open'")
    patients = {r.line_id for r in await made.rows("SELECT line_id FROM person WHERE service_id = :s")}
    acts = await made.facts("alert_acknowledged")
    answered = [a for a in acts if a.line_id in patients]
    assert answered
    assert {a.body["alert"] for a in answered} == {look.about for look in looks}


async def test_the_first_post_waited_for_the_host_and_was_let_through(made: Made) -> None:
    posts = await posts_opened(made.house, made.service.id, made.service.rooms["copd"], 0)
    assert [(p.name, p.status) for p in posts[:3]] == [
        (None, "shown"),
        ("Bluebell", "shown"),
        (None, "shown"),
    ]
    released = await made.facts("post_released")
    assert [f.body["seq"] for f in released] == [2]


async def test_an_evening_goes_on_with_an_answer_a_reaction_and_something_for_the_host(made: Made) -> None:
    line = made.service.rooms["copd"]
    asked, answer, held = (await posts_opened(made.house, made.service.id, line, 0))[3:]
    assert list(asked.reactions or {}) == ["heart"]
    assert (answer.reply_to, answer.warning, answer.status) == (asked.seq, "body", "shown")
    assert MONDAY_TEN - answer.at < timedelta(hours=1)
    assert held.status == "held"
    room = await standing_of(made.house, made.service.id, line)
    assert room is not None
    assert [(c.kind, c.why, c.seq) for c in room.cases.values()] == [
        ("held", "contact", held.seq),
        ("reported", "unkind", asked.seq),
    ]


async def test_the_hour_of_the_week_was_held_with_a_host_and_written_up(made: Made) -> None:
    line = made.service.rooms[cast.HOUR]
    said = await posts_opened(made.house, made.service.id, line, 0)
    assert [p.kind for p in said] == ["agenda", "post"] * (WEEKS + 1)
    assert {p.at.strftime("%a %H") for p in said} == {"Thu 18", "Thu 19"}
    assert [f.body.get("held", True) for f in await made.facts("session_closed")] == [True] * (WEEKS + 1)
    room = await standing_of(made.house, made.service.id, line)
    assert room is not None
    assert (room.session, room.cases) == (None, {})


async def test_progress_is_told_week_by_week(made: Made) -> None:
    assert made.progress == [(1, WEEKS), (2, WEEKS), (3, WEEKS)]


async def test_its_patients_come_back_with_the_pin(made: Made) -> None:
    index = made.house.vault.contact_index(SMALL.patients[0].email)
    found = [p for of, p in await made.house.record.contacts.find(index) if of == made.service.id]
    code = await ways_in.return_code(made.house, made.service, found[0])
    token = await ways_in.come_back(made.house, code, cast.PIN)
    assert (await ways_in.who_is(made.house, token, "patient")).subject == found[0]


async def test_its_staff_sign_in_with_the_password(made: Made) -> None:
    host = next(m for m in cast.STAFF if m.key == "host")
    _, member = await ways_in.staff_sign_in(made.house, made.service.slug, host.email, cast.PASSWORD)
    assert member.roles == host.roles


# -- half made ----------------------------------------------------------------------------------------

TINY = Plan(weeks=2, patients=SMALL.patients[3:], room_acts=())


def dies_after(week: int) -> Any:
    def told(done: int, of: int) -> None:
        if done == week:
            raise Stopped

    return told


async def test_a_half_made_clinic_never_has_the_name_of_a_whole_one(clinic: Clinic) -> None:
    with pytest.raises(Stopped):
        await seed(clinic.house, TINY, dies_after(1), slug="half")
    with pytest.raises(Refused):
        clinic.house.shelf.by_slug("half")


async def test_a_half_made_clinic_is_cleared_away_and_made_again(clinic: Clinic, database: Database) -> None:
    with pytest.raises(Stopped):
        await seed(clinic.house, TINY, dies_after(1), slug="half")
    half = clinic.house.shelf.by_slug(unfinished("half")).id
    whole = await seed(clinic.house, TINY, lambda done, of: None, slug="half")
    assert await check_folds(database, half) == 0
    assert await check_folds(database, whole.service.id) == 1 + len(whole.service.rooms)
    assert clinic.house.shelf.by_slug("half").id == whole.service.id


async def test_a_service_with_a_real_patient_is_never_cleared(clinic: Clinic, service_id: ServiceId) -> None:
    patient = await clinic.join()
    with pytest.raises(Misuse):
        await clinic.house.record.services.clear_simulated(clinic.service.id)
    assert await patient.facts()


async def test_a_record_with_other_services_gets_no_demo(clinic: Clinic) -> None:
    with pytest.raises(Misuse, match=re.escape("--data")):
        await ready_clinic(clinic.house, TINY, lambda done, of: None)


# -- the cast -----------------------------------------------------------------------------------------


def test_everybody_in_a_group_is_in_the_cast_and_joined_before_they_post() -> None:
    keys = {p.key for p in cast.PATIENTS}
    inside: set[tuple[str, str]] = set()
    for act in sorted(cast.ROOM_ACTS, key=lambda a: a.week):
        assert act.who == "host" or act.who in keys
        if act.do == "join":
            inside.add((act.group, act.who))
        elif act.who != "host":
            assert (act.group, act.who) in inside


def test_no_post_of_the_cast_rings_an_alarm(library: Library) -> None:
    rang = [
        text
        for text in [*(a.text for a in cast.ROOM_ACTS), *(text for _, text in cast.HOUR_TALK), cast.RECAP]
        if library.screen(text, Context(state="group_post")).tier > Tier.NONE
    ]
    assert rang == []


def test_who_is_answered_or_pressed_has_written_before() -> None:
    known: set[str] = set()
    for act in sorted(cast.ROOM_ACTS, key=lambda a: (a.week, a.ago is not None, -(a.ago or 0))):
        assert not act.to or act.to in known, act
        known |= {act.key} - {""}


def test_the_evening_is_told_in_order_and_is_over_when_the_clinic_opens() -> None:
    agos = [act.ago for act in cast.ROOM_ACTS if act.ago is not None]
    assert agos == sorted(agos, reverse=True)
    assert max(agos) < 100
