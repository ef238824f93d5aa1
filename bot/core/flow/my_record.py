"""A patient's own record, in the chat: what is wrong in it, what they want to be called, and erasing what may be erased."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from bot.core.alerts import concern_raised
from bot.core.errors import Refused
from bot.core.facts import (
    About,
    CorrectionAnswered,
    CorrectionAsked,
    ErasureAsked,
    ErasureTakenBack,
    Evidence,
    NameChanged,
    TimerCleared,
    TimerSet,
    WaitBegan,
)
from bot.core.flow import calendar
from bot.core.flow.leaving import leave_all
from bot.core.flow.questions import escaped
from bot.core.flow.their_clock import zone_of
from bot.core.flow.voice import FIXED, Talk, ask, language_of, offer, speak
from bot.core.inputs import AnswerCorrection
from bot.core.shown import Question
from bot.core.state import MOST_CORRECTIONS, ForNothing, ForPatient, Timer, timer_id

ABOUT = ("score", "condition", "other")
LONGEST_NAME = 80
CORRECTION = "correction"


def may_after_care(pen: Talk, key: str) -> bool:
    """Their record is theirs when their care has ended, too; of somebody who has died nobody erases it in the chat."""
    return pen.state.status != "died" and (key == "menu:record" or key.startswith("record:"))


def take_out(pen: Talk) -> None:
    speak(pen, "record_intro")
    _offer(pen, "menu:progress", "record:wrong", "record:name", _erasing(pen), "menu:choices")


def _erasing(pen: Talk) -> str:
    return "record:erase" if pen.state.erasing is None else "record:keep"


def _offer(pen: Talk, *keys: str) -> None:
    offer(pen, (), *(key for key in (*keys, "menu:menu") if key in FIXED))


def choose(pen: Talk, key: str) -> None:
    match key:
        case "wrong":
            speak(pen, "record_wrong_which")
            _offer(pen, *(f"record:{about}" for about in ABOUT))
        case "score" | "condition" | "other":
            _ask_what(pen, key)
        case "name":
            leave_all(pen)
            _question(pen, "record.name", "record_name_ask")
        case "erase":
            _explain(pen)
        case "later" | "now" | "sure":
            _erase(pen, key)
        case _:
            _keep(pen)


# -- something is wrong -------------------------------------------------------------------------------


def _ask_what(pen: Talk, about: str) -> None:
    if len(pen.state.corrections) >= MOST_CORRECTIONS:
        speak(pen, "record_wrong_enough")
        _offer(pen)
        return
    leave_all(pen)
    _question(pen, f"record.{about}", "record_wrong_ask")


def _question(pen: Talk, item: str, key: str) -> None:
    library, language = pen.moment.library, language_of(pen)
    question = Question(item=item, text=library.say(key, language), kind="text")
    ask(pen, question, lang=library.tongue(key, language), keys=("menu:menu",), step=f"texts:{key}")


def asks(pen: Talk) -> bool:
    """Whether one of these questions is on the screen, which take whatever they write."""
    wait = pen.state.wait
    return not pen.state.runs and isinstance(wait, ForPatient) and (wait.item or "").startswith("record.")


def heard(pen: Talk, item: str, text: str) -> None:
    """The answer in their own words."""
    text = text.strip()
    if item == "record.name":
        _named(pen, text)
    else:
        keep(pen, text)
        speak(pen, "record_wrong_asked")
    _rest(pen)


def keep(pen: Talk, text: str) -> None:
    """What they say is wrong, kept for their team; also where the words rang, and safety comes before the rest."""
    wait = pen.state.wait
    assert isinstance(wait, ForPatient) and wait.item is not None
    about = wait.item.removeprefix("record.")
    if about == "name":
        return
    word = pen.keep("correction", text)
    pen.write(
        CorrectionAsked(correction=next(pen.ids), about=cast(About, about), word=word, at=pen.moment.now)
    )
    concern_raised(pen, CORRECTION, "routine", Evidence(rule="patient:correction", seq=pen.state.seq))


def _named(pen: Talk, text: str) -> None:
    if not 0 < len(text) <= LONGEST_NAME or not text.isprintable():
        speak(pen, "record_name_not")
        return
    pen.write(NameChanged(first_name=pen.keep("first_name", text), at=pen.moment.now))
    speak(pen, "record_name_kept", new=escaped(text))


def _rest(pen: Talk) -> None:
    pen.write(WaitBegan(wait=ForNothing()))


def answered(pen: Talk, heard: AnswerCorrection) -> None:
    """The team's answer, beside what it is about. Raises Refused('not_found') where it was answered already."""
    if all(asked.id != heard.correction for asked in pen.state.corrections):
        raise Refused("not_found")
    note = pen.keep("correction_note", heard.note.strip()) if heard.note.strip() else None
    pen.write(
        CorrectionAnswered(
            correction=heard.correction,
            agreed=heard.agreed,
            by=heard.by,
            note=note,
            at=pen.moment.now,
            conditions=heard.conditions if heard.agreed else None,
        )
    )
    if pen.state.status == "died":
        return
    speak(pen, "record_corrected" if heard.agreed else "record_not_corrected")
    if heard.note.strip():
        speak(pen, "record_team_says", note=escaped(heard.note.strip()))


# -- erasing ------------------------------------------------------------------------------------------


def _explain(pen: Talk) -> None:
    """What goes, what stays and why, before anything is asked."""
    rules = pen.moment.library.policy.retention
    if rules is None or not rules.words.on_request or pen.state.legal_hold is not None:
        speak(pen, "erase_held" if pen.state.legal_hold is not None else "erase_not_here")
        _offer(pen, "menu:team")
        return
    speak(pen, "erase_goes")
    speak(pen, "erase_stays", years=str(rules.record.years))
    speak(pen, "erase_ask", days=str(rules.cooling_off_days))
    _offer(pen, "record:later", "record:now", "record:keep")


def _erase(pen: Talk, key: str) -> None:
    rules = pen.moment.library.policy.retention
    if rules is None or not rules.words.on_request or pen.state.legal_hold is not None:
        _explain(pen)
        return
    if key == "now":
        speak(pen, "erase_now_ask")
        _offer(pen, "record:sure", "record:keep")
        return
    due = pen.moment.now + (timedelta() if key == "sure" else timedelta(days=rules.cooling_off_days))
    pen.write(ErasureAsked(due_at=due, at=pen.moment.now))
    pen.write(TimerSet(timer=Timer(kind="erase", key="", due_at=due)))
    if any(alert.status != "resolved" for alert in pen.state.alerts.values()):
        speak(pen, "erase_waits")
    elif key == "sure":
        # It is done before a button could be pressed.
        speak(pen, "erase_at_once")
        _offer(pen)
        return
    else:
        on = due.astimezone(zone_of(pen)).date()
        speak(pen, "erase_planned", day=calendar.day(pen.moment.library, on, language_of(pen)))
    _offer(pen, "record:keep")


def _keep(pen: Talk) -> None:
    if pen.state.erasing is not None:
        pen.write(ErasureTakenBack(at=pen.moment.now))
    if timer_id("erase", "") in pen.state.timers:
        pen.write(TimerCleared(kind="erase", key=""))
    speak(pen, "erase_kept")
    _offer(pen, "menu:record")
