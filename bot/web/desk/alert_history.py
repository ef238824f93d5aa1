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
        if isinstance(fact, SafetyAnswered) and not _is_about(fact, opened.alert.concern):
            continue
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
            return f"Raised: {words.HOW_SOON[level]}."
        case EvidenceAdded(tell=True, level=level):
            again = "" if level == "routine" else " People were told again."
            return f"New evidence: {words.HOW_SOON[level]}.{again}"
        case EvidenceAdded():
            return "New evidence."
        case AlertEscalated(rung=rung):
            return f"Not acknowledged in time: the people of step {rung + 1} were told."
        case AlertPostponed():
            return "A colleague is in the chat with them: the next people wait."
        case AlertAcknowledged(by=by):
            return f"{name(by)} acknowledged it."
        case AlertSnoozed(by=by, until=until, reason=reason):
            return f"{name(by)} put it off until {clock.time(until)}: {words.SNOOZE_REASONS.get(reason, reason).lower()}."
        case AlertHandedOver(to=None, due_at=due_at):
            told = (
                "it began again with the first step, which was told" if due_at else words.HOW_SOON["routine"]
            )
            return f"Whoever looked after it has left: {told}."
        case AlertHandedOver(by=by, to=to, due_at=due_at) if to is not None:
            return f"{name(by)} handed it over to {name(to)}{', who was told' if due_at else ': ' + words.HOW_SOON['routine']}."
        case AlertReopened(why=why, due_at=due_at):
            told = "people were told" if due_at else words.HOW_SOON["routine"]
            return f"{words.REOPENED[why]}: it is open again, and {told}."
        case AlertResolved(by=by, outcome=outcome):
            return f"{name(by)} resolved it: {words.outcome(outcome)}."
        case SafetyAnswered():
            return _safety_answer(fact)
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


THOUGHTS = "Asked about thoughts of ending their life"
HURT_NOW = "Asked whether they are in danger right now, or have hurt themselves already"
DANGER_NOW = "Asked whether somebody is a danger to them right now"
ASKED = {
    **{(dialogue, "direct"): THOUGHTS for dialogue in ("crisis", "gentle", "item", "not_safe")},
    **{(dialogue, "right_now"): HURT_NOW for dialogue in ("crisis", "gentle", "item", "not_safe")},
    ("red_flag", "direct"): "Asked whether it is a medical emergency",
    ("afraid", "direct"): "Asked whether somebody hurts them or makes them afraid",
    **{(dialogue, "right_now"): DANGER_NOW for dialogue in ("safeguarding", "afraid")},
    ("others", "direct"): "Asked whether a child, or somebody else, is being hurt or in danger",
    ("harm", "right_now"): "Asked whether somebody could get hurt right now",
    ("third_person", "direct"): "They worry about somebody else; asked how they are themselves",
}


def _is_about(fact: SafetyAnswered, concern: str) -> bool:
    """How somebody can be contacted matters to whoever looks after any alert of theirs, an answer to its own alone."""
    if fact.phase == "contact":
        return True
    if not fact.concern:
        return concern.partition(":")[0] in ("risk", "emergency", "safeguarding")
    return concern == fact.concern or (fact.dialogue == "third_person" and concern == "risk")


def _safety_answer(fact: SafetyAnswered) -> str:
    if fact.phase == "contact":
        return CONTACT.get(fact.answer, "They were asked how they would like to be contacted.")
    said = {
        "yes": "yes",
        "no": "no",
        "rather": "they would rather not say",
        "fine": "they are all right themselves",
        "hard": "it is hard for them too",
    }.get(fact.answer, "no clear answer")
    asked = ASKED.get(
        (fact.dialogue, fact.phase), "Asked about their safety (the question stands in the chat)"
    )
    return f"{asked}: {said}."
