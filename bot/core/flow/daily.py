"""The daily taps: one rating a screen, sent with the last tap, then a few words if they like."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from bot.core.alerts import concern_raised
from bot.core.composing import SAFETY, fell, gate_at, known_of, room_for_brief
from bot.core.errors import Refused
from bot.core.facts import (
    CheckInWordsAdded,
    Evidence,
    HingeOpened,
    PhaseReached,
    QuestionAnswered,
    QuestionReached,
    RunEnded,
)
from bot.core.flow import check_in, safety_talk
from bot.core.flow.coming import plan_of
from bot.core.flow.voice import (
    Talk,
    ask,
    fixed_label,
    language_of,
    library_of,
    sentence,
    speak,
)
from bot.core.library import Gate, Given, Measure, Measuring
from bot.core.reading import read_given
from bot.core.schedule.speaking import WORDS_FOR, at_words, open_since
from bot.core.shown import Progress, Question
from bot.core.state import GuidedRun, ScoreKept

WORDS = "daily.words"

TAPS_FOR = timedelta(hours=20)
"""Ratings are about today: what lies open of longer ago begins anew."""


def ask_rating(pen: Talk, run: GuidedRun) -> None:
    measure = run.ratings[run.item]
    question = library_of(pen, run.release).questions[measure][0].but(one_tap=True)
    given = run.answers.get(measure)
    if isinstance(given, int):
        question = question.but(given=given)
    keys = ("not_safe", *(("back",) if run.item else ()), "skip", "later")
    progress = Progress(at=run.item + 1, of=len(run.ratings))
    step = f"measure:{question.item}"
    ask(pen, question, lang=check_in.MEASURES, keys=keys, progress=progress, step=step, release=run.release)


def ask_words(pen: Talk, run: GuidedRun) -> None:
    """Sent already: what was said, in one line, and room for words."""
    answers = ", ".join(
        _in_words(pen, m, given) for m in run.ratings if (given := run.answers.get(m)) is not None
    )
    if answers:
        speak(pen, "daily_sent", answers=answers)
    else:
        speak(pen, "daily_skipped")
    library, language = pen.moment.library, language_of(pen)
    text, lang = library.say("daily_words", language), library.tongue("daily_words", language)
    keys = ("not_safe", "daily.done", *(("daily.change",) if run.ratings else ()))
    ask(pen, Question(item=WORDS, text=text, kind="text"), lang=lang, keys=keys, step="texts:daily_words")


def _in_words(pen: Talk, measure: str, given: Given) -> str:
    named = f"daily_said_{measure}"
    if named in pen.moment.library.texts["en"]:
        return sentence(pen, named, points=str(given))
    return f"{pen.moment.library.measures[measure].plain_name}: {given}"


# -- answers ------------------------------------------------------------------------------------------


def _on_screen(pen: Talk) -> Measure:
    run = _run(pen)
    return library_of(pen, run.release).measures[run.ratings[run.item]]


def read(pen: Talk, text: str) -> tuple[Given] | None:
    run = _run(pen)
    if run.phase != "rate":
        return None
    measure = _on_screen(pen)
    return read_given(text, measure, measure.items[0])


def label_on_screen(pen: Talk, points: int | None) -> str:
    """Raises Refused for an answer that the question does not offer."""
    if points is None:
        return fixed_label(pen, "skip")
    if _run(pen).phase != "rate" or not _on_screen(pen).answers(_on_screen(pen).items[0]).takes(points):
        raise Refused("not_an_option")
    return str(points)


def answer(pen: Talk, given: Given) -> None:
    """The tap; None skips. The last one sends them all. What must come first comes before anything else."""
    run, measure = _run(pen), _on_screen(pen)
    before, earlier = run.answers.get(measure.id), _earlier(pen, measure.id)
    changed = measure.id in run.answers and before != given
    item = measure.items[0].id
    pen.write(QuestionAnswered(measure=measure.id, item=item, points=given, was=before, changed=changed))
    pen.write(QuestionReached(item=run.item + 1, changing=run.changing))
    if run.changing and changed and given is not None:
        _record(pen, measure.id, corrects=before is not None)
    if run.item + 1 >= len(run.ratings):
        if not run.changing:
            for name in run.ratings:
                _record(pen, name)
        pen.write(PhaseReached(phase="words"))
    plan = plan_of(pen)
    if plan is None or not isinstance(given, int):
        return
    gate = gate_at(measure.id, given, earlier, pen.state.profile.conditions, plan)
    if gate is not None:
        _stop_at(pen, gate, plan, given)


def _record(pen: Talk, name: str, *, corrects: bool = False) -> None:
    run = _run(pen)
    given = run.answers.get(name)
    if given is not None:
        measure = library_of(pen, run.release).measures[name]
        check_in.record(pen, measure, measure.version, {measure.items[0].id: given}, corrects=corrects)
        check_in.judged(pen, name)


def _earlier(pen: Talk, measure: str) -> tuple[float, ...]:
    """Before this check-in."""
    began = _run(pen).began_at or pen.moment.now
    return _stood(score for score in pen.state.scores.get(measure, ()) if score.at < began)


def _stood(scores: Iterable[ScoreKept]) -> tuple[float, ...]:
    """A slip of the finger that they corrected is no part of what is usual."""
    return tuple([score.total for score in scores if not score.corrected])


def _fell(pen: Talk) -> None:
    """A mood so far under their usual opens the short form, or where that came of late the plain question alone."""
    run, plan = _run(pen), plan_of(pen)
    for name in run.ratings if plan else ():
        mood = run.answers.get(name)
        if plan is None or not isinstance(mood, int) or not _is_mood(pen, name):
            continue
        own = fell(mood, _earlier(pen, name), plan)
        if own is not None:
            open_hinge(pen, plan, mood, own)


def fell_now(pen: Talk) -> bool:
    """By what they tapped in the run on top, today."""
    run, plan = _run(pen), plan_of(pen)
    moods = {m: n for m in run.ratings if isinstance(n := run.answers.get(m), int) and _is_mood(pen, m)}
    return plan is not None and any(fell(n, _earlier(pen, m), plan) is not None for m, n in moods.items())


def fall_owed(pen: Talk, plan: Measuring) -> tuple[float, float] | None:
    """A mood that fell, with their usual of then, where nothing that asks more has been answered since: the app was
    closed behind the taps, or what the hinge opened was left."""
    kept = pen.state.measuring
    asked = [kept.safety, kept.sent.get(plan.brief), *(kept.sent.get(m) for m in plan.full[:1])]
    since = max([at for at in asked if at is not None], default=None)
    for name in plan.ratings:
        scores = pen.state.scores.get(name, ()) if _is_mood(pen, name) else ()
        for n, score in reversed([*enumerate(scores)]):
            if since is not None and score.at < since:
                break
            own = None if score.corrected else fell(score.total, _stood(scores[:n]), plan)
            if own is not None:
                return score.total, own
    return None


def open_hinge(pen: Talk, plan: Measuring, mood: float, own: float) -> None:
    """In the run on top."""
    run, now, measures = _run(pen), pen.moment.now, pen.moment.library.measures
    if plan.brief in run.forms:
        opened: tuple[str, ...] = ()
    elif room_for_brief(known_of(pen.state, now), measures, plan):
        opened = (plan.brief,)
    else:
        opened = () if run.phase == SAFETY or SAFETY in run.forms else (SAFETY,)
    numbers = {"mood": float(mood), "usual": own}
    pen.write(HingeOpened(why="mood_fell", opens=opened, version=plan.version, numbers=numbers, at=now))


def _is_mood(pen: Talk, name: str) -> bool:
    measures = pen.moment.library.measures
    return name in measures and measures[name].higher_is == "better"


def _stop_at(pen: Talk, gate: Gate, plan: Measuring, points: int) -> None:
    if gate.asks == "sugar":
        pen.write(PhaseReached(phase="sugar"))
        return
    concern = _concern(pen, gate)
    rule, numbers = f"gate:{gate.rating}", {"points": float(points)}
    concern_raised(
        pen, concern, "soon", Evidence(rule=rule, version=plan.version, seq=pen.state.seq, numbers=numbers)
    )
    safety_talk.begin(pen, "red_flag", concern)


def _concern(pen: Talk, gate: Gate) -> str:
    """Of the first condition that the gate is for, where its emergencies have a name of their own."""
    theirs = [c for c in pen.state.profile.conditions if c in gate.conditions]
    return (
        f"emergency:{theirs[0]}" if theirs and theirs[0] in ("copd", "heart", "cancer") else "emergency:any"
    )


def heard(pen: Talk, seq: int) -> None:
    """Words beside the taps: they stand in the conversation, sealed as all words are."""
    speak(pen, "daily_words_noted")
    keep(pen, seq)


def keep(pen: Talk, seq: int) -> None:
    """Without a word: where they rang, safety speaks."""
    pen.write(CheckInWordsAdded(seq=seq))
    done(pen)


def done(pen: Talk) -> None:
    """Nothing more to add or to change: what follows from the taps comes now."""
    _fell(pen)
    pen.write(PhaseReached(phase="forms"))
    pen.write(QuestionReached(item=0))


def takes_words(pen: Talk) -> bool:
    return at_words(pen.state) and not too_old(pen)


def too_old(pen: Talk) -> bool:
    """What was tapped in the run on top is not about today any more."""
    began = _run(pen).began_at
    return began is not None and pen.moment.now - began > TAPS_FOR


def leave_words(pen: Talk) -> None:
    """The taps are sent and nobody wrote beside them: it is over. What they owe is found at the next check-in."""
    since = open_since(pen.state)
    if at_words(pen.state) and (since is None or pen.moment.now - since >= WORDS_FOR):
        end(pen)


def leave_old_words(pen: Talk) -> None:
    """What they write days later is something new."""
    if at_words(pen.state) and too_old(pen):
        end(pen)


def end(pen: Talk) -> None:
    pen.write(RunEnded(kind="guided", name="daily", how="finished"))


def change(pen: Talk) -> None:
    """From the first rating on; what was sent stays, and what is changed is sent anew."""
    pen.write(PhaseReached(phase="rate"))
    pen.write(QuestionReached(item=0, changing=True))


def _run(pen: Talk) -> GuidedRun:
    run = pen.state.top
    assert isinstance(run, GuidedRun)
    return run
