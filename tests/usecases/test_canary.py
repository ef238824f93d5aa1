"""The canary: one made-up sentence a day, through the whole alarm, and none of it in anybody's way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import time, timedelta

import pytest
from clinic import MONDAY_TEN, Clinic, text_of
from desk_scene import CRISIS

from bot.cli.doctor import canary_standing
from bot.core.canary import OUTCOME, canary_of, due_day, keeper_of
from bot.core.errors import Misuse, Unavailable
from bot.core.inputs import Resolve
from bot.core.service import Service
from bot.core.state import Conversation
from bot.ports import AlertSeen, Looker
from bot.usecases import canary, turn
from bot.usecases.change import change
from bot.usecases.promises import keep_due

ADDRESS = "canary@machine.example"


@contextmanager
def mailbox(clinic: Clinic) -> Iterator[str]:
    """An operator's mailbox for the canary's letters, empty at first."""
    before = clinic.house.outside
    address = f"{clinic.service.slug}.{ADDRESS}"
    clinic.house.outside = replace(before, canary_address=address)
    try:
        yield address
    finally:
        clinic.house.outside = before


@pytest.fixture
def cries() -> list[BaseException]:
    """What the worker's round cries out about."""
    return []


@pytest.fixture
def cage(clinic: Clinic, cries: list[BaseException]) -> canary.Canaries:
    return canary.Canaries(clinic.house, lambda _, error: cries.append(error))


async def go_round(clinic: Clinic, cage: canary.Canaries) -> None:
    await cage.round(clinic.only)
    await clinic.settle()


async def of_canary(clinic: Clinic) -> Conversation:
    stored = await clinic.house.record.lines.load(clinic.service.id, canary_of(clinic.service.id))
    assert stored is not None
    return Conversation.from_json(stored.state)


async def test_it_is_said_heard_by_its_own_mailbox_and_put_away(
    clinic: Clinic, cage: canary.Canaries
) -> None:
    with mailbox(clinic) as address:
        await go_round(clinic, cage)
        (letter,) = clinic.post_box.to(address)
    assert "CANARY" in str(letter["Subject"])
    assert "nobody is in danger" in text_of(letter)
    last = await clinic.house.record.canaries.last(clinic.service.id)
    assert last is not None
    assert (last.reached, last.ended_at is not None) == ("mail", True)
    assert (await of_canary(clinic)).alerts == {}
    for member in (clinic.therapist, clinic.duty):
        assert clinic.letters(member) == []


async def test_without_a_mailbox_nobody_is_bothered_and_the_outbox_is_the_end_of_the_road(
    clinic: Clinic, cage: canary.Canaries
) -> None:
    await go_round(clinic, cage)
    last = await clinic.house.record.canaries.last(clinic.service.id)
    assert last is not None
    assert (last.reached, last.ended_at is not None) == ("outbox", True)
    clinic.clock.advance(hours=3)
    await clinic.work()
    for member in (clinic.therapist, clinic.duty):
        assert clinic.letters(member) == []


async def test_it_is_said_once_a_day_whoever_looks(
    clinic: Clinic, cage: canary.Canaries, cries: list[BaseException]
) -> None:
    with mailbox(clinic) as address:
        other = canary.Canaries(clinic.house, lambda *_: None)
        for each in (cage, other, cage):
            await go_round(clinic, each)
        assert len(clinic.post_box.to(address)) == 1
        clinic.clock.advance(days=1)
        await go_round(clinic, cage)
        assert len(clinic.post_box.to(address)) == 2
    assert cries == []


async def test_nobody_at_the_desk_sees_it_and_no_list_counts_it(
    clinic: Clinic, cage: canary.Canaries
) -> None:
    clinic.post_box.refusing = True
    with mailbox(clinic):
        await go_round(clinic, cage)  # its letter is not accepted, so its alert stays open
        assert (await of_canary(clinic)).alerts["risk"].status == "open"
        looker = Looker(clinic.therapist.id, clinic.clock.now())
        service, line, record = clinic.service.id, canary_of(clinic.service.id), clinic.house.record
        assert await record.reading.caseload(service, looker) == []
        assert await record.reading.patient(service, line, looker) is None
        assert await clinic.alerts(open_only=False) == []
        alert = (await of_canary(clinic)).alerts["risk"].id
        assert await record.ledger.one(service, alert, looker) is None
        walks = await record.paths.walked(service, since=None, still=clinic.clock.now())
        assert walks.modules == ()
        quality = await record.marks.quality(service, clinic.clock.now() - timedelta(days=1))
        assert quality.rules == ()
        assert clinic.house.tally.hits == {}


