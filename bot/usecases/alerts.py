"""What people do with alerts: each act is an input to the Line that the alert stands on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from bot.core.errors import Refused
from bot.core.escalation import opened_by
from bot.core.inputs import Acknowledge, HandBack, HandOver, PatientInput, Resolve, Snooze, TakeOver, TeamSaid
from bot.core.values import AlertId, LineId, ServiceId, StaffId
from bot.ports import AlertSeen
from bot.usecases.change import hand_in
from bot.usecases.house import House
from bot.usecases.scope import must_open

OUTCOMES = (
    "contacted",
    "seen_in_person",
    "emergency_services",
    "safety_plan_made",
    "handed_to_other_team",
    "no_answer_followed_up",
    "nothing_needed",
    "false_alarm",
)
REASONS_TO_SNOOZE = ("contact_agreed", "appointment_made", "other_team_acts", "patient_asked")


async def _opened(house: House, service: ServiceId, alert: UUID, by: StaffId) -> AlertSeen:
    """Raises Refused('not_found') outside the scope of who acts, too."""
    found = await house.record.ledger.one(service, AlertId(alert), None)
    if found is None:
        raise Refused("not_found")
    await must_open(house, service, found.line, by)
    return found


async def acknowledge(house: House, service: ServiceId, alert: UUID, by: StaffId) -> None:
    """Somebody answers for it: the ladder stops."""
    line = (await _opened(house, service, alert, by)).line

    await hand_in(house, service, line, Acknowledge(alert, by))


async def snooze(
    house: House, service: ServiceId, alert: UUID, by: StaffId, until: datetime, reason: str, note: str = ""
) -> None:
    """Put off: it comes back then, with worse evidence, or when the patient writes.

    Raises Refused('snooze_too_long') where the ladder's policy lets nobody put it off until then.
    """
    if reason not in REASONS_TO_SNOOZE:
        raise Refused("not_an_option")
    line = (await _opened(house, service, alert, by)).line

    await hand_in(house, service, line, Snooze(alert, by, until, reason, note))


async def hand_over(
    house: House, service: ServiceId, alert: UUID, by: StaffId, to: StaffId | None, note: str = ""
) -> None:
    """A colleague hears at once and owns it from now on; None: nobody owns it, and the first step of the ladder hears.

    Raises Refused('not_an_option') for nobody of this service, and for whoever could not open it.
    """
    found = await _opened(house, service, alert, by)
    staff = await house.record.staff.all(service)
    if to is not None and not any(m.id == to and m.roles & opened_by(found.concern) for m in staff):
        raise Refused("not_an_option")
    await hand_in(house, service, found.line, HandOver(alert, by, to, note))


async def pass_on(
    house: House, service: ServiceId, alert: AlertSeen, of: StaffId, by: StaffId, heir: StaffId | None
) -> None:
    """What was ``of`` somebody who no longer has it, whosever patient it is: as part of an act that allows that.

    An alert that they had taken on for a colleague goes back to that colleague. One that is closed stays so.
    """
    to = alert.owner if alert.owner not in (None, of) else heir
    here = {member.id for member in await house.record.staff.all(service)}
    try:
        await hand_in(house, service, alert.line, HandOver(alert.id, by, to if to in here else None))
    except Refused as refused:
        if refused.code != "alert_gone":
            raise


async def resolve(
    house: House, service: ServiceId, alert: UUID, by: StaffId, outcome: str, note: str = ""
) -> None:
    """Closed by a person, with what came of it."""
    if outcome not in OUTCOMES:
        raise Refused("not_an_option")
    line = (await _opened(house, service, alert, by)).line

    await hand_in(house, service, line, Resolve(alert, by, outcome, note))


async def act(house: House, service: ServiceId, patient: LineId, heard: PatientInput) -> None:
    """Take over, hand back, or write to the patient."""
    assert isinstance(heard, TakeOver | HandBack | TeamSaid)
    await must_open(house, service, patient, heard.by)

    await hand_in(house, service, patient, heard)
