"""Many promises at once, several workers, a mail server that is slow or dead, a process that stops."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from clinic import Clinic, Patient
from contracts.written import WrittenLine, raised
from post_office import PostOffice

from bot.adapters import mail
from bot.adapters.postgres.engine import Database
from bot.core.library import Level
from bot.usecases import peers, promises, turn
from bot.usecases.hands import LEASE_S, AllHands, Hands, claimed
from bot.usecases.house import Afterwards, House
from bot.usecases.posts import posts_opened
from bot.usecases.promises import keep_due, take_due
from bot.usecases.turn import Inbound
from bot.usecases.windows import AT_ONCE
from bot.usecases.working import work

CRISIS = "i want to die"
HANDS = AllHands().mail.free
FEW = 9  # too few for one letter about all of them


async def storm(
    clinic: Clinic, database: Database, alerts: int, levels: Sequence[Level] = ("soon", "now")
) -> None:
    """Committed at once, every other one urgent, and nobody has been told yet."""
    line = await WrittenLine.patient(database, clinic.service.id)
    each = zip(range(alerts), itertools.cycle(levels), strict=False)
    await line.write(*(raised(f"concern-{n}", level) for n, level in each))


def another_process(house: House) -> House:
    """On the same record and mail server, with hands of its own."""
    return replace(house, hands=AllHands(), afterwards=Afterwards(lambda what, error: None))


def urgent(office: PostOffice) -> list[bool]:
    return ["somebody now" in m["Subject"] for m in office.all]


async def says(clinic: Clinic, patient: Patient, text: str) -> None:
    """Committed, and what follows goes on by itself."""
    await turn.hear(clinic.house, Inbound(clinic.service.id, patient.id, uuid4(), text=text))


async def test_in_a_storm_the_urgent_are_told_before_the_rest(
    clinic: Clinic, office: PostOffice, database: Database
) -> None:
    await storm(clinic, database, 500)
    await keep_due(clinic.house, clinic.only)
    await clinic.settle()
    await keep_due(clinic.house, clinic.only)
    told = urgent(office)
    assert told.count(True) == 250
    assert all(told[: 250 - AT_ONCE])  # as many as there are windows may overtake one another
    assert set(office.told_of().values()) == {1}
    assert len(office.told_of()) == 500


async def test_what_comes_urgent_in_the_middle_of_a_storm_is_next(
    clinic: Clinic, office: PostOffice, database: Database
) -> None:
    await storm(clinic, database, FEW, ["soon"])
    office.gate.clear()
    keeping = asyncio.create_task(keep_due(clinic.house, clinic.only))
    await office.until_waiting(HANDS)
    await storm(clinic, database, 1, ["now"])
    await take_due(clinic.house, clinic.house.hands.urgent, clinic.only)
    await office.until_waiting(HANDS + 1)  # it did not wait for any of the others
    office.gate.set()
    await keeping
    assert urgent(office).count(True) == 1


async def test_the_mail_server_is_asked_no_more_at_once_than_there_are_windows(
    clinic: Clinic, office: PostOffice, database: Database
) -> None:
    await storm(clinic, database, 40)
    office.gate.clear()
    keeping = asyncio.create_task(keep_due(clinic.house, clinic.only))
    await office.until_waiting(AT_ONCE)
    office.gate.set()
    await keeping
    await clinic.settle()
    assert (office.most_waiting, len(office.told_of())) == (AT_ONCE, 40)


async def test_one_slow_letter_does_not_hold_up_the_next_claim(
    clinic: Clinic, office: PostOffice, database: Database
) -> None:
    await storm(clinic, database, HANDS + 10)
    office.gate.clear()
    await take_due(clinic.house, clinic.house.hands.mail, clinic.only)
    await office.until_waiting(HANDS)
    more = asyncio.create_task(take_due(clinic.house, clinic.house.hands.mail, clinic.only))
    office.let_through(1)
    taken = await more
    still_waiting = office.waiting
    office.gate.set()
    await keep_due(clinic.house, clinic.only)
    assert taken >= 1
    assert still_waiting >= HANDS - 1


async def test_two_workers_at_once_write_no_letter_twice(
    clinic: Clinic, office: PostOffice, database: Database
) -> None:
    await storm(clinic, database, 100)
    other = another_process(clinic.house)
    await asyncio.gather(keep_due(clinic.house, clinic.only), keep_due(other, clinic.only))
    await clinic.settle()
    await keep_due(clinic.house, clinic.only)
    assert len(office.all) == len({m["Message-ID"] for m in office.all})
    assert list(office.told_of().values()) == [1] * 100


async def test_a_slow_letter_is_not_written_by_a_second_worker_as_well(
    clinic: Clinic, office: PostOffice, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes longer than the lease, which is renewed meanwhile."""
    monkeypatch.setattr(promises, "RENEW_S", 0.01)
    await storm(clinic, database, 1)
    other = another_process(clinic.house)
    office.gate.clear()
    keeping = asyncio.create_task(keep_due(clinic.house, clinic.only))
    await office.until_waiting(1)
    clinic.clock.advance(seconds=LEASE_S - 1)
    await until_renewed(clinic, database)
    clinic.clock.advance(seconds=2)
    assert await keep_due(other, clinic.only) == 0
    office.gate.set()
    await keeping
    assert len(office.all) == 1


