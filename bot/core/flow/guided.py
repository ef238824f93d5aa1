"""A check-in as it was composed: what it holds is said before it starts, and what follows from it is explained."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from bot.core.alerts import concern_raised
from bot.core.composing import SAFETY, Composed, known_of, minutes, opens, positive
from bot.core.facts import (
    Evidence,
    HingeOpened,
    PhaseReached,
    QuestionReached,
    RunEnded,
    RunStarted,
    SafetyChecked,
)
from bot.core.flow import calendar, check_in, daily, safety_talk
from bot.core.flow.coming import composed, plan_of, say_next
from bot.core.flow.leaving import leave_all
from bot.core.flow.voice import Talk, language_of, offer, speak, wait_for_choice
from bot.core.library import Measuring
from bot.core.state import GuidedRun

WITHOUT_A_PLAN = ("phq9", "gad7")
TAPS_FOR = timedelta(hours=20)
"""Ratings are about today: half-done ones of longer ago begin anew."""


def begin(pen: Talk) -> None:
    """What is due now. Nothing: it is said when something is, and they may tell how they are all the same."""
    leave_all(pen)
    plan = plan_of(pen)
    if plan is None:
        check_in.begin(pen, WITHOUT_A_PLAN, called=False)
        return
    what, owed = composed(pen, plan), _owes_safety(pen, plan)
    if what.full:
        _tell(pen, what, plan)
        check_in.begin(pen, what.of("first", "due", "hinge"), called=False)
    elif what.parts or owed:
        _tell(pen, what, plan)
        forms = tuple([form for form in what.of("weekly", "review") if not (owed and form == SAFETY)])
        run = _run_of(pen, what.of("daily"), forms)
        pen.write(RunStarted(run=run.but(phase=SAFETY) if owed else run))
    else:
        speak(pen, "check_in_nothing_due")
        offer(pen, (), "menu:again", "menu:menu")


def again(pen: Talk) -> None:
    """The taps once more on the same day, because they want to."""
    leave_all(pen)
    plan = plan_of(pen)
    held = [m for m in plan.ratings if m in pen.moment.library.measures] if plan else []
    pen.write(RunStarted(run=_run_of(pen, tuple(held), ()).but(own=True)))


def _run_of(pen: Talk, ratings: tuple[str, ...], forms: tuple[str, ...]) -> GuidedRun:
    release, now = pen.moment.library.release, pen.moment.now
    phase: Literal["rate", "forms"] = "rate" if ratings else "forms"
    return GuidedRun(release=release, ratings=ratings, forms=forms, phase=phase, began_at=now)


def _tell(pen: Talk, what: Composed, plan: Measuring) -> None:
    """How much, how long, what for, and who sees it when."""
    if not what.parts:
        return
    why = what.parts[0].why
    more = any(part.items for part in what.parts if part.why in ("weekly", "review"))
    key = why if what.full else "more" if more else "daily"
    long = str(minutes(what.items, plan))
    speak(pen, f"check_in_plan_{key}", questions=str(what.items), minutes=long)


def _owes_safety(pen: Talk, plan: Measuring) -> bool:
    """The short form was sent, and neither the plain question nor the full one has been answered since."""
    kept = pen.state.measuring
    came = kept.sent.get(plan.brief)
    if came is None:
        return False
    return not _heard_of_safety(pen, plan, came)


def _heard_of_safety(pen: Talk, plan: Measuring, since: datetime) -> bool:
    kept = pen.state.measuring
    came = [kept.safety, *(kept.sent.get(m) for m in plan.full[:1])]
    return any(at is not None and at > since for at in came)


# -- going on -----------------------------------------------------------------------------------------


def go_on(pen: Talk) -> None:
    """The next screen, or the next form over this."""
    run = _run(pen)
    match run.phase:
        case "rate":
            if _too_old(pen, run):
                pen.write(RunEnded(kind="guided", name="daily", how="lost"))
                begin(pen)
            elif run.item < len(run.ratings):
                daily.ask_rating(pen, run)
            else:
                pen.write(PhaseReached(phase="words"))
        case "words":
            daily.ask_words(pen, run)
        case "sugar":
            speak(pen, "sugar_first")
            wait_for_choice(pen, "not_safe", "sugar_checked")
        case "safety":
            speak(pen, "safety_plain_question")
            wait_for_choice(pen, "yes", "no", "rather")
        case "brief":
            _judge(pen, run)
        case "forms":
            _next_form(pen, run)


def _too_old(pen: Talk, run: GuidedRun) -> bool:
    return run.began_at is not None and pen.moment.now - run.began_at > TAPS_FOR


def _next_form(pen: Talk, run: GuidedRun) -> None:
    plan = plan_of(pen)
    if run.item >= len(run.forms) or plan is None:
        pen.write(RunEnded(kind="guided", name="daily", how="finished"))
        say_next(pen)
        return
    form = run.forms[run.item]
    if form == plan.brief and run.fell:
        speak(pen, "hinge_because_mood")
    pen.write(QuestionReached(item=run.item + 1))
    if _needless(pen, run, form, plan):
        return
    if form == SAFETY:
        pen.write(PhaseReached(phase="safety"))
    elif form in pen.moment.library.measures:
        pen.write(PhaseReached(phase="brief" if form == plan.brief else "forms"))
        check_in.begin(pen, (form,), called=False)


def _needless(pen: Talk, run: GuidedRun, form: str, plan: Measuring) -> bool:
    """The hinge brought more than was composed: the plain question has come with it, or a review has no room beside it and
    waits for another day."""
    if form == SAFETY:
        came = pen.state.measuring.sent.get(plan.brief)
        since = max([at for at in (came, run.began_at) if at is not None], default=pen.moment.now)
        return plan.brief in run.forms[: run.item] and _heard_of_safety(pen, plan, since)
    hinged = {plan.brief, *plan.full} & {*run.forms[: run.item]}
    return bool(hinged) and form not in (plan.brief, *plan.full, *composed(pen, plan).of("review"))


def _judge(pen: Talk, run: GuidedRun) -> None:
    """What the short form said: the full one because of it, and else the plain question, since it has none about safety."""
    plan, now = plan_of(pen), pen.moment.now
    brief = pen.moment.library.measures.get(plan.brief) if plan else None
    named = f"{plan.brief}." if plan else ""
    given = {k.removeprefix(named): v for k, v in run.answers.items() if k.startswith(named)}
    points = {item: v for item, v in given.items() if isinstance(v, int)}
    if plan is None or brief is None or not given:
        pen.write(PhaseReached(phase="forms"))
        return
    found = positive(points, brief, plan)
    if not found:
        pen.write(PhaseReached(phase="safety"))
        return
    full = opens(known_of(pen.state, now), pen.moment.library.measures, plan)
    numbers = {name: float(n) for name, n in found.items()}
    opened = full or (SAFETY,)
    pen.write(HingeOpened(why="short_form", opens=opened, version=plan.version, numbers=numbers, at=now))
    if full:
        items = sum(len(pen.moment.library.measures[m].items) for m in full)
        speak(pen, "hinge_because_short", questions=str(items), minutes=str(minutes(items, plan)))
    else:
        day = composed(pen, plan).full_on
        when = calendar.day(pen.moment.library, day, language_of(pen)) if day else ""
        speak(pen, "hinge_not_again", date=when)
    pen.write(PhaseReached(phase="forms"))


# -- buttons ------------------------------------------------------------------------------------------


def choose(pen: Talk, key: str) -> None:
    run = _run(pen)
    match key:
        case "back":
            pen.write(QuestionReached(item=max(run.item - 1, 0), changing=run.changing))
        case "skip":
            daily.answer(pen, None)
        case "later":
            speak(pen, "check_in_saved")
            wait_for_choice(pen, "resume", "leave", resume=True)
        case "daily.done":
            daily.done(pen)
        case "daily.change":
            daily.change(pen)
        case "sugar_checked":
            pen.write(PhaseReached(phase="rate" if run.item < len(run.ratings) else "words"))
        case "yes" | "no" | "rather":
            checked(pen, key)


def checked(pen: Talk, given: Literal["yes", "no", "rather", "words"]) -> None:
    """The plain question's answer. A no is kept as an answer and is no grade of anything; words that rang speak for
    themselves."""
    run, plan = _run(pen), plan_of(pen)
    pen.write(SafetyChecked(answer=given, at=pen.moment.now))
    rated = bool(run.answers) or not run.ratings
    pen.write(PhaseReached(phase="forms" if rated else "rate"))
    if given == "no":
        speak(pen, "safety_plain_no")
    elif given != "words":
        version = plan.version if plan else ""
        evidence = Evidence(rule=f"plain_question:{given}", version=version, seq=pen.state.seq)
        concern_raised(pen, safety_talk.GENTLE, "soon", evidence)
        safety_talk.begin(pen, "item" if given == "yes" else "gentle", safety_talk.GENTLE)


def _run(pen: Talk) -> GuidedRun:
    run = pen.state.top
    assert isinstance(run, GuidedRun)
    return run
