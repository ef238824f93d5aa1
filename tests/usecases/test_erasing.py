"""Erasing: words, key and ways in go together; numbers and who looked stay, and what stands against it is said."""

from __future__ import annotations

from typing import get_args

import pytest
from clinic import MONDAY_TEN, Clinic, Patient
from dateutil.relativedelta import relativedelta
from desk_scene import joins_group, posts
from sqlalchemy import func, select
from test_waiting import answers, comes

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.erasing import EMPTIED, ENDED, ERASED, OTHERS, PSEUDONYMOUS
from bot.core import leaving
from bot.core.errors import Refused
from bot.core.facts import PatientErased
from bot.core.inputs import EndCare, LiftLegalHold, Moderate, NoteByHost, Resolve, SetLegalHold
from bot.core.state import Profile, Status, timer_id
from bot.core.values import LineId
from bot.ports import Looker
from bot.usecases import care, erasing, retention, ways_in
from bot.usecases.change import hand_in
from bot.usecases.moderation import notes_of
from bot.usecases.posts import posts_since
from bot.usecases.room_turns import tell_room

NOT_OF_PATIENTS = {
    *("service", "release", "release_pointer", "content_file", "staff", "staff_invite", "leave", "shift"),
    *("rota_feed", "canary_day", "draft", "signature", "channel", "push_key", "digest", "digest_day"),
    "digest_off",
}


def test_of_every_table_it_is_said_what_becomes_of_its_rows() -> None:
    """A new one? If it holds rows of patients, it belongs into one of the four lists."""
    said = [*ERASED, *EMPTIED, *PSEUDONYMOUS, *OTHERS, *NOT_OF_PATIENTS]
    assert sorted(said) == sorted(s.metadata.tables)


async def rows(database: Database, clinic: Clinic, patient: Patient, table: str) -> int:
    held = s.metadata.tables[table].c
    whose = held[ERASED.get(table, "subject_id" if table == "session" else "line_id")]
    read = select(func.count()).where(held.service_id == clinic.service.id, whose == patient.id)
    if table == "session":
        read = read.where(held.ended_at.is_(None))
    async with database.reading() as c:
        return int((await c.execute(read)).scalar_one())


async def more(patient: Patient) -> None:
    await patient.chooses("More for me")
    await patient.chooses("My record")


async def test_erased_at_once_from_the_chat(clinic: Clinic, database: Database) -> None:
    patient = await clinic.join(contact="erased@post.example", pin="4711")
    await patient.chooses("Check how I am")
    await patient.fills_in(*[1] * 8, 0)
    await patient.chooses("Send my answers")
    await patient.fills_in(*[0] * 7)
    await patient.chooses("Send my answers")
    await more(patient)
    await patient.chooses("Erase what may be erased")
    said = " ".join(shown.text for shown in patient.bot_said())
    assert "for good" not in said and "20 years" in said
    await patient.chooses("Yes, now")
    await patient.chooses("Erase it now, for good")
    assert "Do not erase anything" not in [choice.label for choice in patient.last.shown.choices]
    assert (await patient.state()).erasing is not None
    await clinic.work()

    state = await patient.state()
    assert (state.status, state.profile.first_name, state.profile.conditions) == ("erased", None, ())
    assert isinstance((await patient.facts())[-1], PatientErased)
    for table in (*ERASED, "session"):
        assert await rows(database, clinic, patient, table) == 0
    assert await rows(database, clinic, patient, "score") == 2
    stored = await clinic.house.record.lines.load(clinic.service.id, patient.id)
    assert stored is not None and stored.wrapped_key is None
    index = clinic.house.vault.contact_index("erased@post.example")
    assert await clinic.house.record.contacts.find(index) == []
    with pytest.raises(Refused, match="signed_out"):
        await ways_in.who_is(clinic.house, patient.token, "patient")
    with pytest.raises(Refused, match="not_found"):
        await patient.says("hello")
    assert not await erasing.erase(clinic.house, clinic.service.id, patient.id, "operator:cli")
    looks = await clinic.house.record.audit.own(clinic.service.id, patient.id, most=5)
    assert [look.what for look in looks] == ["record.erase"]


async def test_they_may_think_about_it_and_take_it_back(clinic: Clinic) -> None:
    patient = await clinic.join()
    await more(patient)
    await patient.chooses("Erase what may be erased")
    await patient.chooses("Yes, but let me think about it")
    assert "9 March" in patient.last.shown.text
    await patient.chooses("Do not erase anything")
    clinic.clock.advance(days=8)
    await clinic.work()
    state = await patient.state()
    assert (state.status, state.erasing) == ("joined", None)
    await more(patient)
    await patient.chooses("Erase what may be erased")
    await patient.chooses("Yes, but let me think about it")
    clinic.clock.advance(days=8)
    await clinic.work()
    assert (await patient.state()).status == "erased"


