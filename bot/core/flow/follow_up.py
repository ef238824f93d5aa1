"""Follow-ups that a module planned: a timer now, a message later, never into an open question."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from bot.core.facts import TimerCleared, TimerSet, WaitBegan
from bot.core.flow import rating
from bot.core.flow.questions import filled
from bot.core.flow.voice import Talk, form_of, offer_fixed, speak
from bot.core.library import Later, Link, Module
from bot.core.pen import Button
from bot.core.shown import Shown
from bot.core.state import (
    MOST_FOLLOW_UPS,
    CheckInRun,
    ForNothing,
    ForPatient,
    ModuleRun,
    SafetyRun,
    Timer,
)

BUSY = timedelta(hours=1)


def plan(pen: Talk, part: Later, place: str) -> None:
    """``place``: ``module#step#part`` in whatever language. The same follow-up planned again moves, it does not double."""
    if sum(t.kind == "later" for t in pen.state.timers.values()) >= MOST_FOLLOW_UPS:
        return
    due = first_due(part, pen.moment.now, ZoneInfo(pen.state.profile.timezone))
    timer = Timer(kind="later", key=place, due_at=due, rule=part.rule, first_at=due if part.rule else None)
    pen.write(TimerSet(timer=timer))


def first_due(part: Later, now: datetime, zone: ZoneInfo) -> datetime:
    if part.rule is None:
        return now + timedelta(seconds=part.after_s or 0)
    local = now.astimezone(zone).replace(tzinfo=None)
    at = time.fromisoformat(part.at or "09:00")
    # The rule runs on the patient's own clock, so that 9 o'clock stays 9 o'clock over a change of the clocks.
    start = datetime.combine(local.date(), at)
    following = rrulestr(part.rule, dtstart=start).after(local)
    return (following or local + BUSY).replace(tzinfo=zone)


def came_due(pen: Talk, place: str) -> None:
    timer = pen.state.timers.get(f"later:{place}")
    if timer is None:
        return
    if busy(pen):
        pen.write(TimerSet(timer=timer.but(due_at=pen.moment.now + BUSY)))
        return
    pen.write(TimerCleared(kind="later", key=place))
    found = find(pen, place)
    if found is None:
        return
    part, module, run = found
    _again(pen, timer)
    rating.pass_over(pen)
    _show(pen, part, module, run, place)


def busy(pen: Talk) -> bool:
    """Never into an open questionnaire, the safety dialogue or a human conversation."""
    open_question = any(isinstance(run, CheckInRun | SafetyRun) for run in pen.state.runs)
    return open_question or pen.state.hold is not None


def _again(pen: Talk, timer: Timer) -> None:
    if timer.rule is None or timer.first_at is None:
        return
    zone = ZoneInfo(pen.state.profile.timezone)
    first = timer.first_at.astimezone(zone).replace(tzinfo=None)
    last = timer.due_at.astimezone(zone).replace(tzinfo=None)
    following = rrulestr(timer.rule, dtstart=first).after(last)
    if following is not None:
        pen.write(TimerSet(timer=timer.but(due_at=following.replace(tzinfo=zone))))


def _show(pen: Talk, part: Later, module: Module, run: ModuleRun, place: str) -> None:
    for bubble in part.says:
        shown = Shown(text=filled(pen, run, module, bubble.text), lang=bubble.lang or module.language)
        pen.show(shown, step=place)
    if not pen.messages:
        speak(pen, "follow_up_intro")
    if not part.links:
        return
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
