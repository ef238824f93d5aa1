"""One's own goals: looked at, rated when one likes to, put in other words, done or let go. Nothing is counted in rows of
days and nothing is raised: a goal is theirs, and a smaller one is as good (NICE NG206)."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal
from uuid import UUID

from bot.core.facts import (
    GoalEnded,
    GoalRated,
    GoalReworded,
    PhaseReached,
    RunEnded,
    RunStarted,
    TimerCleared,
    WaitBegan,
)
from bot.core.flow import calendar, follow_up, rating, reminding
from bot.core.flow.leaving import room_for_another
from bot.core.flow.questions import escaped
from bot.core.flow.their_clock import zone_of
from bot.core.flow.voice import Talk, ask, language_of, offer, offer_fixed, sentence, speak, wait_for_choice
from bot.core.inputs import Said
from bot.core.pen import Button
from bot.core.reading import read_scale
from bot.core.schedule.speaking import wanted
from bot.core.shown import Question
from bot.core.state import ForNothing, ForPatient, Goal, GoalRun, Timer, timer_id

LONGEST_LABEL = 60
LOOK = ("goal.rate", "goal.done", "goal.words", "goal.later", "goal.go", "goal.back")


def open_them(pen: Talk) -> None:
    if not pen.state.goals:
        speak(pen, "goals_none")
        offer(pen, (), "menu:goal", "menu:menu")
        return
    lines = [_line(pen, goal) for goal in pen.state.goals]
    speak(pen, "goals_here", goals="\n\n".join(lines))
    lang = language_of(pen)
    buttons = tuple(Button(f"goals:{g.id}", label(pen, g), lang) for g in pen.state.goals)
    offer(pen, buttons, "menu:goal", "menu:menu")


def _line(pen: Talk, goal: Goal) -> str:
    words = escaped(pen.read(goal.word))
    if goal.rating is None or goal.rated_at is None:
        return f"*{words}*"
    day = calendar.day(pen.moment.library, goal.rated_at.astimezone(zone_of(pen)).date(), language_of(pen))
    return f"*{words}*. " + sentence(pen, "goal_rated_last", rating=str(goal.rating), date=day)


def label(pen: Talk, goal: Goal) -> str:
    words = pen.read(goal.word)
    return words if len(words) <= LONGEST_LABEL else f"{words[: LONGEST_LABEL - 1].rstrip()}…"


def rate_label(pen: Talk) -> str:
    return sentence(pen, "goal_rate_button")


def label_of(pen: Talk, key: str) -> str:
    """Of ``goals:<id>`` and ``rate:<id>``."""
    kind, _, name = key.partition(":")
    goal = _named(pen, name)
    return key if goal is None else rate_label(pen) if kind == "rate" else label(pen, goal)


def look_at(pen: Talk, name: str, phase: Literal["look", "rate"] = "look") -> None:
    """From the list, or from a question how it goes."""
    goal = _named(pen, name)
    if goal is None:
        speak(pen, "goal_gone")
        offer(pen, (), "menu:goals", "menu:menu")
        return
    rating.pass_over(pen)
    room_for_another(pen)
    release = pen.moment.library.release
    pen.write(RunStarted(run=GoalRun(goal=goal.id, release=release, phase=phase)))


def go_on(pen: Talk) -> None:
    run = _run(pen)
    goal = _goal(pen, run.goal)
    if goal is None:
        _ended(pen, "lost")
        return
    library, language = pen.moment.library, language_of(pen)
    match run.phase:
        case "look":
            speak(pen, "goal_look", goal=_line(pen, goal))
            wait_for_choice(pen, *LOOK)
        case "rate":
            text = sentence(pen, "goal_rate_ask", goal=pen.read(goal.word))
            question = Question(
                item="goal.rating",
                text=text,
                kind="scale",
                min=0,
                max=10,
                min_label=sentence(pen, "goal_rate_low"),
                max_label=sentence(pen, "goal_rate_high"),
            )
            ask(pen, question, lang=library.tongue("goal_rate_ask", language), keys=("goal.back",))
        case "words":
            text = library.say("goal_own_ask", language)
            question = Question(item="goal.words", text=text, kind="text")
            ask(pen, question, lang=library.tongue("goal_own_ask", language), keys=("goal.back",))


# -- answers ------------------------------------------------------------------------------------------


def points_in(pen: Talk, said: Said) -> int | None:
    if _run(pen).phase != "rate":
        return None
    if said.text is not None:
        return read_scale(said.text, 0, 10)
    return said.value if isinstance(said.value, int) and 0 <= said.value <= 10 else None


def rated(pen: Talk, points: int) -> None:
    """Whatever the number, the goal stays as they set it."""
    run = _run(pen)
    pen.write(GoalRated(goal=run.goal, rating=points, at=pen.moment.now))
    _ended(pen, "finished")
    speak(pen, "goal_rated_low" if points <= 3 else "goal_rated")
    _offer_more(pen)


def heard(pen: Talk, said: Said) -> bool:
    """False: what they wrote answers nothing that was asked."""
    run = _run(pen)
    if run.phase == "words" and said.text is not None:
        words = said.text.strip()
        pen.write(GoalReworded(goal=run.goal, word=pen.keep("goal", words)))
        _ended(pen, "finished")
        speak(pen, "goal_set", goal=escaped(words))
        _offer_more(pen)
        return True
    points = points_in(pen, said)
    if points is None:
        return False
    rated(pen, points)
    return True


def pressed(pen: Talk, key: str) -> None:
    run = _run(pen)
    match key:
        case "goal.rate":
            pen.write(PhaseReached(phase="rate"))
        case "goal.words":
            pen.write(PhaseReached(phase="words"))
        case "goal.later":
            _ask_later(pen, run.goal)
        case "goal.done" | "goal.go":
            _over(pen, run.goal, "done" if key == "goal.done" else "let_go")
        case _:
            _ended(pen, "stopped")
            if not pen.state.runs:
                open_them(pen)


def _over(pen: Talk, goal: UUID, how: Literal["done", "let_go"]) -> None:
    if timer_id("later", _key(goal)) in pen.state.timers:
        pen.write(TimerCleared(kind="later", key=_key(goal)))
        reminding.drop(pen, follow_up.what_of(_key(goal)), "done")
    pen.write(GoalEnded(goal=goal, how=how, at=pen.moment.now))
    _ended(pen, "finished")
    speak(pen, f"goal_over_{how}")
    _offer_more(pen)


def _offer_more(pen: Talk) -> None:
    if not pen.state.runs:
        offer(pen, (), "menu:goals", "menu:menu")


# -- asked again, where they want to be ---------------------------------------------------------------


def _key(goal: UUID) -> str:
    return f"{KEY}{goal}"


KEY = "goal:"


def _ask_later(pen: Talk, goal: UUID) -> None:
    if not wanted(pen.state):
        _ended(pen, "stopped")
        speak(pen, "reminders_are_off")
        if not pen.state.runs:
            offer(pen, (), "remind:on", "menu:goals", "menu:menu")
        return
    programme = pen.moment.library.policy.programme
    days = programme.goal_days if programme else 3
    due = pen.moment.now + timedelta(days=days)
    follow_up.plan_timer(pen, Timer(kind="later", key=_key(goal), due_at=due))
    _ended(pen, "finished")
    speak(pen, "goal_later_planned", days=str(days))
    _offer_more(pen)


def came_due(pen: Talk, key: str) -> None:
    """Once, and never into an open question."""
    timer = pen.state.timers[timer_id("later", key)]
    if follow_up.may_speak(pen, timer) is not None:
        return
    goal = _named(pen, key.removeprefix(KEY))
    if goal is None:
        reminding.drop(pen, follow_up.what_of(key), "replaced")
        return
    reminding.make_way(pen)
    said = speak(pen, "goal_follow_up", goal=escaped(pen.read(goal.word)))
    reminding.give(pen, follow_up.what_of(key), said)
    library, language = pen.moment.library, language_of(pen)
    rate = Button(f"rate:{goal.id}", rate_label(pen), library.tongue("goal_rate_button", language))
    seq = pen.offer(rate)
    if pen.state.runs:
        offer_fixed(pen, "resume")
        pen.write(WaitBegan(wait=ForPatient(seq=seq, keys=(rate.key, "resume"), resume=True)))
    else:
        offer_fixed(pen, "menu:menu")
        pen.write(WaitBegan(wait=ForNothing(seq=seq, keys=(rate.key, "menu:menu"))))


def _named(pen: Talk, name: str) -> Goal | None:
    return next((goal for goal in pen.state.goals if str(goal.id) == name), None)


def _goal(pen: Talk, goal: UUID) -> Goal | None:
    return next((held for held in pen.state.goals if held.id == goal), None)


def _ended(pen: Talk, how: Literal["finished", "stopped", "lost"]) -> None:
    pen.write(RunEnded(kind="goal", name="", how=how))


def _run(pen: Talk) -> GoalRun:
    run = pen.state.top
    assert isinstance(run, GoalRun)
    return run
