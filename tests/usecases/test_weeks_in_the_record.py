"""A patient's weeks on a real record, its clock turned: what is planned is a row, and each row ends with its reason."""

from __future__ import annotations

from clinic import Clinic

from bot.core.facts import ReminderDropped, ReminderGiven, ReminderMoved


async def _chooses_a_daily_look(clinic: Clinic):  # type: ignore[no-untyped-def]
    patient = await clinic.join()
    for label in ("More for me", "My reminders", "A short look each day", "Every day", "6pm"):
        await patient.chooses(label)
    return patient


async def test_a_daily_look_comes_each_day_and_stops_with_one_tap(clinic: Clinic) -> None:
    patient = await _chooses_a_daily_look(clinic)
    for hours in (9.5, 24, 24):
        clinic.clock.advance(hours=hours)
        await clinic.work()
    facts = await patient.facts()
    assert len([f for f in facts if isinstance(f, ReminderGiven) and f.what == "daily"]) == 3
    await patient.catches_up()
    for label in ("My reminders", "Stop reminders"):
        await patient.chooses(label)
    given = len([f for f in await patient.facts() if isinstance(f, ReminderGiven)])
    for _ in range(20):
        clinic.clock.advance(days=1)
        await clinic.work()
    facts = await patient.facts()
    assert len([f for f in facts if isinstance(f, ReminderGiven)]) == given
    assert {f.why for f in facts if isinstance(f, ReminderDropped)} == {"not_wanted"}
    assert {r.state for r in await clinic.house.record.reminders.of(clinic.service.id, patient.id)} <= {
        "given",
        "dropped",
    }


async def test_a_reminder_waits_while_a_form_lies_open(clinic: Clinic) -> None:
    patient = await _chooses_a_daily_look(clinic)
    await patient.chooses("Back to the menu")
    await patient.chooses("Check how I am")
    clinic.clock.advance(hours=9)
    await clinic.work()
    moved = [f for f in await patient.facts() if isinstance(f, ReminderMoved)]
    assert [(f.what, f.why) for f in moved] == [("daily", "something_open")]
