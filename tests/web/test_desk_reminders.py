"""The team reads on a patient's page what became of each reminder, as part of the page's one look."""

from __future__ import annotations

from desk_client import Site, at_desk, looks
from reminded import comes_due, joined, stops

from bot.adapters.postgres.engine import Database


async def test_each_reminder_has_its_row_and_the_page_one_look(site: Site, database: Database) -> None:
    clinic = site.clinic
    patient = await joined(clinic, "desk@people.example")
    await comes_due(clinic, patient)
    async with at_desk(site, clinic.therapist) as desk:
        page = await desk.opens(f"/desk/patients/{patient.id}")
    assert "0 of 1 reminder in the chat opened. Reminders outside the chat: on." in page.words
    assert "By e-mail: taken today at" in page.words
    assert (await looks(database, clinic.service.id)).count("patient.open") == 1


async def test_it_says_why_one_was_not_sent(site: Site) -> None:
    clinic = site.clinic
    patient = await joined(clinic, "why@people.example")
    clinic.post_box.refusing = True
    await comes_due(clinic, patient)
    await stops(clinic, patient)
    clinic.post_box.refusing = False
    clinic.clock.advance(minutes=1)
    await clinic.work()
    async with at_desk(site, clinic.therapist) as desk:
        page = await desk.opens(f"/desk/patients/{patient.id}")
    assert "By e-mail: not sent: they had stopped reminders" in page.words
    assert "Reminders outside the chat: stopped by the patient." in page.words


async def test_a_no_at_joining_is_not_told_as_stopping(site: Site) -> None:
    patient = await joined(site.clinic, "never@people.example", wants=False)
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(f"/desk/patients/{patient.id}")
    assert "Reminders outside the chat: never on, they said no." in page.words
    assert "stopped by the patient" not in page.words


async def test_the_next_one_comes_first_and_says_which_check_in_it_is_of(site: Site) -> None:
    clinic = site.clinic
    patient = await joined(clinic, "next@people.example")
    state = await patient.state()
    assert state.expected is not None
    due = state.expected.due_at
    async with at_desk(site, clinic.therapist) as desk:
        page = await desk.opens(f"/desk/patients/{patient.id}")
        table = page.words.partition("Outside the chat Opened")[2]
        assert state.reminders["check_in"].due_at > due
        assert f"Reminder of the check-in due {due.day} {due:%B}" in table
        assert table.index("Reminder of the check-in due") < table.index("Looking back")
    await comes_due(clinic, patient)
    async with at_desk(site, clinic.therapist) as desk:
        later = await desk.opens(f"/desk/patients/{patient.id}")
    table = later.words.partition("Outside the chat Opened")[2]
    assert table.index("Planned") < table.index("Given")
    assert "Reminder of a check-in Given" in table


class Gateway:
    """One that takes every number."""

    def bar(self, address: str) -> str | None:
        return None if address.startswith("+") else "not a number"

    async def nudge(self, *_: object) -> None: ...


async def test_the_team_keeps_a_number_and_takes_it_off(site: Site, database: Database) -> None:
    clinic = site.clinic
    clinic.house.nudgers = {"sms": Gateway()}
    patient = await joined(clinic, None)
    path = f"/desk/patients/{patient.id}"
    async with at_desk(site, clinic.therapist) as desk:
        token = (await desk.opens(path)).token
        assert "number_kept" in (await desk.sends(f"{path}/number", token, number="+44 7700 900123")).location
        [held] = await clinic.house.record.reaches.all(clinic.service.id, patient.id)
        assert b"7700" not in held.sealed
        assert "number_refused" in (await desk.sends(f"{path}/number", token, number="nobody")).location
        assert "number_gone" in (await desk.sends(f"{path}/number", token, number="")).location
    assert await clinic.house.record.reaches.all(clinic.service.id, patient.id) == []
    noted = await looks(database, clinic.service.id)
    assert [what for what in noted if "number" in what] == ["patient.number", "patient.number_off"]
