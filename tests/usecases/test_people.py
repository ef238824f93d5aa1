"""Colleagues come by a code that works once, and go without leaving an alert or a patient behind."""

from __future__ import annotations

from dataclasses import replace

import pytest
from clinic import PASSWORD, Clinic
from desk_scene import colleague, signed_in

from bot.core.errors import Refused
from bot.core.inputs import TakeOver
from bot.core.roles import ROLES
from bot.core.values import LineId
from bot.ports import AlertSeen, Looker, StaffMember
from bot.usecases import alerts, people, ways_in
from bot.usecases.staff_sessions import staff_session

CRISIS = "i want to kill myself tonight"
NEW = "a long new password"


async def asked(clinic: Clinic, email: str = "new@hill.example", *roles: str) -> str:
    picked = frozenset(roles or ("therapist",))
    return await people.ask_to_join(clinic.house, clinic.service, email, "Nia", picked, None)


async def noted(clinic: Clinic) -> list[str]:
    """What stands on the service's own chain about colleagues, newest last."""
    chain = LineId(clinic.service.id)
    by = Looker(clinic.duty.id, clinic.clock.now())
    looks = await clinic.house.record.audit.looks(clinic.service.id, chain, by, most=50)
    return [look.what for look in reversed(looks) if look.what.startswith("staff.")]


async def find(clinic: Clinic, email: str, *, former: bool = False) -> StaffMember | None:
    return await clinic.house.record.staff.by_email(clinic.service.id, email, former=former)


# -- coming -------------------------------------------------------------------------------------------


async def test_whoever_was_asked_chooses_a_password_and_is_a_colleague_from_then_on(clinic: Clinic) -> None:
    code = await asked(clinic)
    assert await find(clinic, "new@hill.example") is None, "nobody hears of alerts before they are here"
    joined = await people.welcome(clinic.house, code, NEW)
    member = await find(clinic, "new@hill.example")
    assert member is not None
    assert (member.id, member.name, member.roles) == (joined.staff, "Nia", {"therapist"})
    assert (await staff_session(clinic.house, joined.token)).subject == member.id
    await ways_in.staff_sign_in(clinic.house, clinic.service.slug, member.email, NEW)
    assert await noted(clinic) == ["staff.invite", "staff.join"]


async def test_a_code_works_once_for_a_week_and_until_a_later_one(clinic: Clinic) -> None:
    used = await asked(clinic, "one@hill.example")
    await people.welcome(clinic.house, used, NEW)
    earlier, late = await asked(clinic, "two@hill.example"), await asked(clinic, "two@hill.example")
    clinic.clock.advance(days=7)
    for code in (used, earlier, late, "nonsense", f"{clinic.service.slug}.nonsense"):
        with pytest.raises(Refused, match="expired_invite"):
            await people.welcome(clinic.house, code, NEW)


async def test_a_password_that_is_too_short_uses_nothing_up(clinic: Clinic) -> None:
    code = await asked(clinic)
    with pytest.raises(Refused, match="short_password"):
        await people.welcome(clinic.house, code, "eleven char")
    await people.welcome(clinic.house, code, NEW)


@pytest.mark.parametrize(
    ("email", "roles", "code"),
    [
        ("nobody", {"therapist"}, "bad_address"),
        ("a b@hill.example", {"therapist"}, "bad_address"),
        ("new@hill.example", set(), "no_role"),
        ("new@hill.example", {"king"}, "no_role"),
        ("new@hill.example", {"admin"}, "admins_only"),
    ],
)
async def test_who_cannot_be_asked(clinic: Clinic, email: str, roles: set[str], code: str) -> None:
    lead = await colleague(clinic, "service_lead")
    with pytest.raises(Refused, match=code):
        await people.ask_to_join(clinic.house, clinic.service, email, "", frozenset(roles), lead)
    assert await noted(clinic) == []


async def test_nobody_is_asked_twice_who_is_here(clinic: Clinic) -> None:
    with pytest.raises(Refused, match="already_here"):
        await asked(clinic, clinic.therapist.email.upper())


@pytest.mark.parametrize("role", ["lead", "clinical_lead", "service_lead"])
async def test_where_the_ladder_names_the_lead_every_kind_of_lead_hears(clinic: Clinic, role: str) -> None:
    lead = await colleague(clinic, role)
    await (await clinic.join("copd")).says(CRISIS)
    for _ in range(2):
        clinic.clock.advance(minutes=16)
        await clinic.work()
    assert len(clinic.letters(lead)) == 1


# -- being here ---------------------------------------------------------------------------------------


async def test_nobody_changes_their_own_roles_and_only_an_admin_makes_an_admin(clinic: Clinic) -> None:
    lead, admin = await colleague(clinic, "lead"), await colleague(clinic, "admin")
    for who, by, roles, code in (
        (lead, lead, {"lead", "duty"}, "not_yourself"),
        (clinic.duty, lead, {"duty", "admin"}, "admins_only"),
        (admin, lead, {"duty"}, "admins_only"),
    ):
        with pytest.raises(Refused, match=code):
            await people.give_roles(clinic.house, who, frozenset(roles), by)
    await people.give_roles(clinic.house, clinic.duty, frozenset({"duty", "admin"}), admin)
    duty = await find(clinic, clinic.duty.email)
    assert duty == replace(clinic.duty, roles=frozenset({"duty", "admin"}))
    assert await noted(clinic) == ["staff.roles"]


