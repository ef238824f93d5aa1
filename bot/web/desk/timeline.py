"""One ordered list of what happened to a patient: newest first, by kind, a page at a time. Numbers and names, no words.

Whether a module helped is not in it: that answer is shown to nobody with a name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core import facts as f
from bot.core.library import Library, said
from bot.core.state import ModuleRun
from bot.core.values import AlertId, StaffId
from bot.ports import Happened
from bot.web.desk import words
from bot.web.desk.alert_history import sentence
from bot.web.desk.happenings import module_title
from bot.web.desk.team_clock import TeamClock

PAGE = 20

KINDS = {
    "check-ins": "Check-ins",
    "modules": "Modules",
    "goals": "Goals",
    "alerts": "Alerts",
    "team": "The team",
}


@dataclass(frozen=True)
class Entry:
    """``alert``: what a link goes to, in the words of its concern."""

    at: datetime
    kind: str
    text: str
    alert: AlertId | None = None
    about: str = ""


@dataclass(frozen=True)
class Timeline:
    """``kind``: the one that is shown, empty for all. ``at``, ``of``: pages from 1."""

    entries: tuple[Entry, ...]
    kind: str
    counts: Mapping[str, int]
    number: int
    at: int
    of: int


def timeline_of(
    happened: Sequence[Happened],
    library: Library,
    colleagues: Mapping[StaffId, str],
    clock: TeamClock,
    *,
    kind: str = "",
    at: int = 1,
) -> Timeline:
    """``happened``: newest first. An unknown ``kind`` shows all, a page beyond the last one the last."""
    told = [entry for each in happened if (entry := _entry(each, library, colleagues, clock)) is not None]
    kind = kind if kind in KINDS else ""
    shown = [entry for entry in told if kind in ("", entry.kind)]
    last = max((len(shown) - 1) // PAGE, 0)
    page = min(at - 1, last)
    return Timeline(
        entries=tuple(shown[page * PAGE : (page + 1) * PAGE]),
        kind=kind,
        counts={name: sum(entry.kind == name for entry in told) for name in KINDS},
        number=len(told),
        at=page + 1,
        of=last + 1,
    )


def _entry(
    each: Happened, library: Library, colleagues: Mapping[StaffId, str], clock: TeamClock
) -> Entry | None:
    at, fact = each.at, each.fact

    def name(staff: StaffId) -> str:
        return colleagues.get(staff, "A former colleague")

    def team(text: str) -> Entry:
        return Entry(at, "team", text)

    match fact:
        case f.ScoreRecorded():
            return Entry(at, "check-ins", _score(fact, library))
        case f.CheckInWordsAdded():
            return Entry(at, "check-ins", "Added words to their check-in: they stand in the conversation.")
        case f.HingeOpened(why=hinged, opens=opened):
            return Entry(at, "check-ins", _hinge(hinged, opened, library))
        case f.SafetyChecked(answer=answer):
            return Entry(at, "check-ins", f"Asked the plain question about safety: {SAFETY[answer]}.")
        case f.RunStarted(run=ModuleRun(module=module)):
            return Entry(at, "modules", f"Began “{module_title(library, module)}”.")
        case f.RunEnded(name=module, how=how):
            return Entry(at, "modules", f"{ENDINGS[how]} “{module_title(library, module)}”.")
        case f.GoalSet(goal=goal):
            where = f", in “{module_title(library, goal.module)}”" if goal.module else ""
            return Entry(at, "goals", f"Set a goal{where}.")
        case f.GoalRated(rating=rating):
            return Entry(at, "goals", f"Said how it goes with a goal: {rating} out of 10.")
        case f.GoalReworded():
            return Entry(at, "goals", "Put a goal in other words.")
        case f.GoalEnded(how=how):
            return Entry(at, "goals", GOAL_ENDED[how])
        case f.PlanShared(shared=shared, plan=plan):
            return Entry(at, "goals", f"{PLAN_SHARED[shared]} {PLANS[plan]}.")
        case f.ProgrammeEnded(weeks=weeks):
            return team(f"The {weeks} weeks of the programme were over. The chat looked back with them.")
        case f.PatientDischarged(by=by, finished=True):
            return team(f"Finished the programme, and discharged ({name(by)}).")
        case f.PatientJoined():
            return team("Joined.")
        case f.PatientReferred():
            return team("Came by themselves, and waits.")
        case f.ReferralAccepted(by=by):
            return team(f"{name(by)} accepted them.")
        case f.ReferralDeclined(reason=reason, by=by):
            return team(f"{name(by)} did not accept them: {words.REFERRAL_REASONS[reason].lower()}.")
        case f.ConsentAnswered(consent=consent, given=given):
            return team(f"{'Said yes to' if given else 'Said no to'} {words.CONSENTS[consent]}.")
        case f.PatientWithdrew():
            return team("Left the service.")
        case f.OwnerChanged(owner=owner, by=by):
            to = f"became {name(owner)}" if owner else "is nobody now: duty hears"
            return team(f"Their owner {to} ({name(by)}).")
        case f.PatientDischarged(by=by) | f.PatientTransferred(by=by) | f.DeathRecorded(by=by):
            return team(f"{ENDED[type(fact)]} ({name(by)}).")
        case f.PatientTakenBack(by=by):
            return team(f"{name(by)} took them back.")
        case f.ErasureAsked(due_at=due):
            return team(f"Asked to be erased, on {clock.day(due)}.")
        case f.ErasureTakenBack():
            return team("Does not want to be erased any more.")
        case f.PatientErased():
            return team("Their words and their name were erased.")
        case f.LegalHoldSet(reason=reason, by=by):
            why = words.REASONS_TO_KEEP.get(reason, reason).lower()
            return team(f"{name(by)} had the record kept by law: {why}.")
        case f.LegalHoldLifted(by=by):
            return team(f"{name(by)} lifted what kept the record by law.")
        case f.NameChanged():
            return team("Changed the name they go by.")
        case f.CorrectionAsked(about=about):
            return team(f"Said that something is wrong: {words.ABOUT.get(about, about).lower()}.")
        case f.CorrectionAnswered(agreed=agreed, by=by):
            return team(f"{name(by)} answered: {'it was wrong' if agreed else 'seen differently'}.")
        case f.HoldBegan(by=by):
            return team(f"{name(by)} took over in the chat.")
        case f.HoldEnded(by=by):
            return team(f"{name(by)} handed the chat back to the bot.")
        case _:
            return _of_alert(at, fact, library, colleagues, clock)


def _of_alert(
    at: datetime, fact: f.Fact, library: Library, colleagues: Mapping[StaffId, str], clock: TeamClock
) -> Entry | None:
    alert, concern = getattr(fact, "alert", None), getattr(fact, "concern", None)
    text = sentence(fact, colleagues, clock) if alert and concern else None
    if text is None or concern is None:
        return None
    return Entry(at, "alerts", text, alert, words.concern_in_words(library, concern))


def _score(score: f.ScoreRecorded, library: Library) -> str:
    measure, name = library.measures.get(score.measure), words.measure_name(library, score.measure)
    if score.total is None:
        return f"{name} answered; no total{'' if score.complete else ', since some were left out'}."
    highest = score.of if score.of is not None else measure.range[1] if measure else None
    band = measure.band(score.total) if measure else None
    of = f" of {said(highest)}" if highest is not None else ""
    return f"{name}: {said(score.total)}{of}{f' ({band.name})' if band else ''}."


def _hinge(why: str, opened: Sequence[str], library: Library) -> str:
    """Why more was asked, and what."""
    because = "Mood far below their usual" if why == "mood_fell" else "The short form was positive"
    asked = [
        words.measure_name(library, m) if m in library.measures else "the plain question" for m in opened
    ]
    return f"{because}: {'asked ' + ' and '.join(asked) if asked else 'what is planned anyway was asked'}."


SAFETY = {
    "yes": "yes",
    "no": "no",
    "rather": "they would rather not say",
    "words": "answered in words that rang",
}
ENDINGS = {
    "finished": "Finished",
    "stopped": "Stopped",
    "left": "Left for something else:",
    "lost": "Could not go on with",
    "overran": "Could not go on with",
}
GOAL_ENDED = {"done": "Marked a goal as done.", "let_go": "Let a goal go."}
PLAN_SHARED = {True: "Let the team read", False: "Keeps to themselves"}
PLANS = {
    "safety": "their safety plan",
    "flare": "their flare-up plan",
    "well": "their plan for staying well",
}
ENDED = {
    f.PatientDischarged: "Discharged",
    f.PatientTransferred: "Handed over to another service",
    f.DeathRecorded: "Their death was noted",
}
