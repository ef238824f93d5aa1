"""A storm of alerts before a slow mail server: the urgent first, one letter where many wait for one person, nobody lost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest
from clinic import Clinic, text_of
from contracts.written import WrittenLine, raised
from post_office import PostOffice

from bot.adapters.postgres.engine import Database
from bot.core.facts import AlertRaised
from bot.core.library import Level
from bot.core.rota import Leave
from bot.core.values import AlertId
from bot.ports import DeliverySeen, StaffMember
from bot.usecases import alerts, promises
from bot.usecases.hands import LEASE_S
from bot.usecases.promises import keep_due
from bot.usecases.windows import AT_ONCE, KEPT_FREE, Windows

FROM = 10
A_WHILE_S = 6.0


@pytest.fixture
async def line(clinic: Clinic, database: Database) -> WrittenLine:
    return await WrittenLine.patient(database, clinic.service.id)


def of(owner: StaffMember, count: int, level: Level = "soon", name: str = "c") -> list[AlertRaised]:
    return [msgspec.structs.replace(raised(f"{name}-{n}", level), owner=owner.id) for n in range(count)]


async def colleague(clinic: Clinic, name: str) -> StaffMember:
    email = f"{name}@{clinic.service.slug}.example"
    id_ = clinic.house.ids.new()
    member = StaffMember(clinic.service.id, id_, email, name.title(), frozenset({"therapist"}), None)  # type: ignore[arg-type]
    await clinic.house.record.staff.add(member)
    return member


async def keep(clinic: Clinic) -> None:
    await keep_due(clinic.house, clinic.only)
    await clinic.settle()


async def again(clinic: Clinic) -> None:
    clinic.clock.advance(seconds=A_WHILE_S)
    await keep(clinic)


async def told(clinic: Clinic, these: Sequence[AlertRaised]) -> list[DeliverySeen]:
    ledger = clinic.house.record.ledger
    return [d for a in these for d in await ledger.deliveries(clinic.service.id, a.alert)]


def subjects(office: PostOffice) -> list[str]:
    return [str(m["Subject"]).partition(": ")[2] for m in office.all]


# -- a slow server ------------------------------------------------------------------------------------


async def test_before_a_slow_mail_server_the_urgent_wait_for_no_others_and_the_rest_are_few_letters(
    clinic: Clinic, office: PostOffice, line: WrittenLine
) -> None:
    """Of three therapists; the urgent ones come last."""
    people = [clinic.therapist, await colleague(clinic, "anna"), await colleague(clinic, "ben")]
    rest = [a for n, who in enumerate(people) for a in of(who, 30, name=f"soon-{n}")]
    urgent = [a for n, who in enumerate(people) for a in of(who, 3, "now", f"now-{n}")]
    await line.write(*rest)
    office.each_s = 0.02
    keeping = asyncio.create_task(keep_due(clinic.house, clinic.only))
    await office.until_waiting(1)
    before = len(office.all)
    await line.write(*urgent)
    for each in urgent:
        await promises.keep_now(clinic.house, clinic.service.id, f"alert:{each.alert}:1")
    await keeping
    await keep(clinic)
    owners = [s for s in subjects(office) if "now" in s][: len(urgent)]
    first = [n for n, s in enumerate(subjects(office)) if "now" in s]
    assert len(owners) == len(urgent)
    assert first[0] - before <= AT_ONCE - KEPT_FREE, "only letters in flight come before it"
    assert first[-1] - first[0] - len(first) < AT_ONCE, "and then no other comes between"
    assert len(subjects(office)) - len(first) <= len(people) * 3 + AT_ONCE, "ninety became a few"
    assert {d.state for d in await told(clinic, [*rest, *urgent])} == {"accepted"}
    assert {office.told_of()[str(a.alert)] for a in rest} == {1}


async def test_the_first_who_is_asked_has_each_alert_before_a_colleague_has_a_copy(
    clinic: Clinic, office: PostOffice, line: WrittenLine
) -> None:
    for name in ("anna", "ben"):
        await colleague(clinic, name)
    office.gate.clear()
    await line.write(*of(clinic.therapist, 20, "now"))
    keeping = asyncio.create_task(keep_due(clinic.house, clinic.only))
    await office.until_waiting(AT_ONCE)
    office.gate.set()
    await keeping
    to = [m["To"] for m in office.all]
    assert to[: 20 - AT_ONCE].count(clinic.therapist.email) >= 20 - 2 * AT_ONCE
    assert max(n for n, who in enumerate(to) if who == clinic.therapist.email) <= 20 + AT_ONCE


# -- one letter for many ------------------------------------------------------------------------------


async def test_from_so_many_on_that_wait_for_one_person_they_are_one_letter(
    clinic: Clinic, office: PostOffice, line: WrittenLine
) -> None:
    many = of(clinic.therapist, FROM)
    await line.write(*many)
    await keep(clinic)
    (letter,) = clinic.letters(clinic.therapist)
    assert subjects(office) == [f"{FROM} alerts need somebody within one working day"]
    assert f"{clinic.house.outside.public_url}/desk\n" in text_of(letter).replace("\r\n", "\n")
    rows = await told(clinic, many)
    assert [(d.state, d.attempts, d.to) for d in rows] == [("accepted", 1, clinic.therapist.id)] * FROM
    assert set(office.told_of()) == {str(a.alert) for a in many}
    await again(clinic)
    assert len(office.all) == 1


async def test_every_delivery_names_the_letter_that_told_it(
    clinic: Clinic, office: PostOffice, line: WrittenLine, database: Database
) -> None:
    await line.write(*of(clinic.therapist, FROM))
    await keep(clinic)
    rows = await database.fetch_raw(
        "SELECT DISTINCT message_id FROM delivery WHERE service_id = $1", [clinic.service.id]
    )
    assert [row[0] for row in rows] == [office.all[0]["Message-ID"]]


async def test_fewer_have_a_letter_each(clinic: Clinic, office: PostOffice, line: WrittenLine) -> None:
    other = await colleague(clinic, "anna")
    await line.write(*of(clinic.therapist, FROM - 1), *of(other, FROM - 1, name="d"))
    await keep(clinic)
    assert len(office.all) == 2 * (FROM - 1)


async def test_those_that_need_somebody_now_are_never_one_letter(
    clinic: Clinic, office: PostOffice, line: WrittenLine
) -> None:
    await line.write(*of(clinic.therapist, 3 * FROM, "now"))
    await keep(clinic)
    assert subjects(office) == ["an alert needs somebody now"] * 3 * FROM


async def test_a_letter_about_many_that_is_tried_again_keeps_its_id(
    clinic: Clinic, office: PostOffice, line: WrittenLine
) -> None:
    office.cuts = True
    await line.write(*of(clinic.therapist, FROM))
    await keep(clinic)
    office.cuts = False
    await line.write(*of(clinic.therapist, FROM, name="later"))
    await again(clinic)
    first, *others = [m["Message-ID"] for m in office.all]
    assert sorted(others).count(first) == 1
    assert len(others) == 2


async def test_what_is_acknowledged_while_the_letter_waits_is_not_in_it(
    clinic: Clinic, office: PostOffice
) -> None:
    many = []
    office.answer = "451 not now"
    for _ in range(FROM):
        patient = await clinic.join()
        await patient.says("i dont see the point any more")
        many.append(AlertId((await patient.alerts())[0].id))
    await again(clinic)  # each has failed on its own, and now they are one
    await alerts.acknowledge(clinic.house, clinic.service.id, many[0], clinic.therapist.id)
    office.answer = "250 OK"
    await again(clinic)
    await again(clinic)
    assert str(many[0]) not in office.told_of()
    assert {office.told_of()[str(a)] for a in many[1:]} == {1}
    assert len(clinic.letters(clinic.therapist)) < FROM


async def test_three_failures_of_a_letter_about_many_and_duty_hears_of_each(
    clinic: Clinic, office: PostOffice
) -> None:
    office.gate.clear()
    office.unknown.add(clinic.therapist.email)
    for _ in range(FROM):
        patient = await clinic.join()
        await patient.says("i dont see the point any more")
    office.gate.set()
    for _ in range(5):
        await again(clinic)
    opened = await clinic.alerts()
    assert {a.rung for a in opened} == {1}
    duty = " ".join(str(m["X-Alert-Id"]) for m in clinic.letters(clinic.duty))
    assert all(str(a.id) in duty for a in opened)


async def test_who_goes_on_leave_before_the_letter_leaves_is_covered(
    clinic: Clinic, office: PostOffice, line: WrittenLine
) -> None:
    cover = await colleague(clinic, "anna")
    office.answer = "451 not now"
    many = of(clinic.therapist, FROM)
    await line.write(*many)
    await keep(clinic)
    now = clinic.clock.now()
    leave = Leave(clinic.house.ids.new(), clinic.therapist.id, now, now + timedelta(days=3), cover.id)
    await clinic.house.record.rota.add_leave(clinic.service.id, leave)
    office.answer = "250 OK"
    await again(clinic)
    await again(clinic)
    assert clinic.letters(clinic.therapist) == []
    assert set(office.told_of().values()) == {1}
    assert {(d.to, d.state) for d in await told(clinic, many)} == {(cover.id, "accepted")}


async def test_a_letter_about_many_outlives_the_process_that_made_it(
    clinic: Clinic, office: PostOffice, line: WrittenLine
) -> None:
    many = of(clinic.therapist, FROM)
    office.answer = "451 not now"
    await line.write(*many)
    await keep(clinic)
    office.answer = "250 OK"
    clinic.clock.advance(seconds=A_WHILE_S)
    claimed = await clinic.house.record.outbox.claim(
        clinic.service.id, clinic.clock.now(), most=9, lease_s=LEASE_S
    )
    assert [task.kind for task in claimed] == ["fold"]  # by a process that dies now
    clinic.clock.advance(seconds=LEASE_S + 1)
    await keep(clinic)
    assert set(office.told_of().values()) == {1}


# -- the windows --------------------------------------------------------------------------------------


async def test_a_window_is_kept_free_for_the_urgent_and_the_gravest_is_served_next() -> None:
    windows, served = Windows(2, 1), list[str]()
    gate = asyncio.Event()

    async def come(name: str, priority: int, nth: int = 0) -> None:
        async with windows.at_one((priority, nth)):
            served.append(name)
            await gate.wait()

    tasks = []
    for who in (("soon", 5), ("routine", 9), ("soon too", 5), ("now", 0), ("a copy", 0, 1), ("now too", 0)):
        tasks.append(asyncio.create_task(come(*who)))
        await asyncio.sleep(0)
    assert served == ["soon", "now"]
    gate.set()
    await asyncio.gather(*tasks)
    assert served == ["soon", "now", "now too", "a copy", "soon too", "routine"]


async def test_who_leaves_the_queue_holds_nobody_up() -> None:
    windows, served = Windows(1, 0), list[int]()

    async def come(n: int) -> None:
        async with windows.at_one((5, 0)):
            await asyncio.sleep(0)
            served.append(n)

    tasks = [asyncio.create_task(come(n)) for n in range(4)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert served == [0, 2, 3]
