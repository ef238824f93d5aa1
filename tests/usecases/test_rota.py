"""Leave, cover, shifts and opening hours, as the letters about an alert follow them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from clinic import PASSWORD, Clinic, Patient, text_of
from desk_scene import colleague
from post_office import PostOffice

from bot.core.rota import Entry, Leave, Shift
from bot.core.state import OpenAlert
from bot.ports import StaffMember
from bot.usecases import alerts, rota, ways_in

CRISIS, GENTLE = "i want to die", "i dont see the point any more"
TUESDAY_NIGHT = datetime(2026, 3, 3, 22, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 3, 4, 9, tzinfo=UTC)


async def on_leave(clinic: Clinic, who: StaffMember, cover: StaffMember | None = None) -> None:
    now = clinic.clock.now()
    leave = Leave(clinic.house.ids.new(), who.id, now, now + timedelta(days=7), cover.id if cover else None)
    await clinic.house.record.rota.add_leave(clinic.service.id, leave)


async def on_call(clinic: Clinic, who: StaffMember) -> None:
    now = clinic.clock.now()
    shift = Shift(clinic.house.ids.new(), who.id, now, now + timedelta(hours=12))
    await clinic.house.record.rota.add_shift(clinic.service.id, shift)


async def the_alert(patient: Patient) -> OpenAlert:
    [alert] = (await patient.state()).alerts.values()
    return alert


async def until(clinic: Clinic, moment: datetime) -> None:
    """The worker makes a round every 5 minutes until then, and one at that moment."""
    while clinic.clock.now() < moment:
        clinic.clock.set(min(moment, clinic.clock.now() + timedelta(minutes=5)))
        await clinic.work()


async def test_who_covers_hears_instead_of_who_is_on_leave(clinic: Clinic, office: PostOffice) -> None:
    cover = await colleague(clinic, "clinician")
    await on_leave(clinic, clinic.therapist, cover)
    patient = await clinic.join()
    await patient.says(CRISIS)
    [letter] = clinic.letters(cover)
    assert "You stand in for Therapist, who is away." in text_of(letter)
    assert clinic.letters(clinic.therapist) == clinic.letters(clinic.duty) == []


async def test_without_a_cover_duty_hears(clinic: Clinic, office: PostOffice) -> None:
    await on_leave(clinic, clinic.therapist)
    patient = await clinic.join()
    await patient.says(CRISIS)
    assert len(clinic.letters(clinic.duty)) == 1


async def test_out_of_hours_who_is_on_call_hears_first(clinic: Clinic, office: PostOffice) -> None:
    nurse = await colleague(clinic, "clinician")
    patient = await clinic.join()
    clinic.clock.set(TUESDAY_NIGHT)
    await on_call(clinic, nurse)
    await patient.says(CRISIS)
    [letter] = clinic.letters(nurse)
    assert "because you are on call" in text_of(letter)
    assert clinic.letters(clinic.therapist) == []


async def test_what_can_wait_is_told_when_the_service_opens(clinic: Clinic, office: PostOffice) -> None:
    patient = await clinic.join()
    clinic.clock.set(TUESDAY_NIGHT)
    await patient.says(GENTLE)
    await until(clinic, TUESDAY_NIGHT + timedelta(minutes=9))
    assert clinic.letters(clinic.therapist) == []
    alert = await the_alert(patient)
    assert (alert.level, alert.due_at) == ("soon", WEDNESDAY_NINE + timedelta(days=1))


async def test_waiting_for_the_opening_counts_as_no_try(clinic: Clinic, office: PostOffice) -> None:
    patient = await clinic.join()
    clinic.clock.set(TUESDAY_NIGHT)
    await patient.chooses("Ask for a person")
    assert office.all == []
    office.unknown.add(clinic.therapist.email)
    clinic.clock.set(WEDNESDAY_NINE)
    await clinic.work()
    clinic.clock.advance(seconds=6)
    await clinic.work()
    assert clinic.letters(clinic.duty) == []
    clinic.clock.advance(seconds=6)
    await clinic.work()
    assert len(clinic.letters(clinic.duty)) == 1


async def test_what_nobody_acknowledged_overnight_is_told_again_at_the_opening(
    clinic: Clinic, office: PostOffice
) -> None:
    patient = await clinic.join()
    clinic.clock.set(TUESDAY_NIGHT)
    await patient.says(CRISIS)
    await until(clinic, WEDNESDAY_NINE - timedelta(minutes=1))
    assert len(clinic.letters(clinic.therapist)) == 1
    before = len(clinic.letters(clinic.duty))
    await until(clinic, WEDNESDAY_NINE)
    _, letter = clinic.letters(clinic.therapist)
    assert "nobody has acknowledged it yet" in text_of(letter)
    alert = await the_alert(patient)
    assert (alert.rung, alert.due_at) == (0, WEDNESDAY_NINE + timedelta(minutes=15))
    assert len(clinic.letters(clinic.duty)) == before


async def test_bank_holidays_reach_the_patient_and_the_ladder(clinic: Clinic) -> None:
    patient = await clinic.join()
    clinic.clock.set(datetime(2026, 4, 2, 19, tzinfo=UTC))
    await patient.chooses("Ask for a person")
    assert (await the_alert(patient)).due_at == datetime(2026, 4, 8, 8, tzinfo=UTC)
    assert "on Tuesday" in " ".join(m.text for m in patient.bot_said())


async def test_a_new_password_brings_nobody_back_from_being_away(clinic: Clinic) -> None:
    away = StaffMember(**{**vars(clinic.duty), "away": True})
    await clinic.house.record.staff.add(away)
    await ways_in.add_staff(clinic.house, clinic.service.id, away.email, "D", frozenset({"duty"}), PASSWORD)
    again = await clinic.house.record.staff.by_id(clinic.service.id, away.id)
    assert again is not None and again.away


async def test_what_is_handed_to_somebody_who_is_away_reaches_who_covers(
    clinic: Clinic, office: PostOffice
) -> None:
    nurse, other = await colleague(clinic, "clinician"), await colleague(clinic, "lead")
    patient = await clinic.join()
    await patient.chooses("Ask for a person")
    await on_leave(clinic, nurse, other)
    alert = (await the_alert(patient)).id
    await alerts.hand_over(clinic.house, clinic.service.id, alert, clinic.therapist.id, nurse.id, "")
    await clinic.work()
    assert (len(clinic.letters(nurse)), len(clinic.letters(other))) == (0, 1)


# -- what people and calendars bring ------------------------------------------------------------------


def entry(line: int, name: str, day: int) -> Entry:
    return Entry(
        line, (name,), datetime(2026, 3, day, 17, tzinfo=UTC), datetime(2026, 3, day + 1, 9, tzinfo=UTC)
    )


async def test_a_calendar_that_names_a_stranger_changes_nothing(clinic: Clinic) -> None:
    house, of = clinic.house, clinic.service
    number, wrong = await rota.bring_calendar(house, of, "a.ics", [entry(2, clinic.duty.email, 4)], [])
    assert (number, wrong) == (1, ())
    number, wrong = await rota.bring_calendar(
        house, of, "a.ics", [entry(2, clinic.duty.email, 5), entry(9, "Nobody", 6)], []
    )
    assert (number, [f.line for f in wrong]) == (0, [9])
    ahead = await rota.look_ahead(house, of)
    assert [s.from_at.day for s in ahead.roster.shifts] == [4]
    assert [f.error for f in ahead.feeds] == ["line 9: it names nobody of this service"]


async def test_leave_is_whole_days_on_the_services_clock(clinic: Clinic) -> None:
    house, of = clinic.house, clinic.service
    first, last = date(2026, 3, 27), date(2026, 3, 30)
    assert await rota.go_on_leave(house, of, clinic.therapist.id, first, last, clinic.duty.id) is None
    clinic.clock.set(datetime(2026, 3, 30, 22, 59, tzinfo=UTC))  # a minute to midnight in summer time
    assert len((await rota.look_ahead(house, of)).roster.leaves) == 1
    clinic.clock.advance(minutes=1)
    assert (await rota.look_ahead(house, of)).roster.leaves == ()


async def test_what_makes_no_sense_is_refused_in_words(clinic: Clinic) -> None:
    house, of, me = clinic.house, clinic.service, clinic.therapist.id
    day, before = date(2026, 3, 10), date(2026, 3, 9)
    assert "ends before" in str(await rota.go_on_leave(house, of, me, day, before, None))
    assert "cover for themselves" in str(await rota.go_on_leave(house, of, me, day, day, me))
    assert "longer than a year" in str(await rota.go_on_leave(house, of, me, day, date(2028, 1, 1), None))
    at = datetime(2026, 3, 10, 17, tzinfo=UTC)
    assert "ends before" in str(await rota.put_on_call(house, of, me, at, at))
    assert (await rota.look_ahead(house, of)).roster.leaves == ()


@pytest.mark.parametrize("role", ["editor", "host", "admin"])
async def test_nobody_who_could_not_open_the_alert_is_put_on_call_or_covers(
    clinic: Clinic, role: str
) -> None:
    house, of, unable = clinic.house, clinic.service, await colleague(clinic, role)
    day, begins = date(2026, 3, 10), datetime(2026, 3, 10, 17, tzinfo=UTC)
    wrong = await rota.put_on_call(house, of, unable.id, begins, begins + timedelta(hours=12))
    assert wrong == "They could not open the alert: choose a therapist, a clinician, duty or a lead."
    wrong = await rota.go_on_leave(house, of, clinic.therapist.id, day, day, unable.id)
    assert wrong == (
        "Whoever covers for them must be able to open alerts: "
        "choose a therapist, a clinician, duty or a lead, or nobody."
    )
    here = entry(2, clinic.duty.email, 4)
    number, faults = await rota.bring_calendar(house, of, "a.ics", [here, entry(9, unable.email, 6)], [])
    assert (number, [(f.line, f.what, f.hint) for f in faults]) == (
        0,
        [
            (
                9,
                "it names somebody who cannot open an alert",
                "name a therapist, a clinician, duty or a lead",
            )
        ],
    )
    ahead = await rota.look_ahead(house, of)
    assert (ahead.roster.leaves, ahead.roster.shifts) == ((), ())


async def test_hosts_and_editors_may_be_away_and_a_host_is_covered_by_who_can_open_a_group(
    clinic: Clinic,
) -> None:
    house, of, day = clinic.house, clinic.service, date(2026, 3, 10)
    editor, other = await colleague(clinic, "editor"), await colleague(clinic, "host")
    assert "open groups" in str(await rota.go_on_leave(house, of, clinic.host.id, day, day, editor.id))
    for who, cover in (
        (clinic.host, other),
        (clinic.host, clinic.duty),
        (editor, clinic.host),
        (editor, None),
    ):
        assert await rota.go_on_leave(house, of, who.id, day, day, cover.id if cover else None) is None


async def test_an_editor_with_an_old_shift_does_not_hear_alone(clinic: Clinic, office: PostOffice) -> None:
    editor = await colleague(clinic, "editor")
    patient = await clinic.join()
    clinic.clock.set(TUESDAY_NIGHT)
    await on_call(clinic, editor)
    await patient.says(CRISIS)
    assert clinic.letters(editor) == []
    assert len(clinic.letters(clinic.therapist)) == 1


async def test_who_comes_back_hears_again(clinic: Clinic, office: PostOffice) -> None:
    today = date(2026, 3, 2)
    await rota.go_on_leave(clinic.house, clinic.service, clinic.therapist.id, today, today, clinic.duty.id)
    clinic.clock.advance(minutes=1)
    assert await rota.come_back(clinic.house, clinic.service, clinic.therapist.id) == 1
    patient = await clinic.join()
    await patient.says(CRISIS)
    assert (len(clinic.letters(clinic.therapist)), len(clinic.letters(clinic.duty))) == (1, 0)


async def test_hours_in_which_nobody_is_on_call_are_named(clinic: Clinic) -> None:
    of, now = clinic.service, clinic.clock.now()
    monday_evening = datetime(2026, 3, 2, 17, tzinfo=UTC)
    await rota.put_on_call(clinic.house, of, clinic.duty.id, monday_evening, monday_evening.replace(hour=23))
    ahead = await rota.look_ahead(clinic.house, of, timedelta(days=2))
    assert ahead.gaps == (
        (monday_evening.replace(hour=23), datetime(2026, 3, 3, 9, tzinfo=UTC)),
        (datetime(2026, 3, 3, 17, tzinfo=UTC), datetime(2026, 3, 4, 9, tzinfo=UTC)),
    )
    assert now + timedelta(days=2) > ahead.gaps[-1][1]
