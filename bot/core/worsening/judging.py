"""Every rule about a new score, for one measure beside the others of the same person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core.library import Level, Number, ScoreLimits
from bot.core.state import ScoreKept
from bot.core.worsening.changes import change_of, numbers_of, others_in, together
from bot.core.worsening.rules import Histories, Rules


@dataclass(frozen=True)
class Verdict:
    """Why somebody should look. ``rule``: ``reliable_deterioration``, ``case_crossed``, ``severe_entered``,
    ``severe_at_baseline``, ``no_reliable_change`` or ``plateau``; ``with_others`` adds to one that was told before."""

    rule: str
    level: Level
    numbers: Mapping[str, float]


def verdicts(measure: str, histories: Histories, rules: Rules) -> tuple[Verdict, ...]:
    """Every rule that holds for the newest score of a measure; the first reason first, with what else changed.

    >>> from datetime import datetime
    >>> from bot.core.library import Worsening
    >>> scores = [ScoreKept(total=t, at=datetime(2026, month, 1)) for month, t in ((2, 6), (3, 14))]
    >>> policy = Worsening(version="1", look_back_weeks=12, measures={"phq9": ScoreLimits(worse_by=6)})
    >>> verdicts("phq9", {"phq9": scores}, Rules("default", policy))[0].rule
    'reliable_deterioration'
    """
    limits, scores = rules.policy.measures.get(measure), histories.get(measure, ())
    if limits is None or not scores:
        return ()
    judged = _Judged(measure, scores, limits, rules)
    rules_of_it = (judged.worse, judged.crossed, judged.severe, judged.unchanged, judged.levelled)
    found = [v for rule in rules_of_it if (v := rule())]
    if found and (others := others_in(measure, histories, rules)):
        found[0] = replace(found[0], numbers={**found[0].numbers, **others})
    return tuple(found)


def said_before(measure: str, histories: Histories, rules: Rules) -> tuple[tuple[str, Verdict], ...]:
    """Of the other measures that spoke already at about this time, what this one's change adds: ``with_others``."""
    change = change_of(measure, histories[measure], rules)
    if change is None:
        return ()
    at, found = histories[measure][-1].at, []
    for other, scores in histories.items():
        if other == measure or not scores or abs(at - scores[-1].at) > together(rules):
            continue
        if spoke := verdicts(other, histories, rules):
            numbers = {"new": scores[-1].total, **numbers_of(measure, change)}
            found.append((other, Verdict("with_others", spoke[0].level, numbers)))
    return tuple(found)


@dataclass(frozen=True)
class _Judged:
    measure: str
    scores: Sequence[ScoreKept]
    limits: ScoreLimits
    rules: Rules

    @property
    def new(self) -> Number:
        return self.scores[-1].total

    @property
    def last(self) -> Number | None:
        """However long ago: who comes back after months has still crossed what lies between."""
        return self.scores[-2].total if len(self.scores) > 1 else None

    def reaches(self, total: Number, limit: Number) -> bool:
        return self.rules.weight(self.measure, total) >= self.rules.weight(self.measure, limit)

    def worse(self) -> Verdict | None:
        change, enough = change_of(self.measure, self.scores, self.rules), self.limits.worse_by
        if change is None or change.kind == "better" or enough is None or self.said_already():
            return None
        weeks = self.rules.policy.look_back_weeks
        numbers = {"new": self.new, "best": change.was, "worse_by": enough, "weeks": weeks}
        return Verdict("reliable_deterioration", self.limits.levels.worse, numbers)

    def said_already(self) -> bool:
        """Counted from the score at which it was last said, so that a slow slide is said again too."""
        again, told, spoke = self.limits.again_by, None, True
        if again is None:
            return False
        for n in range(2, len(self.scores) + 1):
            change = change_of(self.measure, self.scores[:n], self.rules)
            weight = self.rules.weight(self.measure, self.scores[n - 1].total)
            worse = change is not None and change.kind == "worse"
            spoke = worse and (told is None or weight - told >= again)
            told = weight if spoke else told if worse else None
        return not spoke

    def crossed(self) -> Verdict | None:
        """A first score has nothing to worsen from, or every new patient would be an alert."""
        case, last = self.limits.case_at, self.last
        if case is None or last is None or self.reaches(last, case) or not self.reaches(self.new, case):
            return None
        numbers = {"new": self.new, "last": last, "case_at": case}
        return Verdict("case_crossed", self.limits.levels.case_crossed, numbers)

    def severe(self) -> Verdict | None:
        """Entered, not stayed in: the same alert every week would teach people to look away."""
        severe, last = self.limits.severe_at, self.last
        if severe is None or not self.reaches(self.new, severe):
            return None
        if last is None:
            numbers = {"new": self.new, "severe_at": severe}
            return Verdict("severe_at_baseline", self.limits.levels.severe_at_first, numbers)
        if self.reaches(last, severe):
            return None
        numbers = {"new": self.new, "last": last, "severe_at": severe}
        return Verdict("severe_entered", self.limits.levels.severe_entered, numbers)

    def unchanged(self) -> Verdict | None:
        """Said once, of a case that is still one: at the first score after the agreed number of weeks."""
        agreed, enough, case = self.rules.policy.no_change, self.limits.worse_by, self.limits.case_at
        if agreed is None or enough is None or case is None or len(self.scores) < 2:
            return None
        first, before, new = self.scores[0], self.scores[-2], self.scores[-1]
        weeks = timedelta(weeks=agreed.after_weeks)
        if not before.at - first.at < weeks <= new.at - first.at:
            return None
        if abs(new.total - first.total) >= enough:
            return None
        if not (self.reaches(first.total, case) and self.reaches(new.total, case)):
            return None
        numbers = {"new": new.total, "first": first.total, "weeks": agreed.after_weeks, "worse_by": enough}
        return Verdict("no_reliable_change", agreed.level, numbers)

    def levelled(self) -> Verdict | None:
        """Said once, of a case that is still one: at the first score with which the last ones have stopped moving."""
        agreed, last = self.rules.policy.plateau, len(self.scores)
        was = self._level_since(last)
        if agreed is None or was is None or self._level_since(last - 1) is not None:
            return None
        numbers = {"new": self.new, "was": was, "check_ins": agreed.check_ins}
        return Verdict("plateau", agreed.level, {**numbers, "worse_by": self.limits.worse_by or 0})

    def _level_since(self, upto: int) -> Number | None:
        """The earlier score that was furthest away; None where the last ones move, or nothing had changed before."""
        agreed, enough, case = self.rules.policy.plateau, self.limits.worse_by, self.limits.case_at
        if agreed is None or enough is None or case is None or upto <= agreed.check_ins:
            return None
        totals = [score.total for score in self.scores[:upto]]
        earlier, last = totals[: -agreed.check_ins], totals[-agreed.check_ins :]
        if max(last) - min(last) >= enough or not self.reaches(last[-1], case):
            return None
        furthest = max(earlier, key=lambda total: abs(total - last[0]))
        return furthest if abs(furthest - last[0]) >= enough else None
