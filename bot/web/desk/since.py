"""What changed since somebody was last on a patient's page, in one short sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core import facts as f
from bot.core.library import Library, said
from bot.ports import PatientHistory, ScoreSeen
from bot.web.desk.happenings import number_of, that_count
from bot.web.desk.team_clock import TeamClock
from bot.web.desk.words import measure_name


@dataclass(frozen=True)
class Since:
    """``when``: with its word before it, ``on Tuesday at 14:05``. ``changes``: empty where nothing is new."""

    at: datetime
    when: str
    changes: tuple[str, ...]

    @property
    def sentence(self) -> str:
        return f"Since you were here {self.when}: {', '.join(self.changes) or 'nothing new'}."


def since_last_visit(
    history: PatientHistory, scores: Sequence[ScoreSeen], library: Library, clock: TeamClock
) -> Since | None:
    """None for somebody who was never here."""
    here = history.here_before
    if here is None:
        return None
    fresh = [each.fact for each in that_count(history.happened) if each.at > here]
    changes = [
        _check_ins(scores, here, library, clock),
        _modules(fresh),
        _counted(sum(isinstance(fact, f.GoalSet) for fact in fresh), "goal"),
        _counted(history.written_since, "message"),
        _counted(sum(isinstance(fact, f.AlertRaised) for fact in fresh), "alert"),
        "their care ended" if any(isinstance(fact, ENDS) for fact in fresh) else "",
    ]
    return Since(here, clock.lately(here), tuple(change for change in changes if change))


ENDS = (f.PatientDischarged, f.PatientTransferred, f.DeathRecorded, f.PatientWithdrew)


def _counted(number: int, thing: str) -> str:
    return number_of(number, thing) if number else ""


def _modules(fresh: Sequence[f.Fact]) -> str:
    begun = sum(isinstance(fact, f.RunStarted) for fact in fresh)
    finished = sum(isinstance(fact, f.RunEnded) and fact.how == "finished" for fact in fresh)
    if not begun:
        return f"{number_of(finished, 'module')} finished" if finished else ""
    return f"{number_of(begun, 'module')} begun{f' and {finished} finished' if finished else ''}"


def _check_ins(scores: Sequence[ScoreSeen], here: datetime, library: Library, clock: TeamClock) -> str:
    """``2 check-ins (PHQ-9 12 → 16, GAD-7 9)``: days with answers, and each total from the last one seen on."""
    fresh = [score for score in scores if score.at > here]
    if not fresh:
        return ""
    days = len({clock.local(score.at).date() for score in fresh})
    named = [
        f"{measure_name(library, measure)} {went}"
        for measure in dict.fromkeys(score.measure for score in fresh)
        if (went := _went([score for score in scores if score.measure == measure], here))
    ]
    totals = f" ({', '.join(named)})" if named else ""
    return number_of(days, "check-in") + totals


def _went(scores: Sequence[ScoreSeen], here: datetime) -> str:
    """From the last total that they saw then to the newest."""
    before = [said(score.total) for score in scores if score.at <= here and score.total is not None]
    after = [said(score.total) for score in scores if score.at > here and score.total is not None]
    return " → ".join([*before[-1:], *after[-1:]]) if after else ""
