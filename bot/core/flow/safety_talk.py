"""The safety dialogue: a Run over whatever was going on. Warm, short, one question at a time, never abandoning."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from bot.core.concerns import concern_raised
from bot.core.facts import (
    Evidence,
    PhaseReached,
    RunEnded,
    RunStarted,
    SafetyAnswered,
    TimerCleared,
    TimerSet,
)
from bot.core.flow import rating
from bot.core.flow.voice import Talk, speak, wait_for_choice, where_to_turn
from bot.core.inputs import Said
from bot.core.library import Level
from bot.core.reading import read_yes_no
from bot.core.safety import Hit, Screen, Tier
from bot.core.state import MOST_RUNS, SafetyRun, Timer, timer_id
from bot.core.values import tag_of

Dialogue = Literal["crisis", "gentle", "item", "emergency", "safeguarding"]
GENTLE = "risk"

# What follows the first sentence of a concern, in order.
FOLLOWING = {
    "third_person_first": ("third_person_next",),
    "under_18_later": (),
    "safeguarding_first": ("safeguarding_next", "safeguarding_screen"),
    "safeguarding_others": ("safeguarding_next",),
    "safeguarding_children": ("safeguarding_next",),
}


def rang(pen: Talk, said: Said, seq: int) -> None:
    """The screen spoke (or failed): the alert with its cause first, then the words to the patient."""
    told_before = isinstance(pen.state.top, SafetyRun)
    if said.screen is None:
        evidence = Evidence(rule="unscreened", seq=seq, client_id=said.client_id)
        concern_raised(pen, "risk", "now", evidence)
    for hit in said.screen.hits if said.screen else ():
        evidence = Evidence(rule=hit.rule, seq=seq, client_id=said.client_id, numbers=_numbers(said.screen))
        concern_raised(pen, hit.concern, _level(hit), evidence)
    dialogue, concern = _dialogue(said.screen)
    if pen.state.hold is not None:
        signpost(pen, dialogue, said.screen)
    elif told_before and not _graver(pen, dialogue):
        if dialogue == "safeguarding" and _run(pen).dialogue != dialogue:
            signpost(pen, dialogue, said.screen)
        go_on(pen, said)
    else:
        if told_before:
            _ended(pen, "left")
        begin(pen, dialogue, concern, said.screen)


def _numbers(screen: Screen | None) -> dict[str, float]:
    return {r.kind: r.value for r in screen.readings} if screen else {}


def _level(hit: Hit) -> Level:
    return "now" if hit.tier == Tier.ALERT else "soon"


def _dialogue(screen: Screen | None) -> tuple[Dialogue, str]:
    hit = screen.gravest if screen else None
    if hit is None:
        return "crisis", "risk"
    if hit.concern.startswith("emergency"):
        return "emergency", hit.concern
    if hit.concern == "safeguarding":
        return "safeguarding", hit.concern
    return ("crisis" if hit.tier == Tier.ALERT else "gentle"), hit.concern


def _graver(pen: Talk, dialogue: Dialogue) -> bool:
    """A new dialogue over a running one only where it says something that has not been said."""
    run = pen.state.top
    assert isinstance(run, SafetyRun)
    if run.dialogue == dialogue or dialogue == "gentle":
        return False
    return dialogue == "emergency" or run.dialogue in ("gentle", "item", "emergency", "safeguarding")


# -- opening ------------------------------------------------------------------------------------------


def begin(pen: Talk, dialogue: Dialogue, concern: str, screen: Screen | None = None) -> None:
    rating.pass_over(pen)
    if len(pen.state.runs) >= MOST_RUNS:
        pen.write(RunEnded(kind=tag_of(type(pen.state.runs[-1])), name="", how="left"))
    release = pen.moment.library.release
    pen.write(RunStarted(run=SafetyRun(dialogue=dialogue, concern=concern, release=release)))
    match dialogue:
        case "crisis":
            signpost(pen, dialogue, screen)
            _ask(pen, "direct", "crisis_question")
        case "gentle" | "item":
            if dialogue == "item":
                speak(pen, "item9_first", urgent=where_to_turn(pen, "crisis"))
            _ask(pen, "direct", "gentle_question" if dialogue == "gentle" else "crisis_question")
            minutes = pen.moment.library.policy.ladder.gentle_question_minutes
            due = pen.moment.now + timedelta(minutes=minutes)
            pen.write(TimerSet(timer=Timer(kind="gentle", key=concern, due_at=due)))
        case "emergency" | "safeguarding":
            signpost(pen, dialogue, screen)
            _after(pen)


def signpost(pen: Talk, dialogue: Dialogue, screen: Screen | None = None) -> None:
    """The words that go out whatever else is going on, also while a person has taken over."""
    hit = screen.gravest if screen else None
    says = hit.says if hit else None
    match dialogue:
        case "emergency":
            speak(pen, says or "emergency_any", urgent=where_to_turn(pen, "emergency"))
            speak(pen, "emergency_team")
        case "safeguarding":
            first = says or "safeguarding_first"
            speak(pen, first, urgent=where_to_turn(pen, "safeguarding"))
            for key in FOLLOWING.get(first, ("safeguarding_next",)):
                speak(pen, key)
        case _ if screen is None:
            speak(pen, "unscreened", urgent=where_to_turn(pen, "crisis"))
        case _:
            speak(pen, "crisis_first", urgent=where_to_turn(pen, "crisis"))
            speak(pen, "crisis_telling_team")


def _ask(pen: Talk, phase: Literal["direct", "right_now"], key: str) -> None:
    pen.write(PhaseReached(phase=phase))
    speak(pen, key)
    wait_for_choice(pen, "yes", "no", "rather", item="safety_question")


def _after(pen: Talk) -> None:
    pen.write(PhaseReached(phase="after"))
    speak(pen, "emergency_after" if _run(pen).dialogue == "emergency" else "crisis_stay")
    wait_for_choice(pen, *(("resume",) if len(pen.state.runs) > 1 else ()), "menu:menu")


# -- answers ------------------------------------------------------------------------------------------


def go_on(pen: Talk, said: Said) -> None:
    """A typed message inside the dialogue. An unclear answer to its question counts as a yes."""
    run = _run(pen)
    if run.phase in ("direct", "right_now"):
        yes = read_yes_no(said.text or "")
        answered(pen, "no" if yes is False else "yes" if yes else "unclear")
    elif run.phase == "contact":
        choose(pen, "either")
    else:
        speak(pen, "crisis_again")
        _after(pen)


def choose(pen: Talk, key: str) -> None:
    run = _run(pen)
    match run.phase:
        case "direct" | "right_now":
            answered(pen, key)
        case "contact":
            pen.write(SafetyAnswered(phase="contact", answer=key))
            speak(pen, "crisis_contact_noted")
            _after(pen)
        case "after":
            _ended(pen, "finished")


def answered(pen: Talk, answer: str) -> None:
    """``yes``, ``no``, ``rather`` or ``unclear``. Only a plain No leaves the level where it was."""
    run = _run(pen)
    pen.write(SafetyAnswered(phase=run.phase, answer=answer))
    _quiet(pen, run)
    if answer != "no":
        evidence = Evidence(rule=f"safety_question:{run.phase}:{answer}", seq=pen.state.seq)
        concern_raised(pen, run.concern, "now", evidence)
    if run.phase == "right_now":
        if answer != "no":
            speak(pen, "crisis_right_now_yes", urgent=where_to_turn(pen, "emergency"))
        else:
            speak(pen, "crisis_right_now_no")
        _contact(pen)
    elif answer == "no":
        speak(pen, "crisis_no")
        _contact(pen) if run.dialogue == "crisis" else _after(pen)
    else:
        reply = {"yes": "crisis_yes", "rather": "crisis_rather_not"}.get(answer, "crisis_unclear")
        # The card once: the same block again each turn is not listening.
        speak(pen, reply, urgent=where_to_turn(pen, "crisis") if run.dialogue == "gentle" else None)
        if run.dialogue != "crisis":
            speak(pen, "crisis_telling_team")
        _ask(pen, "right_now", "crisis_right_now_question")


def _contact(pen: Talk) -> None:
    pen.write(PhaseReached(phase="contact"))
    speak(pen, "crisis_contact_how")
    wait_for_choice(pen, "phone", "message", "either")


def not_answered(pen: Talk, concern: str) -> None:
    """The gentle question stood too long: silence is read as a yes, and a person hears."""
    pen.write(TimerCleared(kind="gentle", key=concern))
    concern_raised(pen, concern, "now", Evidence(rule="safety_question:silence"))
    speak(pen, "gentle_timeout", urgent=where_to_turn(pen, "crisis"))
    run = pen.state.top
    if isinstance(run, SafetyRun) and pen.state.hold is None:
        _ask(pen, "right_now", "crisis_right_now_question")


def ask_again(pen: Talk) -> None:
    """Put the question of the current phase once more, after an interruption."""
    run = _run(pen)
    match run.phase:
        case "direct" | "right_now":
            _ask(pen, run.phase, "crisis_question" if run.phase == "direct" else "crisis_right_now_question")
        case "contact":
            _contact(pen)
        case "after":
            _after(pen)


def asked_for_help(pen: Talk, seq: int) -> None:
    """'Did I get that wrong? I need help': the gentle question, and somebody sees that it was pressed."""
    concern_raised(pen, GENTLE, "soon", Evidence(rule="patient:need_help", seq=seq))
    begin(pen, "gentle", GENTLE)


def _quiet(pen: Talk, run: SafetyRun) -> None:
    if timer_id("gentle", run.concern) in pen.state.timers:
        pen.write(TimerCleared(kind="gentle", key=run.concern))


def _ended(pen: Talk, how: Literal["finished", "left"]) -> None:
    run = _run(pen)
    _quiet(pen, run)
    pen.write(RunEnded(kind="safety", name=run.dialogue, how=how))


def _run(pen: Talk) -> SafetyRun:
    run = pen.state.top
    assert isinstance(run, SafetyRun)
    return run
