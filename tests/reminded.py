"""Somebody who is to be reminded: joined with an address and a yes, whose check-in comes due."""

from __future__ import annotations

from uuid import UUID

from clinic import Clinic, Patient

from bot.ports import ReminderSeen, SentBy
from bot.usecases import ways_in
from bot.usecases.reaching import answer_reminders


async def joined(
    clinic: Clinic, address: str | None, *, wants: bool | None = True, language: str = "en"
) -> Patient:
    """``wants`` None: never asked."""
    invitation = await clinic.invite(language=language)
    consents = {"care": True} | ({} if wants is None else {"reminders": wants})
    pin = "4711" if address else None
    asked = ways_in.Joining(invitation.code, True, consents, name="Aurelia", contact=address, pin=pin)
    token = await ways_in.join(clinic.house, asked)
    patient = Patient(clinic, invitation.patient, token)
    await clinic.settle()
    await patient.catches_up()
    return patient


async def comes_due(clinic: Clinic, patient: Patient) -> ReminderSeen:
    """To the moment at which the reminder of the check-in is given, and one round of the worker."""
    planned = (await patient.state()).reminders["check_in"]
    clinic.clock.set(planned.due_at)
    await clinic.work()
    return await seen(clinic, patient, planned.id)


async def seen(clinic: Clinic, patient: Patient, reminder: UUID | None = None) -> ReminderSeen:
    """That one, or the newest that was given."""
    every = await clinic.house.record.reminders.of(clinic.service.id, patient.id)
    return next(r for r in every if (r.id == reminder if reminder else r.state == "given"))


async def by(clinic: Clinic, patient: Patient, way: str, reminder: UUID | None = None) -> SentBy:
    return next(s for s in (await seen(clinic, patient, reminder)).sent if s.way == way)


async def stops(clinic: Clinic, patient: Patient) -> None:
    await answer_reminders(clinic.house, clinic.service.id, patient.id, on=False)
    await clinic.settle()
