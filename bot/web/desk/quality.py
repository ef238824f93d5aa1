"""How well the screen does: by rule what was right and what was not, what it missed, and a sample of its silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from uuid import UUID

from aiohttp import web

from bot.core.errors import Refused
from bot.core.library import Library
from bot.core.safety.second_net import RULES
from bot.core.shares import wilson
from bot.core.values import LineId
from bot.ports import Quality, RuleCount
from bot.usecases.marking import SAMPLE_DAYS, open_sample
from bot.web.desk import words
from bot.web.desk.evidence import CATEGORIES
from bot.web.desk.marking import marked, seq_in
from bot.web.desk.module_steps import Piece, pieces_of
from bot.web.desk.seat import Seat

PERIODS = {"28": "28 days", "90": "90 days"}
USUAL = "28"


@dataclass(frozen=True)
class RuleShown:
    """``share``: of those that were judged, how many were right, with the range in which the truth may lie."""

    rule: str
    about: str
    hits: int
    right: int
    false_alarms: int
    open: int
    share: str
    pieces: tuple[Piece, ...]


async def show(seat: Seat) -> web.StreamResponse:
    asked = seat.request.query.get("days", USUAL)
    days = asked if asked in PERIODS else USUAL
    since = seat.house.clock.now() - timedelta(days=int(days))
    quality = await seat.house.record.marks.quality(seat.service.id, since)
    library = seat.house.shelf.library
    return seat.page(
        "quality",
        periods=PERIODS,
        days=days,
        sentence=sentence_of(quality, int(days)),
        rules=rules_of(quality.rules, library),
        missed=[(words.concern_in_words(library, m.concern), m.number) for m in quality.missed],
        made_up=quality.made_up and bool(quality.rules or quality.missed),
    )


def rules_of(counts: Sequence[RuleCount], library: Library) -> list[RuleShown]:
    most = max((c.hits for c in counts), default=0)
    return [_rule(c, most, library) for c in counts]


def _rule(c: RuleCount, most: int, library: Library) -> RuleShown:
    waiting = c.hits - c.right - c.false_alarms
    parts = (("solid", c.right), ("pale", c.false_alarms), ("empty", waiting))
    return RuleShown(
        rule=c.rule,
        about=about_of(c.rule, library),
        hits=c.hits,
        right=c.right,
        false_alarms=c.false_alarms,
        open=waiting,
        share=share_of(c.right, c.right + c.false_alarms),
        pieces=pieces_of(parts, most),
    )


def about_of(rule_id: str, library: Library) -> str:
    """What a rule listens for, in a clinician's words."""
    for concern, name in RULES.items():
        if rule_id == name:
            return f"second net: {words.concern_in_words(library, concern).lower()}"
    for rule in library.safety.rules:
        if rule.id == rule_id:
            return CATEGORIES.get(rule.category, rule.category.replace("_", " "))
    for limit in library.safety.numbers.thresholds:
        if limit.id == rule_id:
            return f"a number: {limit.kind.replace('_', ' ')}"
    return "no longer in the content"


def share_of(right: int, judged: int) -> str:
    """``78 % (45 % to 94 %)``"""
    if not judged:
        return "none judged"
    low, high = wilson(right, judged)
    return f"{right / judged:.0%} ({low:.0%} to {high:.0%})".replace("%", " %")


def sentence_of(quality: Quality, days: int) -> str:
    hits = sum(c.hits for c in quality.rules)
    right = sum(c.right for c in quality.rules)
    false = sum(c.false_alarms for c in quality.rules)
    missed = sum(m.number for m in quality.missed)
    if not hits and not missed:
        return f"Nothing has rung in the last {days} days, and nothing was marked as missed."
    alarms = "false alarm" if false == 1 else "false alarms"
    said = [
        f"In the last {days} days there {'was 1 hit' if hits == 1 else f'were {hits} hits'}: "
        f"{right} marked right, {false} {alarms}, {hits - right - false} not judged yet."
    ]
    if right + false:
        said.append(f"Of those judged, {share_of(right, right + false)} were right.")
    said.append(
        f"{missed or 'No'} message{'' if missed == 1 else 's'} {'was' if missed == 1 else 'were'} marked as missed."
    )
    return " ".join(said)


# -- messages at which nothing spoke ------------------------------------------------------------------


async def show_sample(seat: Seat) -> web.StreamResponse:
    read = await open_sample(seat.house, seat.service, seat.looker())
    return seat.page(
        "sample",
        days=[(day, list(of_day)) for day, of_day in groupby(read, key=lambda r: r.of.day)],
        waiting=sum(r.of.verdict is None for r in read),
        a_day=seat.service.sample_a_day,
        back=SAMPLE_DAYS,
        colleagues=await seat.colleagues(),
    )


async def mark_sampled(seat: Seat) -> web.StreamResponse:
    fields = seat.fields
    try:
        patient = LineId(UUID(fields.get("line", "")))
    except ValueError:
        raise Refused("not_found") from None
    said = fields.get("verdict") or fields.get("concern", "")
    return await marked(seat, patient, seq_in(fields.get("seq", "")), said, "/desk/quality/sample")
