"""Whose records a member of staff may open: their caseload, whom they stand in for, and whose alert they were told of.

This is the rule as a clinical lead can read it. The record asks the same of every read at the desk, twice: in each
statement, and in the policies of its tables. A test makes up services and compares all three.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.roles import CASELOAD, EVERYBODY, ROOMS
from bot.core.rota import Roster
from bot.core.values import StaffId

__all__ = ["CASELOAD", "EVERYBODY", "ROOMS"]

REMEMBERED = timedelta(days=14)
"""How long whoever closed an alert can still open the record. Our own choice, to be confirmed by the clinical lead."""


@dataclass(frozen=True)
class AlertKnown:
    """``told``: to whom a letter about it went. ``acted_by``: who last took it on, put it off, handed it over or closed it."""

    owner: StaffId | None = None
    acted_by: StaffId | None = None
    told: frozenset[StaffId] = frozenset()
    resolved_at: datetime | None = None


@dataclass(frozen=True)
class PatientKnown:
    """``owner`` answers for mood, ``clinician`` for the body."""

    owner: StaffId | None = None
    clinician: StaffId | None = None
    alerts: tuple[AlertKnown, ...] = ()


@dataclass(frozen=True)
class Scope:
    """Somebody at one moment. ``theirs``: they themselves, and everybody for whom they stand in."""

    staff: StaffId
    roles: frozenset[str]
    theirs: frozenset[StaffId]
    on_call: bool
    at: datetime


def scope_of(staff: StaffId, roles: Collection[str], roster: Roster, at: datetime) -> Scope:
    """Who covers for somebody on leave covers for those whom that colleague was covering, too."""
    holds = roster.at(at)
    theirs, grew = {staff}, True
    while grew:
        more = {leave.staff for leave in holds.leaves if leave.cover in theirs} - theirs
        theirs |= more
        grew = bool(more)
    on_call = any(shift.staff == staff for shift in holds.shifts)
    return Scope(staff, frozenset(roles), frozenset(theirs), on_call, at)


def sees(scope: Scope, patient: PatientKnown) -> bool:
    if scope.roles & EVERYBODY:
        return True
    if not scope.roles & CASELOAD:
        return False
    answers = {patient.owner, patient.clinician} - {None}
    return not answers or bool(answers & scope.theirs) or any(_opens(scope, a) for a in patient.alerts)


def _opens(scope: Scope, alert: AlertKnown) -> bool:
    """Whether this alert alone lets them open the record."""
    if alert.resolved_at is not None:
        return alert.acted_by == scope.staff and scope.at - alert.resolved_at < REMEMBERED
    mine = alert.acted_by == scope.staff or scope.staff in alert.told
    return mine or scope.on_call or alert.owner in scope.theirs


def sees_rooms(scope: Scope) -> bool:
    return bool(scope.roles & ROOMS)