async def test_a_letter_that_comes_late_is_heard_late(
    clinic: Clinic, cage: canary.Canaries, cries: list[BaseException]
) -> None:
    clinic.post_box.refusing = True
    with mailbox(clinic) as address:
        await go_round(clinic, cage)
        clinic.clock.advance(minutes=90)
        await go_round(clinic, cage)
        assert [type(cry) for cry in cries] == [canary.CanarySilent]
        await go_round(clinic, cage)
        assert len(cries) == 1, "once an hour, not once a minute"
        clinic.post_box.refusing = False
        await keep_due(clinic.house, clinic.only)
        await clinic.settle()
        assert clinic.post_box.to(address)
    last = await clinic.house.record.canaries.last(clinic.service.id)
    assert last is not None and last.heard_at is not None
    assert canary.heard_after_s(last, clinic.clock.now()) == 90 * 60
    assert canary.silence(last, clinic.service, clinic.clock.now()) is None


async def test_yesterdays_silence_and_a_day_without_one_are_told(
    clinic: Clinic, cage: canary.Canaries
) -> None:
    now = clinic.clock.now()
    assert "no canary has been said yet" in str(canary.silence(None, clinic.service, now))
    await go_round(clinic, cage)
    last = await clinic.house.record.canaries.last(clinic.service.id)
    assert canary.silence(last, clinic.service, now) is None
    assert canary.silence(last, clinic.service, now + timedelta(hours=20)) is None
    tomorrow = now + timedelta(days=1)
    assert "the last canary was said on 02 March" in str(canary.silence(last, clinic.service, tomorrow))
    assert last is not None
    unheard = replace(last, heard_at=None)
    assert "not heard" in str(canary.silence(unheard, clinic.service, now + timedelta(hours=2)))


async def test_the_doctor_says_how_it_stands(clinic: Clinic, cage: canary.Canaries) -> None:
    async def told(**settings: object) -> str:
        return await canary_standing(clinic.house, [clinic.service.model_copy(update=settings)])

    assert await told() == f"{clinic.service.slug}: no canary has been said yet"
    assert await told(canary_at=None) == "ok, no service has one"
    await go_round(clinic, cage)
    assert await told() == "ok, the last canary was heard (by outbox) 0 s after it was said"
    clinic.clock.advance(days=1)
    assert await told() == f"{clinic.service.slug}: the last canary was said on 02 March"


async def test_a_process_that_dies_behind_the_letter_is_made_good(
    clinic: Clinic, cage: canary.Canaries, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: object) -> None:
        raise SystemError

    with mailbox(clinic):
        with monkeypatch.context() as m:
            m.setattr(canary, "heard", dies)
            await go_round(clinic, cage)
        assert (await of_canary(clinic)).alerts
        clinic.clock.advance(minutes=1)
        await go_round(clinic, cage)
    assert (await of_canary(clinic)).alerts == {}


async def test_what_the_record_could_not_take_is_said_at_the_next_round(
    clinic: Clinic, cage: canary.Canaries, cries: list[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(*_: object) -> None:
        raise Unavailable("record")

    with monkeypatch.context() as m:
        m.setattr(turn, "hear", down)
        await go_round(clinic, cage)
    assert [type(cry) for cry in cries] == [Unavailable]
    clinic.clock.advance(minutes=1)
    await go_round(clinic, cage)
    last = await clinic.house.record.canaries.last(clinic.service.id)
    assert last is not None and last.ended_at is not None
    assert canary.heard_after_s(last, clinic.clock.now()) == 60


async def test_its_keeper_can_close_nothing_of_a_patient(clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    await patient.says(CRISIS)
    (alert,) = await patient.alerts()

    async def closes(_: Conversation) -> Resolve:
        return Resolve(alert.id, keeper_of(clinic.service.id), OUTCOME)

    with pytest.raises(Misuse):
        await change(clinic.house, clinic.service.id, patient.id, closes)
    kept: list[AlertSeen] = await patient.alerts()
    assert kept[0].state == "open"


def test_a_day_begins_at_the_services_own_hour() -> None:
    service = Service.model_validate(
        {"id": "00000000-0000-7000-8000-000000000001", "slug": "s", "name": "S", "nation": "wales"}
    )
    assert service.canary_at == time(6)
    assert due_day(service, MONDAY_TEN) == MONDAY_TEN.date()
    assert due_day(service, MONDAY_TEN.replace(hour=5)) == MONDAY_TEN.date() - timedelta(days=1)
    off = service.model_copy(update={"canary_at": None})
    assert due_day(off, MONDAY_TEN) is None
    assert canary.silence(None, off, MONDAY_TEN) is None
