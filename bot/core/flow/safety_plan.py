"""A patient's own safety plan: five parts in their own words, written, looked at and changed in the chat, and brought out
in the safety dialogue. Their team reads it only if they say so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from bot.core.facts import PhaseReached, PlanPartWritten, PlanShared, RunEnded, RunStarted, WaitBegan
from bot.core.flow import rating
from bot.core.flow.leaving import room_for_another
from bot.core.flow.questions import escaped
from bot.core.flow.voice import (
    Talk,
    ask,
    fixed_label,
    language_of,
    offer_fixed,
    sentence,
    speak,
    wait_for_choice,
)
from bot.core.library import Library
from bot.core.shown import Question, ReadBack, Shown
from bot.core.state import PLAN_PARTS, ForPatient, PlanPart, PlanRun, SafetyPlan
from bot.core.values import WordId


def take_out(pen: Talk) -> None:
    """From the menu, from the safety dialogue or from *Get help now*, over whatever is open."""
    if isinstance(pen.state.top, PlanRun):
        go_on(pen)
        return
    rating.pass_over(pen)
    room_for_another(pen)
    started = bool(pen.state.plan.parts)
    run = PlanRun(release=pen.moment.library.release, phase="look" if started else "signs")
    pen.write(RunStarted(run=run))
    if not started:
        speak(pen, "plan_intro")
        speak(pen, "plan_who_reads")


def go_on(pen: Talk) -> None:
    run = _run(pen)
    match run.phase:
        case "look":
            _look(pen)
        case "share":
            speak(pen, "plan_share_ask")
            wait_for_choice(pen, "yes", "no")
        case part:
            _ask(pen, run, part)


def _ask(pen: Talk, run: PlanRun, part: PlanPart) -> None:
    written = pen.read(pen.state.plan.parts.get(part))
    if written:
        text = sentence(pen, "plan_part_now", text=escaped(written))
        lang = pen.moment.library.tongue("plan_part_now", language_of(pen))
        pen.show(Shown(text=text, lang=lang, own_plan=True), step="texts:plan_part_now")
    key = f"plan_ask_{part}"
    library, language = pen.moment.library, language_of(pen)
    question = Question(item=f"plan.{part}", text=library.say(key, language), kind="text")
    keys = ("plan.keep", "plan.clear") if run.changing and written else ("skip", "plan.later")
    ask(pen, question, lang=library.tongue(key, language), keys=keys, step=f"texts:{key}")


def _look(pen: Talk) -> None:
    library, language = pen.moment.library, language_of(pen)
    plan = pen.state.plan
    lines = tuple(
        ReadBack(item=f"plan.{part}", text=title, answer=pen.read(plan.parts.get(part)))
        for part, title in titles(library, language).items()
    )
    text = sentence(pen, "plan_here")
    lang = library.tongue("plan_here", language)
    pen.show(Shown(text=text, lang=lang, read_back=lines, own_plan=True), step="texts:plan_here")
    fixed = ("plan.done", "plan.unshare" if plan.shared else "plan.share")
    seq = offer_fixed(pen, *fixed)
    changes = tuple(f"change.plan.{part}" for part in PLAN_PARTS)
    pen.write(WaitBegan(wait=ForPatient(seq=seq, keys=(*fixed, *changes))))


# -- answers ------------------------------------------------------------------------------------------


def heard(pen: Talk, text: str) -> None:
    """A part in their own words."""
    part = _part(pen)
    pen.write(PlanPartWritten(part=part, word=pen.keep("plan", text.strip())))
    _next(pen, part)


def choose(pen: Talk, key: str) -> None:
    run = _run(pen)
    match run.phase, key:
        case "share", _:
            _shared(pen, key == "yes")
            speak(pen, "plan_kept")
            _ended(pen, "finished")
        case "look", "plan.share" | "plan.unshare":
            _shared(pen, key == "plan.share")
        case "look", "plan.done":
            _ended(pen, "finished")
        case "look", _:
            pen.write(PhaseReached(phase=_named(key), changing=True))
        case _, "plan.later":
            speak(pen, "plan_put_away")
            _ended(pen, "stopped")
        case _, "plan.clear":
            pen.write(PlanPartWritten(part=_part(pen), word=None))
            _next(pen, _part(pen))
        case _:
            _next(pen, _part(pen))


def _named(key: str) -> PlanPart:
    return next(part for part in PLAN_PARTS if key == f"change.plan.{part}")


def _shared(pen: Talk, shared: bool) -> None:
    pen.write(PlanShared(shared=shared))
    speak(pen, "plan_shared" if shared else "plan_not_shared")
    if _run(pen).phase == "look":
        pen.write(PhaseReached(phase="look"))


def _next(pen: Talk, part: PlanPart) -> None:
    if _run(pen).changing:
        pen.write(PhaseReached(phase="look"))
        return
    following = PLAN_PARTS[PLAN_PARTS.index(part) + 1 :]
    if following:
        pen.write(PhaseReached(phase=following[0]))
    elif pen.state.plan.parts:
        pen.write(PhaseReached(phase="share"))
    else:
        speak(pen, "plan_empty")
        _ended(pen, "stopped")


# -- brought out --------------------------------------------------------------------------------------


def bring_out(pen: Talk) -> None:
    """In the safety dialogue: whole, as they wrote it, or nothing where they have none."""
    written = opened(pen.state.plan, {w: pen.read(w) for w in pen.state.plan.parts.values()})
    if not written:
        return
    library, language = pen.moment.library, language_of(pen)
    speak(pen, "crisis_safety_plan")
    named = titles(library, language)
    text = "\n\n".join(f"**{named[part]}**\n{escaped(words)}" for part, words in written.items())
    lang = library.tongue("plan_part_signs", language)
    pen.show(Shown(text=text, lang=lang, own_plan=True), step="plan")


def titles(library: Library, language: str) -> dict[PlanPart, str]:
    return {part: library.say(f"plan_part_{part}", language) for part in PLAN_PARTS}


def opened(plan: SafetyPlan, words: Mapping[WordId, str]) -> dict[PlanPart, str]:
    """The parts that were written, in order, with their words; what was erased is left out."""
    written = {part: words.get(plan.parts[part], "") for part in PLAN_PARTS if part in plan.parts}
    return {part: text for part, text in written.items() if text}


def label(pen: Talk, key: str) -> str:
    part = key.removeprefix("change.plan.")
    return f"{fixed_label(pen, 'change')}: {sentence(pen, f'plan_part_{part}')}"


def _part(pen: Talk) -> PlanPart:
    phase = _run(pen).phase
    assert phase != "share" and phase != "look"
    return phase


def _ended(pen: Talk, how: Literal["finished", "stopped"]) -> None:
    pen.write(RunEnded(kind="plan", name="", how=how))


def _run(pen: Talk) -> PlanRun:
    run = pen.state.top
    assert isinstance(run, PlanRun)
    return run
