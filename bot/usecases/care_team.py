"""Who answers for a patient: an owner for mood, worry and safety, and a clinician for the body. Given to others, with
the alerts that are open."""

from __future__ import annotations

from bot.core.errors import Refused
from bot.core.inputs import ChangeClinician, ChangeOwner
from bot.core.roles import LEADS
from bot.core.scope import CASELOAD
from bot.core.state import Profile
from bot.core.values import LineId, ServiceId, StaffId
from bot.ports import AlertSeen, StaffMember
from bot.usecases import alerts
from bot.usecases.change import hand_in
from bot.usecases.conversation import standing
from bot.usecases.house import House
from bot.usecases.scope import must_open


def may_change(member: StaffMember, owner: StaffId | None) -> bool:
    """Leads, and whoever answers for the patient."""
    return bool(member.roles & LEADS) or owner == member.id


async def change_team(
    house: House,
    service: ServiceId,
    patient: LineId,
    owner: StaffId | None,
    clinician: StaffId | None,
    by: StaffMember,
) -> None:
    """What was open and theirs is open and the new ones', who hear at once; where there is nobody, the ladder begins anew.

    After a crash in the middle, doing it again does the rest. Raises Refused: 'not_found', 'not_an_option'.
    """
    await must_open(house, service, patient, by.id)
    state = await standing(house, service, patient)
    if state is None or not may_change(by, state.profile.owner):
        raise Refused("not_found")
    await _must_answer_for(house, service, owner, CASELOAD)
    await _must_answer_for(house, service, clinician, frozenset({"clinician"}))
    before = state.profile
    if (before.owner, before.clinician) == (owner, clinician):
        return
    now = house.clock.now()
    await house.record.audit.note(service, patient, f"staff:{by.id}", "care.team", str(patient), now)
    every = await house.record.ledger.list(service, open_only=True, by=None)
    theirs = [alert for alert in every if alert.line == patient]
    # The alerts first: whoever finds the rest undone still sees who had it before.
    for alert in theirs:
        await _move(house, service, alert, before, by.id, owner, clinician)
    await hand_in(house, service, patient, ChangeClinician(clinician, by.id))
    await hand_in(house, service, patient, ChangeOwner(owner, by.id))


async def _must_answer_for(
    house: House, service: ServiceId, who: StaffId | None, roles: frozenset[str]
) -> None:
    if who is None:
        return
    member = await house.record.staff.by_id(service, who)
    if member is None or not member.roles & roles:
        raise Refused("not_an_option")


async def _move(
    house: House,
    service: ServiceId,
    alert: AlertSeen,
    before: Profile,
    by: StaffId,
    owner: StaffId | None,
    clinician: StaffId | None,
) -> None:
    for had, gets in ((before.clinician, clinician), (before.owner, owner)):
        if had is not None and had != gets and _was_of(alert, had):
            await alerts.pass_on(house, service, alert, had, by, gets)
            return


def _was_of(alert: AlertSeen, staff: StaffId) -> bool:
    """They own it, or a colleague owns it and they have taken it on."""
    return alert.owner == staff or (alert.acted_by == staff and alert.state != "open")
