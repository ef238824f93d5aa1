"""How the alerts of every rule went: how many, how soon somebody took them on, and how many were for nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from aiohttp import web

from bot.core.library import Library
from bot.core.service import Service
from bot.ports import RuleStanding
from bot.web.desk.evidence import GROUPS
from bot.web.desk.module_steps import FEWEST, Piece, pieces_of
from bot.web.desk.quality import about_of, share_of
from bot.web.desk.seat import Seat
from bot.web.desk.words import measure_name

PERIODS = {"4": "4 weeks", "12": "12 weeks", "26": "26 weeks"}
USUAL = "12"
FEW = "fewer than 5"
HOLDS = frozenset(f"group:{why}" for why in GROUPS if why not in ("reported", "paused", "host_worried"))
"""They ask a host to look: that nothing was wrong with the post is no fault of theirs."""
WORSENED = {
    "reliable_deterioration": "worse",
    "case_crossed": "crossed into a case",
    "severe_entered": "came into the most severe band",
    "severe_at_baseline": "in the most severe band at the first score",
    "no_reliable_change": "no change for weeks",
    "plateau": "stopped getting better or worse",
    "with_others": "changed at the same time as a score told before",
}
CHECK_INS = {"missed": "a check-in did not come", "came": "a check-in came after the team was told"}
BY_PATIENT = {
    "asked": "they asked for a person",
    "withdrew": "they left the service",
    "not_safe": "they pressed that they are not safe",
    "wants_back": "they would like to come back",
    "correction": "they said that something in their record is wrong",
}
ANSWERED = {
    "yes": "yes",
    "rather": "“rather not say”",
    "hard": "that it is hard",
    "no": "no",
    "silent": "nothing",
}


@dataclass(frozen=True)
class RuleRow:
    """What is blank stands for fewer than ``FEWEST`` people, or alerts to take a share of."""

    rule: str
    about: str
    alerts: int
    people: str
    plain: str
    worked: str
    wrong: str
    nothing: str
    again: str
    reopened: str
    pieces: tuple[Piece, ...]


ORDERS: dict[str, tuple[str, Callable[[RuleStanding, Service], float]]] = {
    "alerts": ("Alerts", lambda r, _: r.alerts),
    "people": ("People", lambda r, _: r.people),
    "time": ("Time to acknowledge", lambda r, s: _worked(r, s)[1].total_seconds() if r.taken_on else -1),
    "wrong": ("Wrong", lambda r, _: share(r.wrong, r)),
    "nothing": ("Nothing needed", lambda r, _: share(r.nothing, r)),
    "again": ("Repeats", lambda r, _: r.again / r.alerts),
    "reopened": ("Opened again", lambda r, _: r.reopened / r.alerts),
}


async def show(seat: Seat) -> web.StreamResponse:
    asked, order = seat.request.query.get("weeks", USUAL), seat.request.query.get("sort", "alerts")
    weeks = asked if asked in PERIODS else USUAL
    order = order if order in ORDERS else "alerts"
    since = seat.house.clock.now() - timedelta(weeks=int(weeks))
    standings = await seat.house.record.rules.standings(seat.service.id, since)
    library, service = seat.house.shelf.library, seat.service
    told = [r for r in standings.rules if enough(r)]
    by = ORDERS[order][1]
    most = max((r.alerts for r in told), default=0)
    return seat.page(
        "rules",
        periods=PERIODS,
        weeks=weeks,
        orders={key: name for key, (name, _) in ORDERS.items()},
        order=order,
        sentence=sentence_of(told, library, int(weeks)),
        rows=[_row(r, most, seat) for r in sorted(told, key=lambda r: (-by(r, service), r.rule))],
        few=once_each(rule_in_words(r.rule, library) for r in standings.rules if not enough(r)),
        made_up=standings.made_up and bool(standings.rules),
        fewest=FEWEST,
    )


def enough(rule: RuleStanding) -> bool:
    """Few people are never told apart by numbers; a rule that rings in groups only has no person to protect."""
    return rule.people == 0 or rule.people >= FEWEST


def once_each(names: Iterable[str]) -> list[str]:
    """Several rules listen for the same: it is named once, however it is written."""
    return sorted({name.casefold(): name for name in names}.values(), key=str.casefold)


def share(part: int, rule: RuleStanding) -> float:
    """Of the alerts that were resolved; -1 where too few were."""
    return part / rule.resolved if rule.resolved >= FEWEST else -1


def _row(r: RuleStanding, most: int, seat: Seat) -> RuleRow:
    plain, worked = _worked(r, seat.service) if len(r.taken_on) >= FEWEST else (None, None)
    parts = (
        ("solid", r.resolved - r.wrong - r.nothing),
        ("pale", r.wrong + r.nothing),
        ("empty", r.alerts - r.resolved),
    )
    return RuleRow(
        rule=r.rule,
        about=rule_in_words(r.rule, seat.house.shelf.library),
        alerts=r.alerts,
        people=str(r.people) if r.people else "in groups",
        plain=FEW if plain is None else seat.clock.length(plain),
        worked=FEW if worked is None else seat.clock.length(worked),
        wrong=share_of(r.wrong, r.resolved) if r.resolved >= FEWEST else FEW,
        nothing=share_of(r.nothing, r.resolved) if r.resolved >= FEWEST else FEW,
        again=f"{r.again} of {r.alerts}",
        reopened=f"{r.reopened} of {r.alerts}",
        pieces=pieces_of(parts, most),
    )


def _worked(r: RuleStanding, service: Service) -> tuple[timedelta, timedelta]:
    """The median time until somebody acknowledged: as it passed, and of the team's own hours."""
    return median_of(r.taken_on, lambda since, until: until - since), median_of(r.taken_on, service.worked)


