"""Letters about alerts: at least once, for ever, to the right people, and to nobody any more once somebody has it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from clinic import Clinic, Patient
from post_office import PostOffice

from bot.adapters import mail
from bot.adapters.mail import SmtpMail
from bot.core.state import OpenAlert
from bot.ports import StaffMember, Task
from bot.usecases import alerts, promises, working
from bot.usecases.deliver import tell_staff
from bot.usecases.hands import LEASE_S, ROOM_LEASE_S

CRISIS = "i want to die"
A_WHILE_S = 6.0  # more than the longest pause


async def again(clinic: Clinic, times: int = 1) -> None:
    """Rounds of the worker, each after the longest pause."""
    for _ in range(times):
        clinic.clock.advance(seconds=A_WHILE_S)
        await clinic.work()


async def the_alert(patient: Patient) -> OpenAlert:
    [alert] = (await patient.state()).alerts.values()
    return alert


async def colleague(clinic: Clinic, name: str, role: str) -> StaffMember:
    member = StaffMember(
        service=clinic.service.id,
        id=clinic.house.ids.new(),  # type: ignore[arg-type]
        email=f"{name}@{clinic.service.slug}.example",
        name=name,
        roles=frozenset({role}),
        password_hash=None,
    )
    await clinic.house.record.staff.add(member)
    return member


# -- once, and again where it must be -----------------------------------------------------------------


@pytest.mark.parametrize("answer", ["451 4.3.0 try later", "452 4.2.2 full", "550 5.7.1 no", "554 5.0.0 no"])
async def test_a_letter_that_was_refused_comes_once_it_is_taken(
    clinic: Clinic, office: PostOffice, answer: str
) -> None:
    office.answer = answer
    patient = await clinic.join()
    await patient.says(CRISIS)
    office.answer = "250 OK"
    await again(clinic, 2)
    assert len(clinic.letters(clinic.therapist)) == 1


async def test_a_letter_waits_for_a_mail_server_that_is_down(clinic: Clinic, office: PostOffice) -> None:
    await office.close()
    patient = await clinic.join()
    await patient.says(CRISIS)
    await again(clinic, 3)
    await office.open()
    await again(clinic)
    assert len(clinic.letters(clinic.therapist)) == 1


async def test_a_mail_server_that_will_not_speak_tls_is_one_that_is_down(
    clinic: Clinic, office: PostOffice
) -> None:
    patient = await clinic.join()
    plain, url = clinic.house.mail, office.url.replace("smtp:", "smtps:")
    clinic.house.mail = SmtpMail(url, "bounceback@x.example")
    await patient.says(CRISIS)
    clinic.house.mail = plain
    await again(clinic)
    assert len(clinic.letters(clinic.therapist)) == 1


async def test_a_letter_that_is_retried_keeps_its_ids(clinic: Clinic, office: PostOffice) -> None:
    office.cuts = True
    patient = await clinic.join()
    await patient.says(CRISIS)
    office.cuts = False
    await again(clinic)
    one, two = clinic.letters(clinic.therapist)
    assert one["Message-ID"] == two["Message-ID"]
    assert one["X-Alert-Id"] == two["X-Alert-Id"] == str((await the_alert(patient)).id)


async def test_a_server_that_keeps_letters_and_hangs_up_does_not_fill_anybodys_box(
    clinic: Clinic, office: PostOffice
) -> None:
    office.cuts = True
    patient = await clinic.join()
    await patient.says(CRISIS)
    await again(clinic, 20)
    assert len(office.all) <= 5
    assert {len(clinic.letters(who)) for who in (clinic.therapist, clinic.duty)} == {2}


async def test_a_server_that_hangs_up_after_its_yes_has_the_letter(
    clinic: Clinic, office: PostOffice
) -> None:
    office.hangs_up_after = True
    patient = await clinic.join()
    await patient.says(CRISIS)
    await again(clinic, 3)
    assert len(office.all) == 1


async def test_a_bad_address_stops_nobody_elses_letter(clinic: Clinic, office: PostOffice) -> None:
    other = await colleague(clinic, "anna", "therapist")
    office.unknown.add(clinic.therapist.email)
    patient = await clinic.join()
    await patient.says(CRISIS)
    await again(clinic, 3)
    assert len(clinic.letters(other)) == 1


async def test_a_bad_address_gets_its_letter_once_it_is_good(clinic: Clinic, office: PostOffice) -> None:
    await colleague(clinic, "anna", "therapist")
    office.unknown.add(clinic.therapist.email)
    patient = await clinic.join()
    await patient.says(CRISIS)
    office.unknown.clear()
    clinic.clock.advance(minutes=6)  # somebody has heard: it is in no hurry
    await clinic.work()
    assert len(clinic.letters(clinic.therapist)) == 1


async def test_a_letter_holds_no_word_of_the_patient_and_no_name(clinic: Clinic, office: PostOffice) -> None:
    patient = await clinic.join(name="Marmaduke")
    await patient.says("i want to kill myself tonight")
    clinic.clock.advance(minutes=16)
    await clinic.work()
    letters = " ".join(m.as_string().lower() for m in office.all)
    assert len(office.all) == 2
    assert not [w for w in ("marmaduke", "kill", "tonight", "suicid", "risk", "crisis") if w in letters]


# -- who hears ----------------------------------------------------------------------------------------


async def test_three_failures_and_duty_hears_at_once(clinic: Clinic, office: PostOffice) -> None:
    office.unknown.add(clinic.therapist.email)
    patient = await clinic.join()
    await patient.says(CRISIS)
    await again(clinic)
    assert clinic.letters(clinic.duty) == []
    await again(clinic)
    [letter] = clinic.letters(clinic.duty)
    assert letter["X-Alert-Id"] == str((await the_alert(patient)).id)
    assert (await the_alert(patient)).rung == 1


async def test_while_all_mail_fails_duty_is_called_once(clinic: Clinic, office: PostOffice) -> None:
    await office.close()
    patient = await clinic.join()
    await patient.says(CRISIS)
    await again(clinic, 12)
    await office.open()
    await again(clinic, 2)
    assert {who.email: len(clinic.letters(who)) for who in (clinic.therapist, clinic.duty)} == {
        clinic.therapist.email: 1,
        clinic.duty.email: 1,
    }


async def test_who_answers_and_is_on_duty_as_well_hears_once_when_duty_is_called(
    clinic: Clinic, office: PostOffice
) -> None:
    both = StaffMember(**{**vars(clinic.therapist), "roles": frozenset({"therapist", "duty"})})
    await clinic.house.record.staff.add(both)
    await office.close()
    patient = await clinic.join()
    await patient.says(CRISIS)
    await again(clinic, 6)
    assert (await the_alert(patient)).rung == 1
    await office.open()
    await again(clinic, 3)
    assert len(clinic.letters(clinic.therapist)) == len(clinic.letters(clinic.duty)) == 1


async def test_the_time_of_duty_begins_when_duty_is_called(clinic: Clinic, office: PostOffice) -> None:
    office.unknown.add(clinic.therapist.email)
    patient = await clinic.join()
    await patient.says(CRISIS)
    await again(clinic, 2)
    due = (await the_alert(patient)).due_at
    assert due is not None
    assert due - clinic.clock.now() == timedelta(minutes=15)


async def test_nobody_on_the_rung_and_duty_hears_at_once(clinic: Clinic, office: PostOffice) -> None:
    away = StaffMember(**{**vars(clinic.therapist), "away": True})
    await clinic.house.record.staff.add(away)
    patient = await clinic.join()
    await patient.says(CRISIS)
    assert len(clinic.letters(clinic.duty)) == 1


async def test_a_graver_repeat_is_a_letter_of_its_own_and_a_milder_one_is_none(
    clinic: Clinic, office: PostOffice
) -> None:
    patient = await clinic.join()
    await patient.says("i dont see the point any more")
    await patient.says(CRISIS)
    await patient.says("i dont see the point any more")
    await patient.says(CRISIS)
    letters = clinic.letters(clinic.therapist)
    assert ["one working day" in m["Subject"] for m in letters] == [True, False]
    assert len({m["Message-ID"] for m in letters}) == 2
    assert (await the_alert(patient)).evidence >= 4


async def test_a_rung_that_was_told_again_meanwhile_gets_one_letter_after_an_outage(
    clinic: Clinic, office: PostOffice
) -> None:
    """Hours without mail: the last rung was to be told each hour, and one letter says it all."""
    await office.close()
    patient = await clinic.join()
    await patient.says(CRISIS)
    for _ in range(8):
        clinic.clock.advance(minutes=61)
        await clinic.work()
    await office.open()
    await again(clinic, 2)
    assert len(clinic.letters(clinic.therapist)) == 1
    assert len(clinic.letters(clinic.duty)) == 1  # on duty, and in the place of the lead: one letter says it


# -- acknowledged means silence -----------------------------------------------------------------------


async def test_a_claimed_row_looks_again_before_it_writes(clinic: Clinic, office: PostOffice) -> None:
    office.answer = "451 not now"
    patient = await clinic.join()
    await patient.says(CRISIS)
    office.answer = "250 OK"
    clinic.clock.advance(seconds=A_WHILE_S)
    [task] = await claim_letters(clinic)
    await alerts.acknowledge(
        clinic.house, clinic.service.id, (await the_alert(patient)).id, clinic.therapist.id
    )
    await tell_staff(clinic.house, clinic.service.id, task)
    await again(clinic, 2)
    assert office.all == []


async def test_an_alert_acknowledged_while_nobody_could_be_reached_is_not_taken_to_duty(
    clinic: Clinic, office: PostOffice
) -> None:
    office.unknown.add(clinic.therapist.email)
    patient = await clinic.join()
    await patient.says(CRISIS)
    await again(clinic)
    await alerts.acknowledge(
        clinic.house, clinic.service.id, (await the_alert(patient)).id, clinic.therapist.id
    )
    await again(clinic, 3)
    assert (clinic.letters(clinic.duty), (await the_alert(patient)).rung) == ([], 0)


async def claim_letters(clinic: Clinic) -> list[Task]:
    now, kinds = clinic.clock.now(), clinic.house.hands.mail.kinds
    outbox = clinic.house.record.outbox
    return list(await outbox.claim(clinic.service.id, now, most=9, lease_s=LEASE_S, kinds=kinds))


# -- leases and pauses --------------------------------------------------------------------------------


async def test_what_a_killed_process_had_claimed_is_free_when_its_lease_ends(
    clinic: Clinic, office: PostOffice
) -> None:
    office.answer = "451 not now"
    patient = await clinic.join()
    await patient.says(CRISIS)
    office.answer = "250 OK"
    clinic.clock.advance(seconds=A_WHILE_S)
    assert len(await claim_letters(clinic)) == 1  # by a process that dies now
    clinic.clock.advance(seconds=LEASE_S - 1)
    await clinic.work()
    assert office.all == []
    clinic.clock.advance(seconds=2)
    await clinic.work()
    assert len(office.all) == 1


def test_after_an_outage_a_letter_comes_within_fifteen_seconds_though_its_process_was_killed() -> None:
    """The longest pause, a look at the record, a lease that a dead process leaves, one letter (P5)."""
    assert promises.SLOWEST_RETRY_S + working.POLL_S + LEASE_S + mail.STEP_S <= 15


def test_a_lease_outlives_the_silence_of_a_server_and_two_missed_renewals() -> None:
    assert mail.STEP_S * 2 <= LEASE_S
    assert min(LEASE_S, ROOM_LEASE_S) >= promises.RENEW_S * 3
