"""Taking part in groups, put beside outcomes: a landmark analysis of those who agreed to be counted.

Who has taken part is fixed at the landmark, so many weeks after the first check-in, by what was known then; outcomes are
changes from where each stood at the landmark to their last score after it. So nobody is counted among those who took
part for having stayed long enough to do so, and nothing that was better before they joined counts for the group.

What comes out is rounded and has its small numbers left blank: nothing else leaves this module for a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, get_args

from bot.core.library import Number, OutcomeRules
from bot.core.library.policy import Participation, Suppression
from bot.core.outcomes import Outcome, Pair, count_told, outcome_of, parts_told, share_told
from bot.core.shares import wilson
from bot.core.state import ScoreKept

WEEK = timedelta(weeks=1)
LEAST = Suppression(blank_below=5, round_to=5)
"""Where a rule set says nothing: numbers of groups never go out bare."""

Class = Literal["never", "quiet", "took_part"]
CLASSES: tuple[Class, ...] = get_args(Class)
Third = Literal["least", "middle", "most"]
THIRDS: tuple[Third, ...] = get_args(Third)


class Stay(NamedTuple):
    """In a room, from when until when; None: they are still in it."""

    joined: datetime
    left: datetime | None


@dataclass(frozen=True)
class Counted:
    """Somebody who agreed to be counted: times and totals, and neither an id nor a word.

    ``posts``: when others first saw each, whatever became of it later; ``answers``: those of them that answer another.
    ``reactions``: also such as were taken back. ``read_at``: when they last read, which is all that is known of reading.
    """

    scores: Mapping[str, tuple[ScoreKept, ...]]
    stays: tuple[Stay, ...] = ()
    posts: tuple[datetime, ...] = ()
    answers: tuple[datetime, ...] = ()
    reactions: tuple[datetime, ...] = ()
    read_at: datetime | None = None


class Taken(NamedTuple):
    """``active_weeks``: different weeks with a post that others saw, or a reaction."""

    weeks_in: int
    posts: int
    answers: int
    reactions: int
    active_weeks: int

    @property
    def dose(self) -> int:
        return self.posts + self.reactions


def taken_part(one: Counted, since: datetime, until: datetime) -> Taken:
    """Up to and with that moment. Weeks are counted from ``since``, forwards and back; what came before counts too."""

    def so_far(times: Sequence[datetime]) -> list[datetime]:
        return [at for at in times if at <= until]

    posts, reactions = so_far(one.posts), so_far(one.reactions)
    inside: set[int] = set()
    for joined, left in one.stays:
        if joined <= until:
            inside.update(range(_week(joined, since), _week(min(left or until, until), since) + 1))
    active = {_week(at, since) for at in (*posts, *reactions)}
    return Taken(len(inside), len(posts), len(so_far(one.answers)), len(reactions), len(active))


def _week(at: datetime, since: datetime) -> int:
    return (at - since) // WEEK


def class_of(one: Counted, since: datetime, until: datetime, rules: Participation) -> Class:
    """``quiet``: they had joined, and read at most, or wrote and reacted in fewer weeks than it takes."""
    if taken_part(one, since, until).active_weeks >= rules.weeks_to_take_part:
        return "took_part"
    return "quiet" if any(stay.joined <= until for stay in one.stays) else "never"


# -- one person at the landmark ------------------------------------------------------------------------


@dataclass(frozen=True)
class Followed:
    """``outcome``: from where they stood at the landmark to their last score after it. ``later``: had not joined then,
    and has since."""

    kind: Class
    taken: Taken
    case_at_first: bool | None
    outcome: Outcome
    later: bool


def followed(one: Counted, rules: OutcomeRules, now: datetime) -> Followed | None:
    """None where there is no check-in yet, or the landmark has not come."""
    how = rules.participation
    scores = {measure: one.scores.get(measure, ()) for measure in rules.case_at}
    begun = [kept[0].at for kept in scores.values() if kept]
    if not begun:
        return None
    since = min(begun)
    landmark = since + how.landmark_weeks * WEEK
    if landmark > now:
        return None
    end = landmark + how.follow_weeks * WEEK
    first: dict[str, Number] = {}
    stood: dict[str, Number] = {}
    last: dict[str, Number] = {}
    for measure, kept in scores.items():
        for score in kept:
            if score.at <= landmark:
                first.setdefault(measure, score.total)
                stood[measure] = score.total
            elif score.at <= end:
                last[measure] = score.total
    at_first = outcome_of(Pair(first, {}, 0), rules)
    kind = class_of(one, since, landmark, how)
    return Followed(
        kind,
        taken_part(one, since, landmark),
        at_first.case_at_start,
        outcome_of(Pair(stood, last, 0), rules),
        later=kind == "never" and any(landmark < stay.joined <= now for stay in one.stays),
    )


# -- many, as they may be shown ------------------------------------------------------------------------


class Row(NamedTuple):
    """Counts as printed and whole per cents; None where too few would be told. ``known``: with a score of each measure
    before and after. ``cases``: of whom recovery is known. The rates are of ``known``, recovery of ``cases``. Who stayed
    the same is not printed: it would give away a blank beside it."""

    people: int | None
    known: int | None
    cases_at_first: int | None
    cases: int | None
    recovered: int | None
    improved: int | None
    deteriorated: int | None
    recovery_rate: int | None
    improvement_rate: int | None
    deterioration_rate: int | None
    later: int | None


class Dose(NamedTuple):
    """Of a third of those who took part, by posts and reactions."""

    people: int | None
    known: int | None
    cases: int | None
    recovery_rate: int | None
    improvement_rate: int | None
    deterioration_rate: int | None


class Members(NamedTuple):
    """What those who ever joined have done by now: how many of them. ``opened``: they have read, once at least."""

    joined: int | None
    opened: int | None
    posted: int | None
    answered: int | None
    reacted: int | None
    took_part: int | None


@dataclass(frozen=True)
class Evidence:
    """``people``: who agreed and may be counted; ``reached``: whose landmark has come. ``thirds``: by number of posts and
    reactions, None where one of them would be told of too few. ``made_up``: they are simulated, there are no others."""

    rules: str
    how: Participation
    hide: Suppression
    people: int | None
    reached: int | None
    rows: Mapping[Class, Row]
    thirds: Mapping[Third, Dose] | None
    members: Members
    made_up: bool


def evidence_of(people: Sequence[Counted], rules: OutcomeRules, now: datetime, *, made_up: bool) -> Evidence:
    hide = rules.suppression or LEAST
    found = [one for one in (followed(person, rules, now) for person in people) if one is not None]
    by_class = {kind: [one for one in found if one.kind == kind] for kind in CLASSES}
    never, quiet, took = parts_told(
        (len(by_class["never"]), len(by_class["quiet"]), len(by_class["took_part"])), hide
    )
    told = {"never": never, "quiet": quiet, "took_part": took}
    return Evidence(
        rules=f"{rules.name}:{rules.version}",
        how=rules.participation,
        hide=hide,
        people=count_told(len(people), hide),
        reached=count_told(len(found), hide),
        rows={kind: _row(by_class[kind], told[kind], hide) for kind in CLASSES},
        thirds=_thirds(by_class["took_part"], hide),
        members=_members(people, rules.participation, now, hide),
        made_up=made_up,
    )


def share_of_many(part: int, whole: int, hide: Suppression) -> int | None:
    """Only with enough people on either side: that all of a few did something tells of each of them."""
    rest = share_told(whole - part, whole, hide)
    return None if rest is None else share_told(part, whole, hide)


def range_told(rate: int | None, whole: int | None) -> tuple[int, int] | None:
    """Between which per cents the true share may lie, reckoned from what is printed, so that it tells no more than that.

    >>> range_told(50, 20)
    (30, 70)
    """
    if rate is None or whole is None:
        return None
    low, high = wilson(round(rate * whole / 100), whole)
    return round(100 * low), round(100 * high)


def _row(found: Sequence[Followed], people: int | None, hide: Suppression) -> Row:
    """A class of which the number is blank has nothing but blanks."""
    if people is None:
        return Row(*[None] * len(Row._fields))
    known = [one.outcome for one in found if one.outcome.reliable_improvement is not None]
    better, worse = _shares(known, hide)
    cases, recovered = _recovered(found)
    recovery = share_of_many(recovered, cases, hide)
    return Row(
        people=people,
        known=count_told(len(known), hide),
        cases_at_first=count_told(sum(one.case_at_first is True for one in found), hide),
        cases=count_told(cases, hide),
        recovered=None if recovery is None else count_told(recovered, hide),
        improved=None
        if better is None
        else count_told(sum(o.reliable_improvement is True for o in known), hide),
        deteriorated=None
        if worse is None
        else count_told(sum(o.reliable_deterioration is True for o in known), hide),
        recovery_rate=recovery,
        improvement_rate=better,
        deterioration_rate=worse,
        later=count_told(sum(one.later for one in found), hide),
    )


def _shares(known: Sequence[Outcome], hide: Suppression) -> tuple[int | None, int | None]:
    """Reliably better, reliably worse. Together they leave over who is the same: of too few, only the larger is told."""
    up = sum(one.reliable_improvement is True for one in known)
    down = sum(one.reliable_deterioration is True for one in known)
    better, worse = (share_of_many(part, len(known), hide) for part in (up, down))
    if better is not None and worse is not None and len(known) - up - down < hide.blank_below:
        return (better, None) if up >= down else (None, worse)
    return better, worse


def _recovered(found: Sequence[Followed]) -> tuple[int, int]:
    """Cases at the landmark of whom recovery is known, and how many of them recovered."""
    cases = [o.outcome for o in found if o.outcome.case_at_start and o.outcome.recovered is not None]
    return len(cases), sum(one.recovered is True for one in cases)


def thirds_of(doses: Sequence[int]) -> list[Third]:
    """By the middle of each one's rank: whoever did as much as another is in the same third.

    >>> thirds_of([1, 9, 4])
    ['least', 'most', 'middle']
    >>> thirds_of([2, 2, 2])
    ['middle', 'middle', 'middle']
    """
    many = len(doses)
    below = {dose: sum(other < dose for other in doses) for dose in set(doses)}
    equal = {dose: sum(other == dose for other in doses) for dose in set(doses)}
    return [THIRDS[3 * (2 * below[dose] + equal[dose]) // (2 * many)] for dose in doses]


def _thirds(took: Sequence[Followed], hide: Suppression) -> Mapping[Third, Dose] | None:
    """All three or none, and so each of their columns: the class they make up is told beside them."""
    placed = thirds_of([one.taken.dose for one in took])
    parts = [[one for one, third in zip(took, placed, strict=True) if third == name] for name in THIRDS]
    people = [count_told(len(part), hide) for part in parts]
    if None in people:
        return None
    recovery = [share_of_many(recovered, cases, hide) for cases, recovered in map(_recovered, parts)]
    known = [[o.outcome for o in part if o.outcome.reliable_improvement is not None] for part in parts]
    better, worse = zip(*(_shares(one, hide) for one in known), strict=True)
    sizes = [
        [count_told(len(one), hide) for one in known],
        [count_told(_recovered(part)[0], hide) for part in parts],
    ]
    rows = zip(people, *map(_all_or_none, (*sizes, recovery, better, worse)), strict=True)
    return {third: Dose(*row) for third, row in zip(THIRDS, rows, strict=True)}


def _all_or_none(told: Sequence[int | None]) -> Sequence[int | None]:
    return [None] * len(told) if None in told else told


def _members(people: Sequence[Counted], how: Participation, now: datetime, hide: Suppression) -> Members:
    joined = [one for one in people if one.stays]
    taken = [taken_part(one, min(stay.joined for stay in one.stays), now) for one in joined]
    counts = (
        len(joined),
        sum(one.read_at is not None for one in joined),
        sum(one.posts > 0 for one in taken),
        sum(one.answers > 0 for one in taken),
        sum(one.reactions > 0 for one in taken),
        sum(one.active_weeks >= how.weeks_to_take_part for one in taken),
    )
    return Members(*(count_told(count, hide) for count in counts))