def median_of(
    spans: Sequence[tuple[datetime, datetime]], long: Callable[[datetime, datetime], timedelta]
) -> timedelta:
    return timedelta(seconds=median(long(since, until).total_seconds() for since, until in spans))


def sentence_of(told: Sequence[RuleStanding], library: Library, weeks: int) -> str:
    """With the loudest and the most often wrong on top, where there are enough to say so."""
    if not told:
        return f"No rule has rung at {FEWEST} people or more in the last {weeks} weeks."
    loudest = max(told, key=lambda r: r.alerts)
    said = [
        f"In the last {weeks} weeks {len(told)} {'rule' if len(told) == 1 else 'rules'} rang in alerts.",
        f"Loudest: {rule_in_words(loudest.rule, library)}, in {loudest.alerts} alerts.",
    ]
    judged = [r for r in told if r.rule not in HOLDS]
    worst = max(judged, key=lambda r: share(r.wrong, r), default=None)
    if worst is not None and share(worst.wrong, worst) > 0:
        of = f"{share_of(worst.wrong, worst.resolved)} of {worst.resolved} resolved"
        said.append(f"Most often wrong: {rule_in_words(worst.rule, library)}, {of}.")
    elif any(r.resolved >= FEWEST for r in judged):
        said.append("None of them was called wrong.")
    return " ".join(said)


def rule_in_words(rule: str, library: Library) -> str:
    """What a rule looks at, for a clinician. Its own name stands beside it."""
    kind, _, rest = rule.partition(":")
    match kind:
        case "worsening":
            measure, _, why = rest.partition(":")
            return f"{measure_name(library, measure)}: {WORSENED.get(why, why.replace('_', ' ')) or 'worse'}"
        case "gate":
            return f"{measure_name(library, rest)}: far above their usual"
        case "check_in":
            return CHECK_INS.get(rest, "a check-in")
        case "item" | "item_changed":
            measure, _, item = rest.rpartition(".")
            changed = ", changed before it was sent" if kind == "item_changed" else ""
            return f"{measure_name(library, measure)}: the answer to question {item}{changed}"
        case "asked" | "safety_question" | "red_flag_question" | "plain_question":
            return f"answered {ANSWERED.get(rest.rpartition(':')[2], 'unclearly')} to a question about safety"
        case "patient":
            return BY_PATIENT.get(rest, "they asked for help")
        case "content":
            name, _, reason = rest.partition(": ")
            module = library.modules.get(name)
            return f"“{module.title if module else name}”{f': {reason}' if reason else ''}"
        case "staff":
            return "a colleague marked a message"
        case "group":
            return GROUPS.get(rest, "a post needs a host").rstrip(".")
        case "unscreened" | "turn_failed":
            return "a message could not be checked"
        case _:
            return about_of(rule, library) if not rest else rest.replace("_", " ")
