"""Who looks after a patient, and what stops when their care ends: discharged, handed to another service, or died.

The screen never stops: what is written is screened, and what rings goes to duty.
"""

from __future__ import annotations

from bot.core import erasing
from bot.core.errors import Refused
from bot.core.facts import (
    ClinicianChanged,
    DeathRecorded,
    HoldEnded,
    OwnerChanged,
    PatientDischarged,
    PatientTakenBack,
    PatientTransferred,
    PatientWithdrew,
    ReferralAccepted,
    ReferralDeclined,
    TimerCleared,
    WaitBegan,
)
from bot.core.flow import graduating, home, peers, reminding
from bot.core.flow.leaving import leave_all
from bot.core.flow.voice import Talk, speak, where_to_turn
from bot.core.inputs import AnswerReferral, ChangeClinician, ChangeOwner, EndCare, TakeBack
from bot.core.state import ForNothing
from bot.core.values import StaffId

REMINDERS = ("later", "action", "check_in", "remind")
"""Timers of what will not happen any more. Those of alerts, and of a safety question, run on."""
OF_THE_PATIENT = (*REMINDERS, "gentle", "erase")
"""After a death nothing is left that would speak to them, and what they asked for is not done without them."""


def owner_changed(pen: Talk, heard: ChangeOwner) -> None:
    """Alerts that come from now on go to them first. Those that are open are handed over one by one."""
    if heard.owner != pen.state.profile.owner:
        pen.write(OwnerChanged(owner=heard.owner, by=heard.by, at=pen.moment.now))


def clinician_changed(pen: Talk, heard: ChangeClinician) -> None:
    if heard.clinician != pen.state.profile.clinician:
        pen.write(ClinicianChanged(clinician=heard.clinician, by=heard.by, at=pen.moment.now))


def ended(pen: Talk, heard: EndCare) -> None:
    """Raises Refused('care_ended') where it has ended already, or they said no; a death may still be recorded."""
    status = pen.state.status
    if status in ("declined", "died") or (pen.state.gone and heard.how != "died"):
        raise Refused("care_ended")
    known, now = status == "joined", pen.moment.now
    _stop(pen, by=heard.by, whole=heard.how == "died")
    left_groups = peers.leave_all(pen, take_posts=heard.take_posts)
    match heard.how:
        case "discharged":
            pen.write(PatientDischarged(by=heard.by, at=now, finished=heard.finished))
        case "transferred":
            to = pen.keep("transferred_to", heard.to)
            pen.write(PatientTransferred(by=heard.by, at=now, to=to))
        case "died":
            pen.write(DeathRecorded(by=heard.by, at=now))
            return
    if known and pen.state.finished:
        graduating.finished(pen)
        _groups_over(pen, left_groups, heard)
        home.rest(pen)
    elif known:
        speak(pen, f"care_{heard.how}", place=heard.to)
        _groups_over(pen, left_groups, heard)
        speak(pen, "care_where_to_turn")
        home.rest(pen)


def _groups_over(pen: Talk, left: bool, heard: EndCare) -> None:
    """Rooms are part of the care that a service gives; nobody there is told why somebody is not in any more."""
    if left:
        speak(pen, "care_groups_over_posts_gone" if heard.take_posts else "care_groups_over")


def withdrew(pen: Talk) -> None:
    """They said so themselves, so nobody has taken over just then."""
    _stop(pen)
    pen.write(PatientWithdrew(at=pen.moment.now))
    speak(pen, "withdrawn")
    speak(pen, "care_where_to_turn")
    home.rest(pen)


def referral_answered(pen: Talk, heard: AnswerReferral) -> None:
    """Somebody who came by themselves is taken on, or told kindly that they are not. Who was not may be after all."""
    if pen.state.status not in ("waiting", "not_accepted"):
        raise Refused("not_waiting")
    leave_all(pen)
    if heard.reason is not None:
        if pen.state.status == "not_accepted":
            raise Refused("not_waiting")
        pen.write(ReferralDeclined(reason=heard.reason, by=heard.by, at=pen.moment.now))
        speak(pen, f"referral_{heard.reason}")
        speak(pen, "referral_where_to_turn", urgent=where_to_turn(pen, "advice"))
    else:
        pen.write(ReferralAccepted(owner=heard.owner, by=heard.by, at=pen.moment.now))
        speak(pen, "referral_accepted")
        speak(pen, "welcome_how_it_works")
        speak(pen, "team_hours")
        graduating.plan(pen)
    home.rest(pen)


def _stop(pen: Talk, *, by: StaffId | None = None, whole: bool = False) -> None:
    """What was open is left, the bot answers for itself again, and reminders are gone. ``whole``: nobody is left to speak to."""
    if pen.state.hold is not None and by is not None:
        pen.write(HoldEnded(by=by))
    leave_all(pen)
    if not isinstance(pen.state.wait, ForNothing) or pen.state.wait.keys:
        pen.write(WaitBegan(wait=ForNothing()))
    reminding.drop_all(pen, "care_ended")
    kinds = OF_THE_PATIENT if whole else REMINDERS
    for timer in [t for t in pen.state.timers.values() if t.kind in kinds]:
        pen.write(TimerCleared(kind=timer.kind, key=timer.key))


def taken_back(pen: Talk, heard: TakeBack) -> None:
    """Reminders that were planned before are not: the next module plans its own. The weeks are counted anew. Erasing that
    they asked for is, where a death was recorded by mistake."""
    if not pen.state.gone or pen.state.status in ("waiting", "not_accepted"):
        raise Refused("care_goes_on")
    leave_all(pen)
    pen.write(PatientTakenBack(by=heard.by, at=pen.moment.now))
    erasing.goes_on(pen)
    if pen.state.status == "joined":
        speak(pen, "care_taken_back")
        if pen.state.rooms and pen.state.profile.consents.get("groups") is not False:
            speak(pen, "care_groups_again")
        speak(pen, "team_hours")
        graduating.plan(pen)
        home.rest(pen)
