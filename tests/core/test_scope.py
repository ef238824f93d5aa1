"""Whose records a member of staff may open, by example. Made-up services are in the tests of the record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bot.core.rota import Leave, Roster, Shift
from bot.core.scope import REMEMBERED, AlertKnown, PatientKnown, Scope, scope_of, sees, sees_rooms
from bot.core.values import StaffId

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
ME, OTHER, THIRD = (StaffId(UUID(int=n)) for n in (1, 2, 3))
OTHERS = PatientKnown(owner=OTHER)


def somebody(role: str = "therapist", roster: Roster | None = None) -> Scope:
    return scope_of(ME, [role], roster or Roster(), NOW)


def leave(who: StaffId, cover: StaffId, from_at: datetime = NOW) -> Leave:
    return Leave(UUID(int=9), who, from_at, from_at + DAY, cover)


@pytest.mark.parametrize("role", ["duty", "lead", "clinical_lead", "service_lead"])
def test_duty_and_leads_see_everybody(role: str) -> None:
    assert sees(somebody(role), OTHERS)


@pytest.mark.parametrize("role", ["host", "editor", "admin"])
def test_hosts_see_rooms_and_editors_and_admins_nobody(role: str) -> None:
    assert not sees(somebody(role), PatientKnown())
    assert sees_rooms(somebody(role)) == (role == "host")


@pytest.mark.parametrize("role", ["therapist", "clinician"])
def test_others_see_their_own_and_those_whom_nobody_answers_for(role: str) -> None:
    scope = somebody(role)
    assert sees(scope, PatientKnown(owner=ME))
    assert sees(scope, PatientKnown(owner=OTHER, clinician=ME))
    assert sees(scope, PatientKnown())
    assert not sees(scope, OTHERS)
    assert not sees(scope, PatientKnown(clinician=OTHER))


def test_who_covers_sees_theirs_while_the_leave_lasts_and_those_whom_they_covered() -> None:
    covered = Roster((leave(OTHER, ME),))
    assert sees(somebody(roster=covered), OTHERS)
    assert not sees(somebody(roster=Roster((leave(OTHER, ME, NOW + DAY),))), OTHERS)
    assert not sees(somebody(roster=Roster((leave(OTHER, ME, NOW - DAY),))), OTHERS)
    chain = Roster((leave(OTHER, ME), leave(THIRD, OTHER)))
    assert sees(somebody(roster=chain), PatientKnown(owner=THIRD))


def test_an_open_alert_opens_the_record_to_whom_it_concerns() -> None:
    for alert in (AlertKnown(told=frozenset({ME})), AlertKnown(acted_by=ME), AlertKnown(owner=ME)):
        assert sees(somebody(), PatientKnown(owner=OTHER, alerts=(alert,)))
    told_another = PatientKnown(owner=OTHER, alerts=(AlertKnown(told=frozenset({THIRD})),))
    assert not sees(somebody(), told_another)
    shift = Shift(UUID(int=8), ME, NOW - DAY, NOW + DAY)
    assert sees(somebody(roster=Roster(shifts=(shift,))), told_another)


def test_a_closed_one_only_to_who_closed_it_and_for_so_long() -> None:
    def closed(ago: timedelta, by: StaffId = ME) -> PatientKnown:
        alert = AlertKnown(owner=ME, acted_by=by, told=frozenset({ME}), resolved_at=NOW - ago)
        return PatientKnown(owner=OTHER, alerts=(alert,))

    assert sees(somebody(), closed(REMEMBERED - timedelta(seconds=1)))
    assert not sees(somebody(), closed(REMEMBERED))
    assert not sees(somebody(), closed(DAY, by=THIRD))
