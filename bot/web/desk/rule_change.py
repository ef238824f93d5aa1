"""Rules about scores that an editor changes: what they would have said of the service's own past, as bars and a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.library import Library
from bot.core.shares import FEWEST, few
from bot.core.worsening.names import NAMES
from bot.ports import Looker
from bot.usecases.rule_change import Weighed, weigh
from bot.web.desk.module_steps import Piece, pieces_of
from bot.web.desk.seat import Seat
from bot.web.desk.team_clock import TeamClock

RULES_IN = "policy/worsening"
LEAST_PEOPLE = 10
"""Of fewer, a difference says more about single people than about the rules."""


@dataclass(frozen=True)
class Row:
    """``now`` and ``then``: in words, blank below 5; ``bars``: how wide each is."""

    name: str
    now: str
    then: str
    bars: tuple[tuple[Piece, ...], tuple[Piece, ...]]


@dataclass(frozen=True)
class RuleChange:
    """``rows`` are empty where there is too little past."""

    sentences: tuple[str, ...]
    rows: tuple[Row, ...] = ()
    made_up: bool = False


async def rule_change(seat: Seat, files: Iterable[str], library: Library | None) -> RuleChange | None:
    """None where no draft touches a rule set."""
    if library is None or not any(file.startswith(RULES_IN) for file in files):
        return None
    looker: Looker = seat.looker()
    weighed = await weigh(seat.house, seat.service, library, looker)
    if weighed is None:
        return RuleChange(
            (
                f"{seat.service.name} is judged by the rule set “{seat.service.rule_set}”, which says the same as before.",
            )
        )
    return shown(weighed, seat.clock)


def shown(weighed: Weighed, clock: TeamClock) -> RuleChange:
    c = weighed.compared
    if c.people < LEAST_PEOPLE:
        why = (_too_little(weighed.of), "Try the rules over made-up people with bounceback simulate.")
        return RuleChange(why, made_up=weighed.made_up)
    return RuleChange(tuple(_sentences(weighed, clock)), _rows(weighed), weighed.made_up)


def _too_little(of: int) -> str:
    if of >= LEAST_PEOPLE:
        return f"The time for it was up before {LEAST_PEOPLE} people were judged: load the page again."
    known = f"Fewer than {LEAST_PEOPLE} people have" if of else "Nobody has"
    return f"{known} sent a score here that could be judged again: too little past to say what would change."


def _sentences(weighed: Weighed, clock: TeamClock) -> Iterable[str]:
    c = weighed.compared
    since = f" since {clock.day(c.since)}" if c.since else ""
    yield f"Judged again: the scores of {c.people} people{since}, by the rules in force and by the new ones."
    if weighed.cut_short:
        yield f"The time for it was up: {c.people} of {weighed.of} people were judged, some of every time of joining."
    yield (
        f"Alerts for a therapist in a week: {_weekly(c.before.told, c.before.weekly)} now, "
        f"{_weekly(c.after.told, c.after.weekly)} then."
    )
    yield f"{_people(c.newly)} would newly be flagged, and {_people(c.no_longer).lower()} no longer."


def _rows(weighed: Weighed) -> tuple[Row, ...]:
    before, after = weighed.compared.before, weighed.compared.after
    rules = sorted(before.by_rule.keys() | after.by_rule.keys(), key=lambda r: (-before.by_rule[r], r))
    counts = [
        ("Told to somebody", before.told, after.told),
        ("In the list only", before.listed, after.listed),
        *((NAMES.get(rule, rule).capitalize(), before.by_rule[rule], after.by_rule[rule]) for rule in rules),
    ]
    most = max((max(now, then) for _, now, then in counts), default=0)
    return tuple(_row(name, now, then, most) for name, now, then in counts)


def _row(name: str, now: int, then: int, most: int) -> Row:
    bars = (pieces_of([("pale", few(now) or 0)], most), pieces_of([("solid", few(then) or 0)], most))
    return Row(name, _count(now), _count(then), bars)


def _count(number: int) -> str:
    shown = few(number)
    return f"fewer than {FEWEST}" if shown is None else f"{shown:,}"


def _people(number: int) -> str:
    if number == 0:
        return "Nobody"
    return f"{_count(number)} people".capitalize()


def _weekly(told: int, weekly: float) -> str:
    return "too few to say" if few(told) is None else f"{weekly:.1f}"
