"""A patient's own plans, in parts in their own words: written, looked at and changed in the chat. One for hard hours, one
for a flare-up of their condition, one for staying well. Their team reads each only if they say so."""

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
    offer,
    offer_fixed,
    sentence,
    speak,
    wait_for_choice,
)
from bot.core.library import Library
from bot.core.shown import Question, ReadBack, Shown
from bot.core.state import (
    PLANS,
    ForPatient,
    OwnPlan,
    PlanName,
    PlanPart,
    PlanRun,
    plan_with,
)
from bot.core.values import WordId

OFFERED: tuple[PlanName, ...] = ("safety", "flare", "well")


def take_out(pen: Talk, plan: PlanName) -> None:
    """From the menu, from the safety dialogue or from *Get help now*, over whatever is open."""
    run = pen.state.top
    if isinstance(run, PlanRun):
        if run.plan == plan:
            go_on(pen)
            return
        _ended(pen, "stopped")
    rating.pass_over(pen)
    room_for_another(pen)
    started = bool(pen.state.own_plan(plan).parts)
    first: PlanPart = PLANS[plan][0]
    release = pen.moment.library.release
    pen.write(RunStarted(run=PlanRun(release=release, plan=plan, phase="look" if started else first)))
    if not started:
        speak(pen, named(plan, "intro"))
        speak(pen, "plan_who_reads")


def choose_one(pen: Talk) -> None:
    """All that there are."""
    speak(pen, "plans_intro")
    offer(pen, (), "menu:plan", "plan:flare", "plan:well", "menu:menu")


def which(pen: Talk) -> str:
    """How a message is marked that belongs to the plan that is open; that for hard hours by nothing more."""
    plan = _run(pen).plan
    return "" if plan == "safety" else plan


def named(plan: PlanName, key: str) -> str:
    """The sentence of this plan: that of the plan for hard hours is called by the word alone."""
    return f"plan_{key}" if plan == "safety" else f"plan_{plan}_{key}"


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
    written = pen.read(pen.state.own_plan(run.plan).parts.get(part))
    if written:
        text = sentence(pen, "plan_part_now", text=escaped(written))
        lang = pen.moment.library.tongue("plan_part_now", language_of(pen))
        pen.show(_shown(run.plan, text, lang), step="texts:plan_part_now")
    key = f"plan_ask_{part}"
    library, language = pen.moment.library, language_of(pen)
    question = Question(item=f"plan.{part}", text=library.say(key, language), kind="text")
    keys = ("plan.keep", "plan.clear") if run.changing and written else ("skip", "plan.later")
    ask(pen, question, lang=library.tongue(key, language), keys=keys, step=f"texts:{key}")


def _shown(plan: PlanName, text: str, lang: str, lines: tuple[ReadBack, ...] = ()) -> Shown:
    of = "" if plan == "safety" else plan
    return Shown(text=text, lang=lang, read_back=lines, own_plan=True, of_plan=of)


def _look(pen: Talk) -> None:
    library, language = pen.moment.library, language_of(pen)
    name = _run(pen).plan
    plan = pen.state.own_plan(name)
    lines = tuple(
        ReadBack(item=f"plan.{part}", text=title, answer=pen.read(plan.parts.get(part)))
        for part, title in titles(library, language, name).items()
    )
    here = named(name, "here")
    text = "\n\n".join([sentence(pen, here), *call_999(pen, name)])
    pen.show(_shown(name, text, library.tongue(here, language), lines), step=f"texts:{here}")
    fixed = ("plan.done", "plan.unshare" if plan.shared else "plan.share")
    seq = offer_fixed(pen, *fixed)
    changes = tuple(f"change.plan.{part}" for part in PLANS[name])
    pen.write(WaitBegan(wait=ForPatient(seq=seq, keys=(*fixed, *changes), since=pen.moment.now)))


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
            speak(pen, named(run.plan, "kept"))
            _ended(pen, "finished")
        case "look", "plan.share" | "plan.unshare":
            _shared(pen, key == "plan.share")
        case "look", "plan.done":
            _ended(pen, "finished")
        case "look", _:
            pen.write(PhaseReached(phase=_part_of(key), changing=True))
        case _, "plan.later":
            speak(pen, "plan_put_away")
            _ended(pen, "stopped")
        case _, "plan.clear":
            pen.write(PlanPartWritten(part=_part(pen), word=None))
            _next(pen, _part(pen))
        case _:
            _next(pen, _part(pen))


def _part_of(key: str) -> PlanPart:
    return next(part for parts in PLANS.values() for part in parts if key == f"change.plan.{part}")


def _shared(pen: Talk, shared: bool) -> None:
    pen.write(PlanShared(shared=shared, plan=_run(pen).plan))
    speak(pen, "plan_shared" if shared else "plan_not_shared")
    if _run(pen).phase == "look":
        pen.write(PhaseReached(phase="look"))


def _next(pen: Talk, part: PlanPart) -> None:
    if _run(pen).changing:
        pen.write(PhaseReached(phase="look"))
        return
    plan = _run(pen).plan
    parts = PLANS[plan]
    following = parts[parts.index(part) + 1 :]
    if following:
        pen.write(PhaseReached(phase=following[0]))
    elif pen.state.own_plan(plan).parts:
        pen.write(PhaseReached(phase="share"))
    else:
        speak(pen, "plan_empty")
        _ended(pen, "stopped")


# -- read ---------------------------------------------------------------------------------------------


def call_999(pen: Talk, plan: PlanName) -> tuple[str, ...]:
    """What stands on a flare-up plan whatever else does: the screen's own sentences for their conditions."""
    library, profile = pen.moment.library, pen.state.profile
    keys = calls(library, profile.conditions) if plan == "flare" else ()
    return tuple(library.say(key, profile.language) for key in keys)


def calls(library: Library, conditions: tuple[str, ...]) -> tuple[str, ...]:
    """Where the content has none for their conditions, that for everybody."""
    programme = library.policy.programme
    if programme is None:
        return ()
    own = [key for condition in conditions for key in programme.call_999.get(condition, ())]
    return tuple(dict.fromkeys(own)) or programme.call_999.get("everybody", ())


def titles(library: Library, language: str, plan: PlanName = "safety") -> dict[PlanPart, str]:
    return {part: library.say(f"plan_part_{part}", language) for part in PLANS[plan]}


def opened(plan: OwnPlan, words: Mapping[WordId, str]) -> dict[PlanPart, str]:
    """The parts that were written, in order, with their words; what was erased is left out."""
    order = [part for parts in PLANS.values() for part in parts]
    written = {part: words.get(plan.parts[part], "") for part in order if part in plan.parts}
    return {part: text for part, text in written.items() if text}


def label(pen: Talk, key: str) -> str:
    part = key.removeprefix("change.plan.")
    return f"{fixed_label(pen, 'change')}: {sentence(pen, f'plan_part_{part}')}"


def _part(pen: Talk) -> PlanPart:
    phase = _run(pen).phase
    assert phase != "share" and phase != "look" and plan_with(phase) == _run(pen).plan
    return phase


def _ended(pen: Talk, how: Literal["finished", "stopped"]) -> None:
    name = _run(pen).plan
    pen.write(RunEnded(kind="plan", name="" if name == "safety" else name, how=how))


def _run(pen: Talk) -> PlanRun:
    run = pen.state.top
    assert isinstance(run, PlanRun)
    return run
