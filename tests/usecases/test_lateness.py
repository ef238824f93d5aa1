"""A schedule that does not fire: counted, said in the log, and told once to whoever is on duty."""

from __future__ import annotations

from datetime import timedelta

import pytest
from clinic import Clinic
from reminded import joined
from sqlalchemy import text

from bot.adapters.postgres.engine import Database
from bot.ports import StaffMember
from bot.usecases.lateness import LATE_AFTER, Watch, how_late


@pytest.fixture
def cried() -> list[str]:
    return []


@pytest.fixture
def watch(clinic: Clinic, cried: list[str]) -> Watch:
    return Watch(clinic.house, lambda _, error: cried.append(str(error)))


async def overdue(clinic: Clinic, by: timedelta = LATE_AFTER + timedelta(minutes=1)) -> None:
    """Somebody's check-in comes due, and no worker takes it up."""
    patient = await joined(clinic, None)
    due = min(timer.due_at for timer in (await patient.state()).timers.values())
    clinic.clock.set(due - timedelta(minutes=1))
    await clinic.work()  # what the rooms had planned by then
    clinic.clock.set(due + by)


def letters(clinic: Clinic, to: StaffMember) -> list[str]:
    return [letter["Subject"] for letter in clinic.letters(to)]


async def test_duty_hears_once_that_nothing_fires(clinic: Clinic, watch: Watch, cried: list[str]) -> None:
    await overdue(clinic)
    await watch.round(clinic.only)
    assert (letters(clinic, clinic.duty), cried) == ([], [])  # a worker that has just begun catches up
    for _ in range(5):
        clinic.clock.advance(minutes=1)
        await watch.round(clinic.only)
    await Watch(clinic.house, lambda *_: None).round(clinic.only)
    assert letters(clinic, clinic.duty) == [f"{clinic.service.name}: what was planned has not happened"]
    assert letters(clinic, clinic.therapist) == []
    assert cried == [f"{clinic.service.slug}: 1 timers and 0 reminders are overdue"]


async def test_a_second_outage_is_told_anew(clinic: Clinic, watch: Watch) -> None:
    await overdue(clinic)
    for _ in range(2):
        await watch.round(clinic.only)
        clinic.clock.advance(minutes=1)
    await clinic.work()
    await watch.round(clinic.only)
    await overdue(clinic)
    for _ in range(2):
        await watch.round(clinic.only)
        clinic.clock.advance(minutes=1)
    assert len(letters(clinic, clinic.duty)) == 2


async def test_while_no_mail_leaves_it_is_tried_again(clinic: Clinic, watch: Watch) -> None:
    await overdue(clinic)
    clinic.post_box.refusing = True
    for _ in range(3):
        await watch.round(clinic.only)
        clinic.clock.advance(minutes=1)
    clinic.post_box.refusing = False
    await watch.round(clinic.only)
    await watch.round(clinic.only)
    assert len(letters(clinic, clinic.duty)) == 1


async def test_what_is_due_just_now_is_not_late(clinic: Clinic, watch: Watch) -> None:
    await overdue(clinic, LATE_AFTER - timedelta(minutes=1))
    await watch.round(clinic.only)
    await watch.round(clinic.only)
    assert letters(clinic, clinic.duty) == []


async def test_a_reminder_that_nothing_will_give_is_late(clinic: Clinic, database: Database) -> None:
    """Planned, past its time, and its timer is lost."""
    await overdue(clinic)
    mine = {"s": clinic.service.id}
    kept = "service_id, line_id, kind, key, due_at"
    async with database.reading() as c:
        timers = (await c.execute(text(f"SELECT {kept} FROM timer WHERE service_id = :s"), mine)).all()
        await c.execute(text("DELETE FROM timer WHERE service_id = :s"), mine)
    late, _ = await how_late(clinic.house.record.lateness, [clinic.service], clinic.clock)
    async with database.reading() as c:
        back = text(f"INSERT INTO timer ({kept}) VALUES (:s, :line, :kind, :key, :due)")
        for _, line, kind, key, due in timers:
            await c.execute(back, mine | {"line": line, "kind": kind, "key": key, "due": due})
    assert (late.timers, late.reminders) == (0, 1)


async def test_the_oldest_is_known(clinic: Clinic) -> None:
    await overdue(clinic, timedelta(hours=1))
    late, seconds = await how_late(clinic.house.record.lateness, [clinic.service], clinic.clock)
    assert late.timers >= 1  # a room may have planned something within the hour
    assert seconds == 3600.0
