"""What has happened to an alert, told in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.facts import (
    AlertAcknowledged,
    AlertEscalated,
    AlertHandedOver,
    AlertPostponed,
    AlertRaised,
    AlertReopened,
    AlertResolved,
    AlertSnoozed,
    EvidenceAdded,
    Fact,
    SafetyAnswered,
)
from bot.core.values import StaffId
from bot.usecases.looking import AlertOpened
from bot.web.desk import words
from bot.web.desk.team_clock import TeamClock


@dataclass(frozen=True)
class Told:
    """``note``: what a colleague wrote with it; that of the end stands at the top of the page."""

    at: datetime
    text: str
    note: str | None = None


def history_of(opened: AlertOpened, colleagues: Mapping[StaffId, str], clock: TeamClock) -> list[Told]:
    """What happened, in sentences, oldest first."""
    told = []
    for at, fact in opened.history:
        text = sentence(fact, colleagues, clock)
        if text is not None:
            note = None if isinstance(fact, AlertResolved) else getattr(fact, "note", None)
            told.append(Told(at, text, opened.notes.get(note) if note else None))
    return told


def sentence(fact: Fact, colleagues: Mapping[StaffId, str], clock: TeamClock) -> str | None:
    """None for what is no news to whoever looks after the alert."""

    def name(staff: StaffId) -> str:
        return colleagues.get(staff, "A former colleague")

    match fact:
        case AlertRaised(level=level):
            return f"Raised: {words.LEVELS[level].lower()}."
        case EvidenceAdded(tell=True, level=level):
            return f"New evidence; it is now: {words.LEVELS[level].lower()}. People were told again."
        case EvidenceAdded():
            return "New evidence."
        case AlertEscalated(rung=rung):
            return f"Not acknowledged in time: step {rung + 1} of the ladder was told."
        case AlertPostponed():
            return "A colleague is in the chat with them: the next people wait."
        case AlertAcknowledged(by=by):
            return f"{name(by)} acknowledged it."
        case AlertSnoozed(by=by, until=until, reason=reason):
            return f"{name(by)} put it off until {clock.time(until)}: {words.SNOOZE_REASONS.get(reason, reason).lower()}."
        case AlertHandedOver(by=by, to=to):
            if to is None:
                return "Whoever looked after it has left: it began again with the first step, which was told."
            return f"{name(by)} handed it over to {name(to)}, who was told."
        case AlertReopened(why=why):
            return words.REOPENED[why]
        case AlertResolved(by=by, outcome=outcome):
            return f"{name(by)} resolved it: {words.OUTCOMES.get(outcome, outcome)}."
        case SafetyAnswered(phase=phase, answer=answer):
            return _safety_answer(phase, answer)
        case _:
            return None


CONTACT = {
    "phone": "They would like to be contacted by phone.",
    "message": "They would like to be contacted by a message in the chat.",
    "either": "They would like to be contacted either way.",
    "visit": "It is safe to speak to them only face to face.",
    "rather": "They would rather not say how they can be contacted safely.",
    "words": "They wrote how they would like to be contacted: it stands in the chat.",
}


def _safety_answer(phase: str, answer: str) -> str:
    if phase == "contact":
        return CONTACT.get(answer, "They were asked how they would like to be contacted.")
    asked = {"direct": "Asked directly", "right_now": "Asked about danger right now"}
    said = {
        "yes": "yes",
        "no": "no",
        "rather": "they would rather not say",
        "fine": "they are all right themselves",
        "hard": "it is hard for them too",
    }.get(answer, "no clear answer")
    return f"{asked.get(phase, 'Asked')}: {said}."