async def test_an_open_alert_is_never_closed_by_erasing(clinic: Clinic) -> None:
    patient = await clinic.join()
    await more(patient)
    await patient.chooses("Erase what may be erased")
    await patient.chooses("Yes, but let me think about it")
    await patient.says("i want to kill myself")
    clinic.clock.advance(days=8)
    await clinic.work()
    assert (await patient.state()).status == "joined"
    with pytest.raises(Refused, match="open_alerts"):
        await erasing.erase(clinic.house, clinic.service.id, patient.id, "operator:cli")
    for alert in await patient.alerts():
        if alert.state != "resolved":
            done = Resolve(alert.id, clinic.therapist.id, "contacted")
            await hand_in(clinic.house, clinic.service.id, patient.id, done)
    clinic.clock.advance(days=1, hours=1)
    await clinic.work()
    assert (await patient.state()).status == "erased"
    assert {alert.state for alert in await patient.alerts()} == {"resolved"}


@pytest.mark.parametrize("before", [False, True])
async def test_after_a_death_nothing_is_erased_by_itself(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    """``before``: the death was recorded when the waking was not yet taken away with it."""
    if before:
        monkeypatch.setattr(leaving, "OF_THE_PATIENT", ())
    patient = await clinic.join()
    await patient.says("my brother does not call")
    await more(patient)
    await patient.chooses("Erase what may be erased")
    await patient.chooses("Yes, but let me think about it")
    clinic.clock.advance(days=3)
    died = EndCare("died", clinic.therapist.id)
    await care.end_care(clinic.house, clinic.service.id, patient.id, died)
    clinic.clock.advance(days=5)
    await clinic.work()
    state = await patient.state()
    assert (state.status, timer_id("erase", "") in state.timers) == ("died", False)
    stored = await clinic.house.record.lines.load(clinic.service.id, patient.id)
    assert stored is not None and stored.wrapped_key is not None


async def test_a_hold_by_law_stops_it(clinic: Clinic) -> None:
    patient = await clinic.join()
    house, service = clinic.house, clinic.service.id
    held = SetLegalHold(clinic.therapist.id, "complaint")
    await erasing.set_hold(house, service, patient.id, held)
    with pytest.raises(Refused, match="legal_hold"):
        await erasing.erase(house, service, patient.id, "operator:cli")
    await more(patient)
    await patient.chooses("Erase what may be erased")
    assert "by law" in " ".join(shown.text for shown in patient.bot_said())
    assert (await patient.state()).erasing is None


async def test_what_they_posted_is_gone_from_the_room_too(clinic: Clinic) -> None:
    patient, other = await clinic.join(), await clinic.join(name="Ida")
    room = await joins_group(clinic, patient, "Birch of old")
    await joins_group(clinic, other, "Aspen of old")
    await posts(clinic, patient, room, "the allotment behind the mill")
    await tell_room(clinic.house, clinic.service.id, room, Moderate(1, clinic.host.id, "release"))
    await erasing.erase(clinic.house, clinic.service.id, patient.id, "operator:cli")
    seen = await posts_since(clinic.house, clinic.service.id, room, 0, other.id)
    assert [(post.shown.text, post.name, post.status) for post in seen] == [("", None, "hidden")]


async def test_what_hosts_wrote_about_them_is_gone_and_what_they_wrote_about_others_stays(
    clinic: Clinic, database: Database
) -> None:
    patient, other = await clinic.join("copd", name="Sam"), await clinic.join("copd", name="Jo")
    room = await joins_group(clinic, patient, "Wren")
    await joins_group(clinic, other, "Robin")
    house, service, host = clinic.house, clinic.service.id, clinic.host.id
    for text, about in (("of Wren", patient.id), ("of Robin", other.id), ("of all", None)):
        await tell_room(house, service, room, NoteByHost(host, text, about))
    before = await words_of(database, clinic, room)
    await erasing.erase(house, service, patient.id, "operator:cli")
    notes = await notes_of(house, service, room, Looker(host, clinic.clock.now()))
    assert {note.text for note in notes} == {"of Robin", "of all"}
    assert await words_of(database, clinic, room) == before - 1


async def words_of(database: Database, clinic: Clinic, owner: LineId) -> int:
    held = s.word.c
    read = select(func.count()).where(held.service_id == clinic.service.id, held.owner_id == owner)
    async with database.reading() as c:
        return int((await c.execute(read)).scalar_one())


async def test_the_rules_delete_what_is_over_and_keep_what_is_held(
    clinic: Clinic, database: Database
) -> None:
    gone, held, here = await clinic.join(), await clinic.join(), await clinic.join()
    house, service = clinic.house, clinic.service.id
    await erasing.erase(house, service, gone.id, "operator:cli")
    await erasing.set_hold(house, service, held.id, SetLegalHold(clinic.therapist.id, "inquest"))
    await hand_in(house, service, held.id, EndCare("discharged", clinic.therapist.id))
    assert await retention.due(house, service) == []
    clinic.clock.advance(days=366 * 20)
    found = await retention.due(house, service)
    assert {(each.line, each.what, each.held) for each in found} == {
        (gone.id, "record", None),
        (held.id, "record", "legal_hold"),
    }
    assert await retention.carry_out(house, service, found) == 1
    assert await house.record.lines.load(service, gone.id) is None
    assert await rows(database, clinic, gone, "journal") == 0
    assert await house.record.lines.load(service, held.id) is not None
    assert await house.record.lines.load(service, here.id) is not None


async def test_what_hosts_decided_and_noted_goes_after_its_years_but_not_under_a_hold_by_law(
    clinic: Clinic, database: Database
) -> None:
    house, service, host = clinic.house, clinic.service.id, clinic.host.id
    patient, held = await clinic.join("copd", name="Sam"), await clinic.join("copd", name="Jo")
    room = await joins_group(clinic, patient, "Wren")
    await joins_group(clinic, held, "Robin")
    await posts(clinic, patient, room, "Hello from me.")
    await posts(clinic, held, room, "Hello from me too.")
    for seq in (1, 2):
        await tell_room(house, service, room, Moderate(seq, host, "release"))
    await tell_room(house, service, room, NoteByHost(host, "of Wren", patient.id))
    await erasing.set_hold(house, service, held.id, SetLegalHold(clinic.therapist.id, "inquest"))
    years = house.shelf.library.policy.retention.moderation_years  # type: ignore[union-attr]
    assert years is not None
    clinic.clock.set(clinic.clock.now() + relativedelta(years=years, days=-1))
    assert await retention.due(house, service) == []
    await posts(clinic, patient, room, "A newer one.")
    await tell_room(house, service, room, Moderate(3, host, "hide", "unkind"))
    clinic.clock.advance(days=2)
    found = await retention.due(house, service)
    assert {(each.line, each.what, each.about, each.held) for each in found} == {
        (room, "moderation", patient.id, None),
        (room, "moderation", held.id, "legal_hold"),
    }
    assert await retention.carry_out(house, service, found) == 1
    cases = await house.record.peers.cases(service, room, Looker(host, clinic.clock.now()))
    assert sorted(case.seq for case in cases if case.seq is not None) == [2, 3]
    assert await notes_of(house, service, room, Looker(host, clinic.clock.now())) == ()
    assert [each.held for each in await retention.due(house, service)] == ["legal_hold"]
    await lifted(clinic, held)


async def lifted(clinic: Clinic, patient: Patient) -> None:
    """What was held goes in the next round."""
    house, service = clinic.house, clinic.service.id
    await erasing.lift_hold(house, service, patient.id, LiftLegalHold(clinic.therapist.id))
    assert await retention.carry_out(house, service, await retention.due(house, service)) == 1


def test_of_every_status_it_is_said_whether_its_years_are_counted() -> None:
    """Not of an invitation that nobody used, and not of somebody who waits: no care has ended there."""
    assert sorted([*ENDED, "invited", "joined", "waiting"]) == sorted(get_args(Status))


async def test_whoever_left_or_was_not_accepted_is_over_after_the_same_years(clinic: Clinic) -> None:
    """Counted from the last that happened: leaving, the answer, or what they wrote after it."""
    house, service = clinic.house, clinic.service.id
    left, refused, waits, invited = (
        await clinic.join(),
        await comes(clinic),
        await comes(clinic),
        await ways_in.invite(house, clinic.service, Profile(nation="england")),
    )
    await left.presses("menu:more")
    for key in ("menu:choices", "stop:care", "withdraw:yes"):
        await left.presses(key)
    await answers(refused, reason="other_help")
    assert ((await left.state()).status, (await refused.state()).status) == ("withdrawn", "not_accepted")
    clinic.clock.advance(days=30)
    await left.says("thank you all the same")
    for alert in await left.alerts():
        done = Resolve(alert.id, clinic.therapist.id, "contacted")
        await hand_in(house, service, left.id, done)
    over = [each.line for each in await retention.due(house, service)]
    assert over == []
    clinic.clock.set(MONDAY_TEN + relativedelta(years=20, days=1))
    assert [each.line for each in await retention.due(house, service)] == [refused.id]
    clinic.clock.advance(days=30)
    found = await retention.due(house, service)
    assert [(each.line, each.what, each.held) for each in found] == [
        (refused.id, "record", None),
        (left.id, "record", None),
    ]
    assert await retention.carry_out(house, service, found) == 2
    for gone in (left, refused):
        assert await house.record.lines.load(service, gone.id) is None
    for kept in (waits.id, invited.patient):
        assert await house.record.lines.load(service, kept) is not None
