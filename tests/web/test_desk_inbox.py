"""The inbox: who wrote to the team and has no answer, decided by what happened in the chat."""

from __future__ import annotations

import asyncio

from clinic import Clinic, Patient
from desk_client import Site, at_desk, looks
from desk_scene import colleague

from bot.adapters.postgres.engine import Database
from bot.core.inputs import EndCare, HandBack, TakeOver, TeamSaid
from bot.ports import Looker, Waiting
from bot.usecases import alerts as acts
from bot.usecases.change import hand_in

SECRET = "my neighbour's greenhouse"


async def waits(clinic: Clinic) -> list[Waiting]:
    by = Looker(clinic.duty.id, clinic.clock.now())
    return list(await clinic.house.record.inbox.waiting(clinic.service.id, by, noted=False))


async def taken_over(patient: Patient) -> None:
    await act(patient, TakeOver(patient.clinic.therapist.id))


async def answered(patient: Patient, text: str = "I am here.") -> None:
    await act(patient, TeamSaid(patient.clinic.therapist.id, text))


async def handed_back(patient: Patient) -> None:
    await act(patient, HandBack(patient.clinic.therapist.id))


async def act(patient: Patient, heard: TakeOver | TeamSaid | HandBack) -> None:
    clinic = patient.clinic
    await acts.act(clinic.house, clinic.service.id, patient.id, heard)
    await patient.catches_up()


async def test_talk_with_the_bot_waits_for_nobody(clinic: Clinic) -> None:
    patient = await clinic.join()
    await patient.says("I slept badly")
    await patient.chooses("Look something up")
    assert await waits(clinic) == []


async def test_asking_for_a_person_waits_with_what_they_type_next(clinic: Clinic) -> None:
    patient = await clinic.join()
    await patient.chooses("Ask for a person")
    await patient.says("it is about my inhaler")
    await patient.says("and about the weather")
    [one] = await waits(clinic)
    assert (one.line, one.why, one.number) == (patient.id, ("asked",), 2)
    assert one.seq == next(m.seq for m in patient.seen if m.sender == "patient")
    assert one.alert == (await patient.alerts())[0].id and one.held_by is None


async def test_an_answer_ends_the_wait_and_so_does_the_resolved_alert(clinic: Clinic) -> None:
    first, second = await clinic.join(name="Sam"), await clinic.join(name="Alex")
    for patient in (first, second):
        await patient.chooses("Ask for a person")
    await answered(first)
    assert [w.line for w in await waits(clinic)] == [second.id]
    (alert,) = await second.alerts()
    await acts.acknowledge(clinic.house, clinic.service.id, alert.id, clinic.duty.id)
    [still] = await waits(clinic)
    assert still.taken_on == clinic.duty.id
    await acts.resolve(clinic.house, clinic.service.id, alert.id, clinic.duty.id, "contacted")
    assert await waits(clinic) == []


async def test_all_that_is_written_under_a_hold_waits_also_when_the_colleague_has_gone(
    clinic: Clinic,
) -> None:
    patient = await clinic.join()
    await patient.says("hello there")
    await taken_over(patient)
    assert await waits(clinic) == []
    await patient.says("can you see this")
    since = clinic.clock.now()
    clinic.clock.advance(minutes=3)
    await patient.says("please answer")
    [one] = await waits(clinic)
    assert (one.why, one.number, one.since) == (("chat",), 2, since)
    assert one.held_by == clinic.therapist.id and one.held_since is not None
    await handed_back(patient)
    await patient.says("back to the weather")
    [left] = await waits(clinic)
    assert (left.number, left.held_by) == (2, None)
    await taken_over(patient)
    await answered(patient)
    assert await waits(clinic) == []


async def test_the_first_answer_to_the_team_waits_and_not_what_they_say_to_the_bot_afterwards(
    clinic: Clinic,
) -> None:
    patient = await clinic.join()
    await answered(patient, "How did the clinic go?")
    await patient.says("it went well")
    await patient.says("what can you do")
    [one] = await waits(clinic)
    assert (one.why, one.number) == (("reply",), 1)


async def test_a_button_and_words_of_weeks_later_are_no_answer(clinic: Clinic) -> None:
    first, second = await clinic.join(name="Sam"), await clinic.join(name="Alex")
    for patient in (first, second):
        await answered(patient)
    await first.chooses("Look something up")
    await first.says("good morning")
    clinic.clock.advance(days=8)
    await second.says("good morning")
    assert await waits(clinic) == []


async def test_the_end_of_care_ends_the_hold_and_keeps_what_waits(clinic: Clinic) -> None:
    patient = await clinic.join()
    await taken_over(patient)
    await patient.says("one more thing")

    await hand_in(clinic.house, clinic.service.id, patient.id, EndCare("discharged", clinic.therapist.id))
    await patient.says("hello again")
    [one] = await waits(clinic)
    assert (one.number, one.held_by) == (1, None)
    await hand_in(clinic.house, clinic.service.id, patient.id, EndCare("died", clinic.therapist.id))
    assert await waits(clinic) == []


async def test_the_page_names_who_waits_and_none_of_their_words(site: Site, database: Database) -> None:
    clinic = site.clinic
    patient = await clinic.join("copd", name="Sam")
    await patient.chooses("Ask for a person")
    await patient.says(SECRET)
    await taken_over(patient)
    clinic.clock.advance(hours=3)
    async with at_desk(site, clinic.duty) as desk:
        page = await desk.opens("/desk/inbox")
        alerts = await desk.opens("/desk")
    assert page.status == 200
    assert "2 messages of 1 person" in page.words and "Sam" in page.words and "3 hours" in page.words
    assert "asked for a person" in page.words and "Therapist, since" in page.words
    assert SECRET not in page.html
    seq = next(m.seq for m in patient.seen if m.sender == "patient")
    assert f"/desk/patients/{patient.id}?around={seq}#m{seq}" in page.html
    assert await looks(database, clinic.service.id) == ["inbox.list", "alerts.list"]
    assert "Inbox 1 waiting" in page.words and "Inbox 1 waiting" in alerts.words


async def test_it_waits_by_the_hours_of_the_team(site: Site) -> None:
    """Written on Friday at 16:00, looked at on Monday at 10:00: two hours in which somebody was there."""
    clinic = site.clinic
    clinic.clock.advance(days=4, hours=6)
    patient = await clinic.join()
    await patient.chooses("Ask for a person")
    clinic.clock.advance(days=2, hours=18)
    async with at_desk(site, clinic.duty) as desk:
        assert "2 hours" in (await desk.opens("/desk/inbox")).words


async def test_an_open_page_hears_of_words_under_a_hold_at_once(site: Site) -> None:
    patient = await site.clinic.join()
    await taken_over(patient)
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens("/desk/inbox")
        assert 'data-live="/desk/inbox/events"' in page.html
        seen = page.html.partition('data-seen="')[2].partition('"')[0]
        stream = f"{desk.url}/desk/inbox/events?seen={seen}"
        async with asyncio.timeout(10), desk.http.get(stream) as answer:
            await answer.content.readuntil(b"\n\n")
            assert (await answer.content.readuntil(b"\n\n")).startswith(b": ")
            await patient.says("hello")
            assert await answer.content.readuntil(b"\n\n") == b"event: changed\ndata: 1\n\n"


async def test_a_host_has_no_inbox(site: Site) -> None:
    async with at_desk(site, await colleague(site.clinic, "host")) as desk:
        page = await desk.opens("/desk/inbox")
        assert page.status == 404 and "Inbox" not in page.words
