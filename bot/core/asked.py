"""What had just been asked, in the screen's own words: its verdict on a short reply depends on it."""

from __future__ import annotations

from bot.core.flow.choices import CONFIRM
from bot.core.library import Ask, Library
from bot.core.reading import read_given
from bot.core.safety import Context
from bot.core.state import (
    CheckInRun,
    Conversation,
    DiaryRun,
    ForPatient,
    GoalRun,
    GroupRun,
    GuidedRun,
    ModuleRun,
    PlanRun,
    SafetyRun,
)

READINGS = frozenset({"glucose", "ketones", "temperature", "oxygen", "weight"})


def answers_the_question(state: Conversation, library: Library, text: str) -> bool:
    """Whether these words are one of the answers of the questionnaire on the screen: nothing is left to understand."""
    wait, run = state.wait, state.top
    if not isinstance(wait, ForPatient) or wait.item is None or not isinstance(run, CheckInRun):
        return False
    measure = library.measures.get(run.measure)
    item = measure.item(wait.item.partition(".")[2]) if measure else None
    return measure is not None and item is not None and read_given(text, measure, item) is not None


def context_of(state: Conversation, library: Library | None, *, group_post: bool = False) -> Context:
    """The screen's context for a text of this patient."""
    asked = "group_post" if group_post else _asked(state, library)
    return Context(state=asked, conditions=frozenset(state.profile.conditions), group=group_post)


def _asked(state: Conversation, library: Library | None) -> str:
    if state.paused:
        return "paused"
    wait, run = state.wait, state.top
    if not isinstance(wait, ForPatient):
        return "none"
    if wait.item == CONFIRM:
        return CONFIRM
    if wait.item == "reminder_time":
        return "reminder_time"
    match run:
        case SafetyRun(dialogue="crisis" | "gentle" | "item" | "not_safe", phase="direct" | "right_now"):
            return "safety_question"
        case SafetyRun():
            return "after_signpost"
        case CheckInRun() if wait.item is not None:
            return f"measure:{wait.item}"
        case GuidedRun(phase="safety"):
            return "safety_question"
        case GuidedRun(phase="rate") if wait.item is not None:
            return f"measure:{wait.item}"
        case GuidedRun(phase="words"):
            return "ask:text"
        case GroupRun(phase="pseudonym"):
            return "group_name"
        case PlanRun() if wait.item is not None:
            return "ask:text"
        case GoalRun(phase="words") if wait.item is not None:
            return "goal"
        case DiaryRun() if wait.item is not None:
            return _in_diary(run, library)
        case ModuleRun():
            return "goal" if wait.item == "goal" else _in_module(run, library)
        case _:
            return "goal" if wait.item == "goal" else "ask:text" if wait.item else "none"


def _in_diary(run: DiaryRun, library: Library | None) -> str:
    diary = library.policy.diary if library else None
    kind = diary.kind(run.entry) if diary else None
    if kind is None or (kind.words and run.word is None):
        return "ask:text"
    return f"ask:number:{kind.reading}" if kind.reading else "none"


def _in_module(run: ModuleRun, library: Library | None) -> str:
    module = library.modules.get(run.module) if library else None
    step = module.step(run.step) if module else None
    part = step.parts[run.at] if step and run.at < len(step.parts) else None
    if isinstance(part, Ask):
        if part.how == "a number" and part.name in READINGS:
            return f"ask:number:{part.name}"
        return "ask:text"
    return "exercise" if part is not None and part.kind == "exercise" else "none"