def test_every_role_is_a_word_that_the_record_can_hold() -> None:
    assert len(set(ROLES)) == len(ROLES) and all(role.islower() for role in ROLES)


# -- going --------------------------------------------------------------------------------------------


async def the_alert(clinic: Clinic) -> AlertSeen:
    (alert,) = await clinic.alerts()
    return alert


async def test_whoever_leaves_is_out_at_once_and_cannot_come_back_in(clinic: Clinic) -> None:
    member = clinic.therapist
    token = await signed_in(clinic, member)
    await people.leave(clinic.house, member, None)
    with pytest.raises(Refused, match="signed_out"):
        await staff_session(clinic.house, token)
    with pytest.raises(Refused, match="sign_in_failed"):
        await ways_in.staff_sign_in(clinic.house, clinic.service.slug, member.email, PASSWORD)
    assert await find(clinic, member.email) is None
    gone = await find(clinic, member.email, former=True)
    assert gone is not None and gone.left_at == clinic.clock.now() and gone.password_hash is None
    assert await noted(clinic) == ["staff.leave"]


async def test_their_alerts_and_patients_are_their_heirs_who_hears(clinic: Clinic) -> None:
    heir = await colleague(clinic, "therapist")
    patient = await clinic.join("copd")
    await patient.says(CRISIS)
    alert = await the_alert(clinic)
    await alerts.acknowledge(clinic.house, clinic.service.id, alert.id, clinic.therapist.id)
    before = len(clinic.letters(heir))
    left = await people.leave(clinic.house, clinic.therapist, clinic.duty, heir)
    await clinic.settle()
    alert = await the_alert(clinic)
    assert (alert.owner, alert.state) == (heir.id, "open")
    assert (await patient.state()).profile.owner == heir.id
    assert len(clinic.letters(heir)) == before + 1
    assert left == people.Left(patients=1, alerts=1, chats=0)


async def test_without_an_heir_the_ladder_begins_again_and_duty_hears(clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    await patient.says(CRISIS)
    alert = await the_alert(clinic)
    await alerts.acknowledge(clinic.house, clinic.service.id, alert.id, clinic.therapist.id)
    assert clinic.letters(clinic.duty) == []
    await people.leave(clinic.house, clinic.therapist, None)
    await clinic.settle()
    alert = await the_alert(clinic)
    assert (alert.owner, alert.state) == (None, "open")
    assert len(clinic.letters(clinic.duty)) == 1
    assert (await patient.state()).profile.owner is None


async def test_an_alert_taken_on_for_a_colleague_goes_back_to_that_colleague(clinic: Clinic) -> None:
    heir = await colleague(clinic, "therapist")
    await (await clinic.join("copd")).says(CRISIS)
    alert = await the_alert(clinic)
    await alerts.acknowledge(clinic.house, clinic.service.id, alert.id, clinic.duty.id)
    await people.leave(clinic.house, clinic.duty, None, heir)
    alert = await the_alert(clinic)
    assert (alert.owner, alert.state) == (clinic.therapist.id, "open")


async def test_a_chat_that_they_had_taken_over_goes_back_to_the_bot(clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    await alerts.act(clinic.house, clinic.service.id, patient.id, TakeOver(clinic.therapist.id))
    left = await people.leave(clinic.house, clinic.therapist, None)
    assert left.chats == 1
    assert (await patient.state()).hold is None


async def test_leaving_again_does_what_was_left_undone_and_nothing_twice(clinic: Clinic) -> None:
    heir = await colleague(clinic, "therapist")
    patient = await clinic.join("copd")
    await patient.says(CRISIS)
    await clinic.house.record.staff.leave(clinic.service.id, clinic.therapist.id, clinic.clock.now())
    assert (await people.leave(clinic.house, clinic.therapist, None, heir)).alerts == 1
    assert await people.leave(clinic.house, clinic.therapist, None, heir) == people.Left(0, 0, 0)


async def test_no_alert_is_handed_to_somebody_who_has_left(clinic: Clinic) -> None:
    await (await clinic.join("copd")).says(CRISIS)
    alert = await the_alert(clinic)
    nurse = await colleague(clinic, "clinician")
    await people.leave(clinic.house, nurse, None)
    with pytest.raises(Refused, match="not_an_option"):
        await alerts.hand_over(clinic.house, clinic.service.id, alert.id, clinic.duty.id, nurse.id)


async def test_whoever_left_may_be_asked_again_and_is_the_same_person(clinic: Clinic) -> None:
    await people.leave(clinic.house, clinic.therapist, None)
    code = await asked(clinic, clinic.therapist.email, "therapist")
    joined = await people.welcome(clinic.house, code, NEW)
    back = await find(clinic, clinic.therapist.email)
    assert joined.staff == clinic.therapist.id
    assert back is not None and back.left_at is None
