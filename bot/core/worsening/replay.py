"""A rule set over the past: which alerts it would have raised, and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.core.escalation import graver
from bot.core.library import Level
from bot.core.state import MOST_SCORES_KEPT, ScoreKept
from bot.core.worsening.judging import Verdict, verdicts
from bot.core.worsening.rules import Histories, Rules

ANSWERED_IN = timedelta(days=3)
"""How long an alert stays open in a replay: the next weekly check-in finds it resolved."""

# What is said of the newest score of a measure.
Judge = Callable[[str, Histories], Sequence[Verdict]]


@dataclass(frozen=True)
class Replayed:
    """One alert. ``rules``: those that spoke while it was open, the first first; ``level``: the gravest of them."""

    measure: str
    at: datetime
    level: Level
    rules: tuple[str, ...]


def judge_by(rules: Rules) -> Judge:
    return partial(_judge, rules)


def _judge(rules: Rules, measure: str, histories: Histories) -> Sequence[Verdict]:
    return verdicts(measure, histories, rules)


def replay(histories: Histories, judge: Judge, *, answered_in: timedelta) -> tuple[Replayed, ...]:
    """Every alert of one person, oldest first. Scores are judged as they came, by what was known then.

    ``answered_in``: so long an alert stays open, and takes in what is said of its measure meanwhile.
    """
    came = sorted((score.at, name, n) for name, scores in histories.items() for n, score in enumerate(scores))
    known: dict[str, Sequence[ScoreKept]] = {}
    raised: list[Replayed] = []
    standing: dict[str, int] = {}
    for at, measure, n in came:
        known[measure] = histories[measure][max(0, n + 1 - MOST_SCORES_KEPT) : n + 1]
        found = judge(measure, known)
        if not found:
            continue
        if measure in standing and at - raised[standing[measure]].at < answered_in:
            raised[standing[measure]] = _added(raised[standing[measure]], found)
        else:
            standing[measure] = len(raised)
            raised.append(_added(Replayed(measure, at, found[0].level, ()), found))
    return tuple(raised)


def _added(alert: Replayed, found: Sequence[Verdict]) -> Replayed:
    level = alert.level
    for verdict in found:
        level = graver(level, verdict.level)
    said = dict.fromkeys((*alert.rules, *(verdict.rule for verdict in found)))
    return Replayed(alert.measure, alert.at, level, tuple(said))
