"""Follow-ups that a module planned: a timer now, a message later, never into an open question."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core import schedule
from bot.core.facts import TimerCleared, TimerSet, WaitBegan
from bot.core.flow import reminding
from bot.core.flow.questions import filled
from bot.core.flow.their_clock import allowed, spread_of, zone_of
from bot.core.flow.voice import Talk, form_of, offer_fixed, speak
from bot.core.library import Later, Link, Module
from bot.core.pen import Button
from bot.core.schedule.speaking import Drop, Move, wanted
from bot.core.shown import Shown
from bot.core.state import (
    MOST_FOLLOW_UPS,
    ForNothing,
    ForPatient,
    ModuleRun,
    Reminding,
    Timer,
)


def plan(pen: Talk, part: Later, place: str) -> None:
    """``place``: ``module#step#part`` in whatever language. The same follow-up planned again moves, it does not double."""
    if sum(t.kind == "later" for t in pen.state.timers.values()) >= MOST_FOLLOW_UPS or not wanted(pen.state):
        return
    due = first_due(part, pen.moment.now, zone_of(pen))
    first = due if part.rule else None
    plan_timer(pen, Timer(kind="later", key=place, due_at=due, rule=part.rule, first_at=first))


def plan_timer(pen: Talk, timer: Timer) -> None:
    """At its time, or in the morning after it. One of a rule comes spread after its hour."""
    due = allowed(pen, timer.due_at + spread_of(pen) if timer.rule else timer.due_at)
    reminding.plan(pen, what_of(timer.key), due, instead="replaced")
    pen.write(TimerSet(timer=timer.but(due_at=due)))


def what_of(place: str) -> str:
    return f"later:{place}"


def first_due(part: Later, now: datetime, zone: ZoneInfo) -> datetime:
    if part.rule is None:
        return now + timedelta(seconds=part.after_s or 0)
    local = now.astimezone(zone).replace(tzinfo=None)
    start = schedule.on_the_clock(
        datetime.combine(local.date(), time.fromisoformat(part.at or "09:00")), zone
    )
    following = schedule.following_rule(part.rule, start, now, zone)
    return following or now + timedelta(hours=1)


def came_due(pen: Talk, place: str) -> None:
    timer = pen.state.timers[f"later:{place}"]
    said = may_speak(pen, timer)
    if isinstance(said, Move):
        return
    found = find(pen, place)
    if found is None:
        reminding.drop(pen, what_of(place), "replaced")
    elif said is None:
        part, module, run = found
        reminding.make_way(pen)
        reminding.give(pen, what_of(place), _show(pen, part, module, run, place))
        _again(pen, timer)
    elif said.why == "too_late":
        _again(pen, timer)


def may_speak(pen: Talk, timer: Timer) -> Move | Drop | None:
    """Of a timer of this kind that came due. None: it may, and the timer is gone; else it is moved or dropped already."""
    what = what_of(timer.key)
    planned = pen.state.reminders.get(what)
    if planned is None:  # one from before there was a plan of them
        planned = Reminding(id=next(pen.ids), what=what, due_at=timer.due_at)
    said = reminding.may_be_said(pen, planned)
    if isinstance(said, Move):
        pen.write(TimerSet(timer=timer.but(due_at=said.to)))
    else:
        pen.write(TimerCleared(kind="later", key=timer.key))
    return said


def _again(pen: Talk, timer: Timer) -> None:
    if timer.rule is None or timer.first_at is None:
        return
    following = schedule.following_rule(timer.rule, timer.first_at, pen.moment.now, zone_of(pen))
    if following is not None:
        plan_timer(pen, timer.but(due_at=following))


def _show(pen: Talk, part: Later, module: Module, run: ModuleRun, place: str) -> int:
    """The seq of what was said last."""
    for bubble in part.says:
        shown = Shown(text=filled(pen, run, module, bubble.text), lang=bubble.lang or module.language)
        pen.show(shown, step=place)
    if not pen.messages:
        speak(pen, "follow_up_intro")
    if not part.links:
        return pen.last_seq
    links = tuple(
        Button(f"link:{place}:{n}", link.label, link.lang or module.language)
        for n, link in enumerate(part.links)
    )
    seq, keys = pen.offer(*links), tuple(link.key for link in links)
    if pen.state.runs:
        offer_fixed(pen, "resume")
        pen.write(WaitBegan(wait=ForPatient(seq=seq, keys=(*keys, "resume"), resume=True)))
    else:
        pen.write(WaitBegan(wait=ForNothing(seq=seq, keys=keys)))
    return seq


def find(pen: Talk, place: str) -> tuple[Later, Module, ModuleRun] | None:
    """The follow-up as the current library has it, in the patient's language."""
    named, step_id, at = place.split("#")
    module_id = form_of(pen, named)
    module = pen.moment.library.modules.get(module_id)
    step = module.step(step_id) if module else None
    if module is None or step is None or int(at) >= len(step.parts):
        return None
    part = step.parts[int(at)]
    if not isinstance(part, Later):
        return None
    return part, module, ModuleRun(module=module_id, release=pen.moment.library.release, step=step_id)


def link(pen: Talk, key: str) -> tuple[Link, str] | None:
    """The button ``link:<place>:<n>`` and the module it belongs to."""
    _, place, n = key.split(":")
    found = find(pen, place)
    if found is None or int(n) >= len(found[0].links):
        return None
    return found[0].links[int(n)], found[1].id
