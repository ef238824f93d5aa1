"""What must never be said, and what must not be missing: rules written down a second time, beside those that are judged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.core.facts import (
    CheckInMissed,
    Fact,
    MessageHeard,
    ReminderDropped,
    ReminderGiven,
    ReminderMoved,
    ReminderPlanned,
    ScoreRecorded,
)
from bot.core.state import (
    CheckInRun,
    Conversation,
    ForPatient,
    GroupRun,
    GuidedRun,
    ModuleRun,
    RatingRun,
    SafetyRun,
)
from bot.report.weeks_life import BEGIN, DAYS, Life
from bot.report.weeks_tally import Tally

QUIET_FROM, QUIET_UNTIL = time(21), time(8)
OPEN_TO_A_WORD = (ModuleRun, GroupRun, RatingRun)
"""What a reminder may stand beside where it asks nothing; everything else that lies open is left alone."""

THEIRS_FOR, WORDS_FOR = timedelta(days=1), timedelta(hours=1)
"""From the last thing that they said: longer ago, whatever lies open is left, and silences nobody. Words beside taps that
were sent are left sooner, a talk about safety never."""


class Judge:
    """Of one person, from their joining to the end of the run."""

    def __init__(self, life: Life, weeks: int) -> None:
        self.life, self.zone, self.now = life, ZoneInfo(life.zone), life.joins
        self.end = BEGIN + timedelta(weeks=weeks)
        self.tally = Tally(people=1, weeks=[0] * weeks)
        self._open: dict[UUID, str] = {}
        self._looks: set[date] = set()
        self._spoke = life.joins
        self._asked: list[tuple[date, int]] = []

    def hears(self, fact: Fact, before: Conversation, now: datetime, *, stopped: bool) -> None:
        tally, self.now = self.tally, now
        match fact:
            case MessageHeard():
                self._spoke = now
            case ReminderPlanned():
                tally.planned[_kind(fact.what)] += 1
                self._open[fact.reminder] = fact.what
                if fact.what == "daily":
                    self._planned_look(fact.due_at)
            case ReminderMoved():
                tally.moved[fact.why] += 1
                tally.offences["moved without a reason"] += not fact.why
            case ReminderDropped():
                tally.dropped[fact.why] += 1
                self._ends(fact.reminder)
            case ReminderGiven():
                tally.given[_kind(fact.what)] += 1
                self._ends(fact.reminder)
                self._is_said(before, stopped)
            case CheckInMissed():
                tally.told += 1
            case ScoreRecorded():
                if _asked_of_them(before):
                    self._is_asked(len(fact.items))

    def _ends(self, reminder: UUID) -> None:
        if self._open.pop(reminder, None) is None:
            self.tally.offences["ended without having been planned"] += 1

    def _is_said(self, before: Conversation, stopped: bool) -> None:
        wrong, local = self.tally.offences, self.now.astimezone(self.zone)
        wrong["in quiet hours"] += not QUIET_UNTIL <= local.time() < QUIET_FROM
        wrong["after they stopped them"] += stopped
        wrong["after the end of their care"] += before.gone
        wrong["into a hold"] += before.hold is not None
        wrong["into something open"] += self._is_at_it(before)
        pause = before.weeks.paused_until
        wrong["in a pause"] += pause is not None and self.now < pause
        week = (self.now - BEGIN).days // 7
        if week < len(self.tally.weeks):
            self.tally.weeks[week] += 1

    def _is_at_it(self, before: Conversation) -> bool:
        if any(isinstance(run, SafetyRun) for run in before.runs):
            return True
        asked = isinstance(before.wait, ForPatient) and before.wait.item is not None
        if not asked and all(isinstance(run, OPEN_TO_A_WORD) for run in before.runs):
            return False
        at_words = isinstance(top := before.top, GuidedRun) and top.phase == "words"
        return self.now - self._spoke < (WORDS_FOR if at_words else THEIRS_FOR)

    def _planned_look(self, due: datetime) -> None:
        """At the hour that they chose, on whatever clock, and less than an hour after it."""
        local, hour = due.astimezone(self.zone).replace(tzinfo=None), time.fromisoformat(self.life.hour)
        chosen = datetime.combine(local.date(), hour)
        self.tally.offences["off their hour"] += not timedelta() <= local - chosen < timedelta(hours=1)
        self._looks.add(local.date())

    def _is_asked(self, items: int) -> None:
        """In any 7 days of their own calendar."""
        today = self.now.astimezone(self.zone).date()
        self._asked = [(day, n) for day, n in self._asked if today - day < timedelta(days=7)]
        self._asked.append((today, items))
        self.tally.most_items = max(self.tally.most_items, sum(n for _, n in self._asked))

    def reckons(self, state: Conversation) -> Tally:
        """What was planned and never ended waits with a timer, or is missing without a reason; no day is left out."""
        waiting = {r.id: r for r in state.reminders.values()}
        timers = list(state.timers.values())
        for reminder in self._open:
            held = waiting.get(reminder)
            if held is None or held.due_at < self.end - timedelta(hours=1) or not timers:
                self.tally.unexplained += 1
            else:
                self.tally.waiting += 1
        self.tally.unexplained += sum(1 for _ in self._days_left_out())
        return self.tally

    def _days_left_out(self) -> Iterator[date]:
        """Of their rhythm between two looks that were planned: a pause and "stop" leave a gap, and nothing else does."""
        if self.life.daily is None or self.life.pauses is not None or not self._looks:
            return
        first, last = min(self._looks), max(self._looks)
        for n in range((last - first).days):
            day = first + timedelta(days=n)
            if day.weekday() in DAYS[self.life.daily] and day not in self._looks:
                yield day


def _asked_of_them(before: Conversation) -> bool:
    """Not what a module asks, nor what they wanted to tell once more by themselves."""
    own = any(isinstance(run, GuidedRun) and run.own for run in before.runs)
    called = any(isinstance(run, CheckInRun) and run.called for run in before.runs)
    return not own and not called


def _kind(what: str) -> str:
    return what.partition(":")[0]
