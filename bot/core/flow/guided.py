"""A check-in as it was composed: what it holds is said before it starts, and what follows from it is explained."""

from __future__ import annotations

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


def begin(pen: Talk) -> None:
    """What is due now. Nothing: it is said when something is, and they may tell how they are all the same."""
    leave_all(pen)
    plan = plan_of(pen)
    if plan is None:
        check_in.begin(pen, WITHOUT_A_PLAN, called=False)
        return
    what, owed, fall = composed(pen, plan), _owes_safety(pen, plan), daily.fall_owed(pen, plan)
    forms = tuple(form for form in what.of("weekly", "review") if not (owed and form == SAFETY))
    if what.full:
        _tell(pen, what, plan)
        check_in.begin(pen, what.of("first", "due", "hinge"), called=False)
    elif fall is not None or _hung(pen, what, plan):
        _start(pen, _run_of(pen, (), forms), owed=owed)
        if fall is not None:
            daily.open_hinge(pen, plan, *fall)
    elif what.parts or owed:
        _tell(pen, what, plan)
        _start(pen, _run_of(pen, what.of("daily"), forms), owed=owed)
    else:
        speak(pen, "check_in_nothing_due")
        offer(pen, (), "menu:again", "menu:menu")


def _start(pen: Talk, run: GuidedRun, *, owed: bool) -> None:
    pen.write(RunStarted(run=run.but(phase=SAFETY) if owed else run))


def _hung(pen: Talk, what: Composed, plan: Measuring) -> bool:
    """The short form was due already when they tapped in their mood on an earlier day, and has not come since: it goes
    before the taps, or who closes the app behind them would never meet it."""
    known = known_of(pen.state, pen.moment.now)
    due, tapped = known.since(plan.brief, *plan.full), known.since(*plan.ratings)
    waits = plan.brief in what.of("weekly") and bool(what.of("daily"))
    return waits and due is not None and tapped is not None and due - tapped >= plan.brief_every_days


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
    """The short form was sent, or a full one whose item about safety was left out, and neither the plain question nor
    that item has been answered since."""
    came = pen.state.measuring.sent.get(plan.brief)
    return check_in.left_safety_out(pen, plan) or (
        came is not None and not check_in.safety_answered_since(pen, plan, came)
    )


# -- going on -----------------------------------------------------------------------------------------


def go_on(pen: Talk) -> None:
    """The next screen, or the next form over this."""
    run = _run(pen)
    match run.phase:
        case "rate":
            if daily.too_old(pen):
                _anew(pen)
            elif run.item < len(run.ratings):
                daily.ask_rating(pen, run)
            else:
                pen.write(PhaseReached(phase="words"))
        case "words" if daily.too_old(pen):
            _over(pen, run)
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


def _anew(pen: Talk) -> None:
    pen.write(RunEnded(kind="guided", name="daily", how="lost"))
    begin(pen)


def _over(pen: Talk, run: GuidedRun) -> None:
    """Taps of another day, sent then. What hung on them is asked now, by what is due by now."""
    plan = plan_of(pen)
    daily.end(pen)
    if plan is not None and (run.forms or daily.fall_owed(pen, plan) or _owes_safety(pen, plan)):
        begin(pen)
    else:
        say_next(pen)


def _next_form(pen: Talk, run: GuidedRun) -> None:
    plan = plan_of(pen)
    if plan is not None and check_in.left_safety_out(pen, plan):
        pen.write(PhaseReached(phase="safety"))
        return
    if run.item >= len(run.forms) or plan is None:
        _end(pen, run, plan)
        return
    form = run.forms[run.item]
    if form == plan.brief and run.fell:
        today = daily.fell_now(pen) and not daily.too_old(pen)
        speak(pen, "hinge_because_mood" if today else "hinge_because_mood_then")
    pen.write(QuestionReached(item=run.item + 1))
    if _needless(pen, run, form, plan):
        return
    if form == SAFETY:
        pen.write(PhaseReached(phase="safety"))
    elif form in pen.moment.library.measures:
        pen.write(PhaseReached(phase="brief" if form == plan.brief else "forms"))
        check_in.begin(pen, (form,), called=False)


def _end(pen: Talk, run: GuidedRun, plan: Measuring | None) -> None:
    """Behind what was owed come the taps of today, in a run of their own."""
    daily.end(pen)
    was_owed = bool(plan) and not run.ratings and (run.fell or bool(run.forms))
    full = plan is not None and bool(set(plan.full) & set(run.forms))
    taps = composed(pen, plan).of("daily") if plan and was_owed and not full else ()
    if plan is not None and taps and not pen.state.runs:
        speak(pen, "check_in_plan_daily", questions=str(len(taps)), minutes=str(minutes(len(taps), plan)))
        pen.write(RunStarted(run=_run_of(pen, taps, ())))
    elif not pen.state.runs:
        say_next(pen)


def _needless(pen: Talk, run: GuidedRun, form: str, plan: Measuring) -> bool:
    """The hinge brought more than was composed: the plain question has come with it, or a review has no room beside it and
    waits for another day."""
    if form == SAFETY:
        came = pen.state.measuring.sent.get(plan.brief)
        since = max([at for at in (came, run.began_at) if at is not None], default=pen.moment.now)
        return plan.brief in run.forms[: run.item] and check_in.safety_answered_since(pen, plan, since)
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
        case "daily.done" if daily.too_old(pen):
            _over(pen, run)
        case "daily.change" if daily.too_old(pen):
            _anew(pen)
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
