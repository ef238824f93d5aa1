"""The safety dialogue: a Run over whatever was going on. Warm, short, one question at a time, never abandoning."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from bot.core.alerts import concern_raised
from bot.core.facts import (
    Evidence,
    PhaseReached,
    RunEnded,
    RunStarted,
    SafetyAnswered,
    TimerCleared,
    TimerSet,
    WaitBegan,
)
from bot.core.flow import rating, safety_plan
from bot.core.flow.dialogues import (
    AGAIN,
    FAMILIES,
    SCRIPTS,
    UNCLEAR,
    asked_about,
    direct_question,
)
from bot.core.flow.leaving import room_for_another
from bot.core.flow.safety_answers import ANSWER, read_answer, rule_of
from bot.core.flow.voice import Talk, speak, wait_for_choice, where_to_turn
from bot.core.inputs import Said
from bot.core.safety import Screen, Tier
from bot.core.state import Dialogue, ForNothing, ForPatient, SafetyRun, Timer, timer_id

GENTLE = "risk"
SHORT = 3
"""So many lines of a card that has been shown whole."""
OPEN = ("direct", "right_now")


# -- opening ------------------------------------------------------------------------------------------


def begin(pen: Talk, dialogue: Dialogue, concern: str, screen: Screen | None = None) -> None:
    rating.pass_over(pen)
    room_for_another(pen)
    release = pen.moment.library.release
    pen.write(RunStarted(run=SafetyRun(dialogue=dialogue, concern=concern, release=release)))
    script = SCRIPTS[dialogue]
    hit = screen.gravest if screen else None
    sure = dialogue in ("crisis", "emergency", "safeguarding") or (hit is not None and hit.tier == Tier.ALERT)
    signpost(pen, dialogue, screen)
    if dialogue == "crisis":
        safety_plan.bring_out(pen)
    if script.direct and (script.always or not sure):
        _ask(pen, "direct")
    elif script.now:
        _ask(pen, "right_now")
    else:
        _close(pen)
    if not sure and _run(pen).phase in OPEN:
        minutes = pen.moment.library.policy.ladder.gentle_question_minutes
        due = pen.moment.now + timedelta(minutes=minutes)
        pen.write(TimerSet(timer=Timer(kind="gentle", key=concern, due_at=due)))


def signpost(pen: Talk, dialogue: Dialogue, screen: Screen | None = None) -> None:
    """The words that go out whatever else is going on, also while a person has taken over."""
    if dialogue == "crisis" and screen is None:
        speak(pen, "unscreened", urgent=where_to_turn(pen, "crisis"))
        return
    script = SCRIPTS[dialogue]
    hit = screen.gravest if screen else None
    own = hit.says if hit else None
    first = (own, *script.first[1:]) if own else script.first
    # What to do at once comes with the numbers, also where it is followed by a question about the body.
    card = "emergency" if own and dialogue == "red_flag" else script.card
    for n, key in enumerate(first):
        speak(pen, key, urgent=where_to_turn(pen, card) if card and not n else None)


def _ask(pen: Talk, phase: Literal["direct", "right_now"]) -> None:
    run = _run(pen)
    pen.write(PhaseReached(phase=phase))
    if phase == "direct":
        speak(pen, direct_question(run.dialogue, run.concern, pen.moment.library))
    else:
        speak(pen, SCRIPTS[run.dialogue].now or "crisis_right_now_question")
    _wait_for_answer(pen)


def _wait_for_answer(pen: Talk) -> None:
    run = _run(pen)
    themselves = run.dialogue == "third_person" and run.phase == "direct"
    keys = ("fine", "hard", "rather") if themselves else ("yes", "no", "rather")
    wait_for_choice(pen, *keys, item="safety_question")


def _close(pen: Talk) -> None:
    """How the team may reach them, where that is asked; then nothing is asked any more."""
    if SCRIPTS[_run(pen).dialogue].contact:
        _contact(pen)
    else:
        _after(pen)


def _contact(pen: Talk) -> None:
    key = SCRIPTS[_run(pen).dialogue].contact or "crisis_contact_how"
    pen.write(PhaseReached(phase="contact"))
    speak(pen, key)
    safe = ("safe_phone", "safe_message", "safe_visit", "rather")
    wait_for_choice(pen, *(safe if key == "safeguarding_contact" else ("phone", "message", "either")))


def _after(pen: Talk, *, said: bool = False) -> None:
    """``said``: the buttons hang on what was said last."""
    pen.write(PhaseReached(phase="after"))
    script = SCRIPTS[_run(pen).dialogue]
    if not said:
        speak(pen, script.stay)
    resume = ("resume",) if len(pen.state.runs) > 1 else ()
    plan = ("menu:plan",) if script.plan else ()
    wait_for_choice(pen, *resume, *plan, "menu:menu")


# -- answers ------------------------------------------------------------------------------------------


def go_on(pen: Talk, said: Said) -> None:
    """A typed message inside the dialogue. An unclear answer to its question counts as a yes."""
    run = _run(pen)
    if run.phase in OPEN:
        loud = said.screen is None or any(
            h.tier == Tier.ALERT and h.category != ANSWER for h in said.screen.hits
        )
        answered(pen, read_answer(run, said, pen.moment.library), loud=loud)
    elif run.phase == "contact":
        _contacted(pen, "words")
    else:
        speak(pen, AGAIN[run.again % len(AGAIN)])
        _after(pen, said=True)


def choose(pen: Talk, key: str) -> None:
    run = _run(pen)
    match run.phase:
        case "direct" | "right_now":
            answered(pen, key)
        case "contact":
            _contacted(pen, key.removeprefix("safe_"))
        case "after":
            ended(pen, "finished")


def _contacted(pen: Talk, answer: str) -> None:
    run = _run(pen)
    pen.write(SafetyAnswered(phase="contact", answer=answer, dialogue=run.dialogue, concern=run.concern))
    careful = SCRIPTS[run.dialogue].contact == "safeguarding_contact"
    speak(pen, "safeguarding_contact_noted" if careful else "crisis_contact_noted")
    _after(pen)


def answered(pen: Talk, answer: str, *, loud: bool = False) -> None:
    """``yes``, ``no``, ``rather`` or ``unclear``. Only a plain No leaves the level where it was. ``loud``: the words of
    the answer rang an alarm of their own, so it comes with numbers."""
    run = _run(pen)
    script = SCRIPTS[run.dialogue]
    pen.write(SafetyAnswered(phase=run.phase, answer=answer, dialogue=run.dialogue, concern=run.concern))
    _quiet(pen, run)
    if run.dialogue == "third_person":
        _about_themselves(pen, run, answer)
        return
    if answer != "no":
        evidence = Evidence(rule=rule_of(run, answer, pen.moment.library), seq=pen.state.seq)
        concern_raised(pen, run.concern, "now", evidence)
    if run.phase == "right_now":
        if answer == "no":
            speak(pen, script.now_no)
        else:
            speak(pen, script.now_yes, urgent=where_to_turn(pen, "emergency"))
        _close(pen)
    elif answer == "no":
        speak(pen, script.no, urgent=where_to_turn(pen, "emergency") if run.dialogue == "red_flag" else None)
        _close(pen) if run.dialogue == "crisis" else _after(pen)
    else:
        _taken_as_a_yes(pen, run, answer, loud=loud)


def _taken_as_a_yes(pen: Talk, run: SafetyRun, answer: str, *, loud: bool) -> None:
    script = SCRIPTS[run.dialogue]
    if script.becomes is None:
        # The card once: the same block again each turn is not listening.
        whole = run.dialogue in ("gentle", "others")
        most = None if whole else SHORT
        card = where_to_turn(pen, script.card, most=most) if script.card and (whole or loud) else None
        speak(pen, UNCLEAR.get(answer, script.yes or "crisis_yes"), urgent=card)
        if run.dialogue in ("gentle", "item", "not_safe"):
            speak(pen, "crisis_telling_team")
            safety_plan.bring_out(pen)
    else:
        if answer in UNCLEAR and run.dialogue != "red_flag":
            speak(pen, UNCLEAR[answer])
        signpost(pen, script.becomes)
    if script.now:
        _ask(pen, "right_now")
    else:
        _close(pen)


def _about_themselves(pen: Talk, run: SafetyRun, answer: str) -> None:
    """They worry about somebody else, and were asked how they are themselves."""
    if answer == "fine":
        speak(pen, "third_person_fine")
        _after(pen)
        return
    speak(pen, UNCLEAR.get(answer, "third_person_hard"), urgent=None)
    evidence = Evidence(rule=rule_of(run, answer, pen.moment.library), seq=pen.state.seq)
    concern_raised(pen, GENTLE, "soon", evidence)
    ended(pen, "finished")
    begin(pen, "gentle", GENTLE)


def say_more(pen: Talk, dialogue: Dialogue, times: int) -> None:
    """The first numbers again, under other words than the last time."""
    script = SCRIPTS[dialogue]
    card = script.card or ("emergency" if FAMILIES[dialogue] == "physical" else "safeguarding")
    speak(pen, script.more[times % len(script.more)], urgent=where_to_turn(pen, card, most=SHORT))


def rang_again(pen: Talk, run: SafetyRun) -> None:
    """More of the same, when all had been said: other words, the first numbers again, and the question about now."""
    script = SCRIPTS[run.dialogue]
    say_more(pen, run.dialogue, run.again)
    if script.now and FAMILIES[run.dialogue] in ("risk", "harm"):
        _ask(pen, "right_now")
    elif run.phase == "after":
        _after(pen, said=True)
    else:
        ask_again(pen)


# -- silence, interruptions, a button -----------------------------------------------------------------


def not_answered(pen: Talk, concern: str) -> None:
    """The question stood too long: silence is read as a yes, and a person hears."""
    pen.write(TimerCleared(kind="gentle", key=concern))
    asked = [r for r in pen.state.runs if isinstance(r, SafetyRun) and r.concern == concern]
    dialogue = asked[-1].dialogue if asked else asked_about(concern)
    physical = FAMILIES[dialogue] == "physical"
    rule = "red_flag_question:silence" if physical else "safety_question:silence"
    concern_raised(pen, concern, "now", Evidence(rule=rule))
    if physical:
        signpost(pen, "emergency")
    elif FAMILIES[dialogue] == "risk":
        speak(pen, "gentle_timeout", urgent=where_to_turn(pen, "crisis"))
    else:
        # Somebody else may be looking at the screen by now: no card, and nothing that names it.
        speak(pen, "gentle_timeout")
    if pen.state.hold is None:
        _go_on_unanswered(pen, concern)


def _go_on_unanswered(pen: Talk, concern: str) -> None:
    run = pen.state.top
    if not isinstance(run, SafetyRun) or run.concern != concern:
        if isinstance(pen.state.wait, ForPatient):
            pen.write(WaitBegan(wait=ForNothing()))  # what is on the screen is asked again, below this
    elif FAMILIES[run.dialogue] == "physical":
        _after(pen)
    elif FAMILIES[run.dialogue] == "risk":
        _ask(pen, "right_now")
    else:
        _wait_for_answer(pen)


def ask_again(pen: Talk) -> None:
    """Put the question of the current phase once more, after an interruption."""
    run = _run(pen)
    match run.phase:
        case "direct" | "right_now":
            _ask(pen, run.phase)
        case "contact":
            _contact(pen)
        case "after":
            _after(pen)


def _quiet(pen: Talk, run: SafetyRun) -> None:
    if timer_id("gentle", run.concern) in pen.state.timers:
        pen.write(TimerCleared(kind="gentle", key=run.concern))


def ended(pen: Talk, how: Literal["finished", "left"]) -> None:
    run = _run(pen)
    _quiet(pen, run)
    pen.write(RunEnded(kind="safety", name=run.dialogue, how=how))


def _run(pen: Talk) -> SafetyRun:
    run = pen.state.top
    assert isinstance(run, SafetyRun)
    return run
