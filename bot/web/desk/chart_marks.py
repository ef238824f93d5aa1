"""What happened along a curve: modules, colleagues in the chat, alerts, the end of care. Marks below it, and a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.core import facts as f
from bot.core.library import Library
from bot.core.state import ModuleRun
from bot.ports import Happened
from bot.web.desk.happenings import module_title, number_of
from bot.web.desk.team_clock import TeamClock
from bot.web.desk.words import concern_in_words

Sign = Literal["begun", "finished", "colleague", "alert", "ended", "resumed"]


@dataclass(frozen=True)
class Moment:
    at: datetime
    sign: Sign
    text: str


@dataclass(frozen=True)
class Marks:
    """``moments``: oldest first. ``sentence``: how many of each. ``sessions``: days with a colleague in the chat before
    care ended."""

    moments: tuple[Moment, ...]
    sentence: str
    sessions: int

    def has(self, *signs: Sign) -> bool:
        return any(m.sign in signs for m in self.moments)


NO_MARKS = Marks((), "", 0)


def marks_of(happened: Sequence[Happened], library: Library, clock: TeamClock) -> Marks:
    """``happened``: newest first, without Runs that count as none."""
    moments: list[Moment] = []
    ended_on: date | None = None
    days: set[date] = set()
    for each in reversed(happened):
        day = clock.local(each.at).date()
        match each.fact:
            case f.HoldBegan() | f.MessageShown(sender="team"):
                if day not in {clock.local(m.at).date() for m in moments if m.sign == "colleague"}:
                    moments.append(Moment(each.at, "colleague", "A colleague was in the chat"))
                if ended_on is None:
                    days.add(day)
            case f.PatientDischarged() | f.PatientTransferred() | f.DeathRecorded() | f.PatientWithdrew():
                ended_on = day
                moments.append(Moment(each.at, "ended", "Their care ended"))
            case f.PatientTakenBack():
                ended_on = None
                moments.append(Moment(each.at, "resumed", "Their care went on"))
            case _:
                moment = _other(each, library)
                if moment is not None:
                    moments.append(moment)
    return Marks(tuple(moments), _sentence(moments), len(days))


def _other(each: Happened, library: Library) -> Moment | None:
    match each.fact:
        case f.RunStarted(run=ModuleRun(module=name)):
            return Moment(each.at, "begun", f"Begun: {module_title(library, name)}")
        case f.RunEnded(name=name, how="finished"):
            return Moment(each.at, "finished", f"Finished: {module_title(library, name)}")
        case f.AlertRaised(concern=concern):
            return Moment(each.at, "alert", f"Alert: {concern_in_words(library, concern)}")
        case _:
            return None


def _sentence(moments: Sequence[Moment]) -> str:
    """``3 modules begun, 2 finished; a colleague in the chat on 1 day; 2 alerts.``"""
    count = Counter(m.sign for m in moments)
    parts = []
    if count["begun"] or count["finished"]:
        parts.append(f"{number_of(count['begun'], 'module')} begun, {count['finished']} finished")
    if count["colleague"]:
        parts.append(f"a colleague in the chat on {number_of(count['colleague'], 'day')}")
    if count["alert"]:
        parts.append(number_of(count["alert"], "alert"))
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


# -- below a curve ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawn:
    x: float
    sign: Sign


@dataclass(frozen=True)
class Lane:
    """One row of marks below the curve. ``y``: its middle."""

    name: str
    y: float
    drawn: tuple[Drawn, ...]


LANES: tuple[tuple[str, tuple[Sign, ...]], ...] = (
    ("modules", ("begun", "finished")),
    ("colleague", ("colleague",)),
    ("alerts", ("alert",)),
)
LANE = 18
CLOSE = 9.0
"""Marks of one row that would touch are drawn as one; the later one stays."""


def lanes_of(marks: Marks, x_of: Callable[[datetime], float], top: float) -> tuple[Lane, ...]:
    shown = [(name, signs) for name, signs in LANES if marks.has(*signs)]
    return tuple(
        Lane(
            name,
            top + LANE * (n + 0.5),
            _apart([Drawn(x_of(m.at), m.sign) for m in marks.moments if m.sign in signs]),
        )
        for n, (name, signs) in enumerate(shown)
    )


def _apart(drawn: Sequence[Drawn]) -> tuple[Drawn, ...]:
    kept: list[Drawn] = []
    for each in reversed(drawn):
        if not kept or kept[-1].x - each.x >= CLOSE:
            kept.append(each)
    return tuple(reversed(kept))
