"""Ending what is open: because something else was chosen, or because the patient stops."""

from __future__ import annotations

from typing import Literal

from bot.core.facts import RunEnded
from bot.core.flow.voice import Talk
from bot.core.state import (
    MOST_RUNS,
    CheckInRun,
    DiaryRun,
    GoalRun,
    GroupRun,
    GuidedRun,
    ModuleRun,
    PlanRun,
    RatingRun,
    Run,
    SafetyRun,
)
from bot.core.values import tag_of


def leave_all(pen: Talk, how: Literal["left", "stopped"] = "left") -> None:
    """Something new begins, or nothing: what was open is ended, as the patient chose."""
    while pen.state.top is not None:
        leave_top(pen, how)


def room_for_another(pen: Talk) -> None:
    """A conversation is a stack of at most 4 Runs: the top one goes where there is no place for what must come now."""
    if len(pen.state.runs) >= MOST_RUNS:
        leave_top(pen)


def leave_top(pen: Talk, how: Literal["left", "stopped", "finished"] = "left") -> None:
    top = pen.state.top
    assert top is not None
    pen.write(RunEnded(kind=tag_of(type(top)), name=name_of(top), how=how))


def name_of(run: Run) -> str:
    match run:
        case ModuleRun(module=name) | RatingRun(module=name) | CheckInRun(measure=name):
            return name
        case SafetyRun(dialogue=name) | GroupRun(group=name):
            return name
        case GuidedRun():
            return "daily"
        case DiaryRun(entry=name):
            return name
        case PlanRun(plan=name):
            return "" if name == "safety" else name
        case GoalRun():
            return ""
