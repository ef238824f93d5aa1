"""The end of the programme: what changed, a plan for staying well, what stays, and how to come back."""

from __future__ import annotations

from datetime import timedelta

from bot.core.alerts import concern_raised
from bot.core.facts import Evidence, ProgrammeEnded
from bot.core.flow import follow_up, reminding
from bot.core.flow.voice import Talk, offer, sentence, speak
from bot.core.library import Measure, said
from bot.core.state import ScoreKept, Timer, timer_id

KEY = "programme"
"""The key of the timer; no follow-up of a module is called so."""
WANTS_BACK = "patient:wants_back"
OFFERED_AT_THE_END = ("plan:well", "menu:team", "menu:menu")
READING = ("menu:library", "menu:plans")
"""What stays when they have finished: to read, and their own plans."""


def plan(pen: Talk) -> None:
    """From the day on which they are looked after, the first time or again; the weeks are the content's. None where no check-ins are planned, and for people who are simulated."""
    programme = pen.moment.library.policy.programme
    if programme is not None and pen.moment.service.check_ins and not pen.state.profile.simulated:
        due = pen.moment.now + timedelta(weeks=programme.weeks)
        follow_up.plan_timer(pen, Timer(kind="later", key=KEY, due_at=due))


def plan_again(pen: Talk) -> None:
    """They had stopped reminders: at the time that it had, for which its timer went on."""
    timer, what = pen.state.timers.get(timer_id("later", KEY)), follow_up.what_of(KEY)
    if timer is not None and what not in pen.state.reminders:
        reminding.plan(pen, what, timer.due_at)


def came_due(pen: Talk) -> None:
    """Looking back together. Nothing ends by this: whether their care does is the team's to say."""
    timer = pen.state.timers[timer_id("later", KEY)]
    if follow_up.may_speak(pen, timer) is not None:
        return
    programme = pen.moment.library.policy.programme
    if programme is None:
        reminding.drop(pen, follow_up.what_of(KEY), "replaced")
        return
    pen.write(ProgrammeEnded(at=pen.moment.now, weeks=programme.weeks))
    reminding.make_way(pen)
    said = speak(pen, "closing_intro", weeks=str(programme.weeks))
    reminding.give(pen, follow_up.what_of(KEY), said)
    what_changed(pen)
    speak(pen, "closing_plan")
    speak(pen, "closing_next")
    offer(pen, (), *OFFERED_AT_THE_END)


def what_changed(pen: Talk) -> None:
    """First and last score of each measure, in one sentence each; better or worse only where it is reliable."""
    told = [line for measure in pen.state.scores if (line := _changed(pen, measure))]
    if told:
        speak(pen, "closing_changed", changes="\n\n".join(told))


def _changed(pen: Talk, measure_id: str) -> str:
    measure = pen.moment.library.measures.get(measure_id)
    kept = pen.state.scores.get(measure_id, ())
    if measure is None or len(kept) < 2:
        return ""
    numbers = sentence(
        pen,
        "closing_numbers",
        name=measure.plain_name,
        first=said(kept[0].total),
        last=said(kept[-1].total),
        max=said(measure.range[1]),
    )
    return f"{numbers} {sentence(pen, _verdict(measure, kept))}"


def _verdict(measure: Measure, kept: tuple[ScoreKept, ...]) -> str:
    change = kept[-1].total - kept[0].total
    if measure.reliable_change is None or abs(change) < measure.reliable_change:
        return "closing_steady"
    return "closing_worse" if (change > 0) == (measure.higher_is == "worse") else "closing_better"


def finished(pen: Talk) -> None:
    """The team has said that their care is finished: said once, and what stays is under it."""
    speak(pen, "graduated", place="")
    what_changed(pen)
    speak(pen, "graduated_stays" if pen.moment.service.reading_after else "graduated_no_reading")
    speak(pen, "graduated_back")


def wants_back(pen: Talk) -> None:
    """Duty hears: nobody of their own looks after them any more."""
    concern_raised(pen, "asked-for-a-person", "soon", Evidence(rule=WANTS_BACK, seq=pen.state.seq))
    speak(pen, "wants_back")
