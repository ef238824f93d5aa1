"""A number that answers a question about a reading is judged like words are, by whatever door and form it came."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import structs

from bot.core.asked import context_of
from bot.core.flow.diary import number_in
from bot.core.inputs import Said
from bot.core.library import Library
from bot.core.safety import Reading, Screen
from bot.core.state import Conversation, DiaryRun

ASKED = "ask:number:"
GAIN = "weight_gain"


def asks_for_a_reading(state: Conversation, library: Library) -> bool:
    return context_of(state, library).state.startswith(ASKED)


def judged(said: Said, state: Conversation, library: Library, now: datetime) -> Said:
    """With the screen's verdict on the number in it, beside that on its words. A verdict that failed stays failed."""
    context = context_of(state, library)
    if not context.state.startswith(ASKED) or (said.text is None and not isinstance(said.value, int)):
        return said
    try:
        verdict = said.screen if said.text is not None else library.screen(f"{said.value}", context)
        if verdict is None:
            return said
        found = [library.screen.of_number(r, context) for r in _readings(said, state, library, now)]
    except Exception:
        # As where the screen fails on words: the patient is signposted, and a person is told (I2).
        return structs.replace(said, screen=None)
    return structs.replace(said, screen=_together([*found, verdict]))


def _readings(said: Said, state: Conversation, library: Library, now: datetime) -> Iterable[Reading]:
    """The number in the unit that the diary asked for; of a weight also what was put on in the last days."""
    run, diary = state.top, library.policy.diary
    if diary is None or not isinstance(run, DiaryRun):
        return
    kind = diary.kind(run.entry)
    if kind is None or kind.reading is None:
        return
    number = number_in(kind, said)
    if number is None or not kind.can_be(number):
        return
    yield Reading(kind.reading, number, kind.unit)
    if kind.reading == "weight":
        since = now - timedelta(days=diary.weight_days)
        entries = state.diary.get("weight", ())
        before = [e.number for e in entries if e.number is not None and e.at >= since]
        if before:
            yield Reading(GAIN, round(number - min(before), 1), kind.unit)


def _together(verdicts: list[Screen]) -> Screen:
    """Each rule once, gravest first; of what is as grave, the number in the unit that was asked for comes first."""
    hits = {hit.rule: hit for verdict in reversed(verdicts) for hit in verdict.hits}
    first = sorted(
        dict.fromkeys(hits[hit.rule] for verdict in verdicts for hit in verdict.hits),
        key=lambda hit: -hit.tier.rank,
    )
    whole = verdicts[-1]
    readings = {r.kind: r for verdict in reversed(verdicts) for r in verdict.readings}
    return Screen(
        max((verdict.tier for verdict in verdicts), key=lambda tier: tier.rank),
        tuple(first),
        tuple(readings.values()),
        () if first else whole.hints,
        measured=whole.measured or len(verdicts) > 1,
    )