async def until_renewed(clinic: Clinic, database: Database) -> None:
    sql = "SELECT 1 FROM outbox WHERE service_id = $1 AND lease_until >= $2"
    fresh = clinic.clock.now() + timedelta(seconds=LEASE_S)
    async with asyncio.timeout(5):
        while not await database.fetch_raw(sql, [clinic.service.id, fresh]):
            await asyncio.sleep(0)


# -- a dead mail server is nobody else's trouble ------------------------------------------------------


@pytest.fixture
async def members(clinic: Clinic) -> tuple[Patient, Patient]:
    people = []
    for name in ("Kestrel", "Heron"):
        patient = await clinic.join("copd")
        await patient.chooses("Talk to others like me")
        await patient.chooses("Living with COPD")
        await patient.presses("join")
        await patient.says(name)
        people.append(patient)
    return people[0], people[1]


async def test_a_post_reaches_its_room_while_the_mail_server_is_a_black_hole(
    clinic: Clinic, office: PostOffice, members: tuple[Patient, Patient], database: Database
) -> None:
    one, _ = members
    await office.fall_silent()
    await storm(clinic, database, 3 * HANDS)
    sending = asyncio.create_task(keep_due(clinic.house, clinic.only))
    await office.until_waiting(HANDS)
    room = clinic.service.rooms["copd"]
    await peers.post(
        clinic.house, Inbound(clinic.service.id, one.id, uuid4(), text="Hello from the first day"), room
    )
    await take_due(clinic.house, clinic.house.hands.rooms, clinic.only)
    await clinic.house.hands.rooms.until_idle()
    placed = await posts_opened(clinic.house, clinic.service.id, room, 0)
    in_flight = clinic.house.hands.mail.free == 0
    await office.open()
    await sending
    assert (len(placed), in_flight) == (1, True)


async def test_a_silent_mail_server_is_given_up_well_before_the_lease_ends(
    clinic: Clinic, office: PostOffice, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "STEP_S", 0.05)
    await office.fall_silent()
    await storm(clinic, database, 1)
    async with asyncio.timeout(LEASE_S):
        assert await keep_due(clinic.house, clinic.only) == 1
    clinic.clock.advance(seconds=6)
    await office.open()
    await keep_due(clinic.house, clinic.only)
    assert len(office.all) == 1


# -- a process that stops -----------------------------------------------------------------------------


async def test_a_stopping_process_finishes_its_letters_and_claims_no_more(
    clinic: Clinic, office: PostOffice, database: Database
) -> None:
    await storm(clinic, database, FEW, ["soon"])
    office.gate.clear()
    errors: list[str] = []
    working = asyncio.create_task(work(clinic.house, lambda what, error: errors.append(what), clinic.only))
    await office.until_waiting(HANDS)
    clinic.house.hands.close()
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    office.gate.set()
    await clinic.settle()
    assert (len(office.all), errors) == (HANDS, [])


async def test_idle_hands_of_a_stopping_process_take_nothing_up(
    clinic: Clinic, office: PostOffice, database: Database
) -> None:
    await storm(clinic, database, 1)
    stopping = another_process(clinic.house)
    stopping.hands.close()
    assert await take_due(stopping, stopping.hands.mail, clinic.only) == 0


async def test_a_promise_made_while_the_process_stops_is_left_to_another(
    clinic: Clinic, office: PostOffice
) -> None:
    patient = await clinic.join()
    clinic.house.hands.close()
    await says(clinic, patient, CRISIS)
    await clinic.settle()
    assert office.all == []
    await keep_due(another_process(clinic.house), clinic.only)
    assert len(office.all) == 1


async def test_what_is_cut_off_when_the_time_to_stop_is_over_is_free_at_once(
    clinic: Clinic, office: PostOffice, database: Database
) -> None:
    await storm(clinic, database, 1)
    office.gate.clear()
    stopping = another_process(clinic.house)
    await take_due(stopping, stopping.hands.mail, clinic.only)
    await office.until_waiting(1)
    await stopping.afterwards.settle(0.01)
    office.gate.set()
    assert await keep_due(clinic.house, clinic.only) == 1


@pytest.fixture
async def stopped() -> AsyncIterator[list[str]]:
    """What a claim that was under way when its worker was stopped gave back."""
    answer: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()
    given_back: list[str] = []

    async def asking() -> list[str]:
        return await answer

    async def give_back(row: str) -> None:
        given_back.append(row)

    claiming = asyncio.create_task(claimed(asking(), give_back))
    await asyncio.sleep(0)
    claiming.cancel()
    await asyncio.sleep(0)
    answer.set_result(["one", "two"])
    with suppress(asyncio.CancelledError):
        await claiming
    yield given_back


def test_a_claim_that_answers_after_the_stop_is_given_back(stopped: list[str]) -> None:
    assert stopped == ["one", "two"]


def test_services_take_turns() -> None:
    hands = Hands("letters", ("alert",), 1)
    services = [uuid4() for _ in range(3)]
    assert {hands.in_turn(services)[0] for _ in range(3)} == set(services)  # type: ignore[arg-type]
