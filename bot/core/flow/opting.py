"""Whether they want reminders: a no stops those in the chat and outside it, and a yes plans again what it had stopped."""

from __future__ import annotations

from bot.core.facts import RemindersWanted
from bot.core.flow import agreeing, expecting, graduating, reminding, weeks
from bot.core.flow.voice import Talk, speak
from bot.core.inputs import AnswerReminders
from bot.core.schedule.speaking import wanted

CONSENT = "reminders"


def answered(pen: Talk, heard: AnswerReminders) -> None:
    """The same answer again changes nothing. A no counts whatever has become of their care; a yes only while it goes on."""
    state = pen.state
    known = state.profile.consents.get(CONSENT) is heard.on and state.weeks.stopped is not heard.on
    if known or (heard.on and state.status != "joined"):
        return
    if heard.on:
        yes(pen)
    else:
        no(pen)
    if state.status == "joined":
        speak(pen, "reminders_outside_on" if heard.on else "reminders_outside_off")


def yes(pen: Talk) -> None:
    """Outside the chat, and so in it, too."""
    agreeing.answer(pen, CONSENT, given=True)
    if pen.state.weeks.stopped:
        pen.write(RemindersWanted(on=True, at=pen.moment.now))
    plan_again(pen)


def no(pen: Talk) -> None:
    """Neither outside the chat nor in it, whatever they had said before."""
    agreeing.answer(pen, CONSENT, given=False)
    stop(pen)


def stop(pen: Talk) -> None:
    if not pen.state.weeks.stopped:
        pen.write(RemindersWanted(on=False, at=pen.moment.now))
    reminding.drop_all(pen, "not_wanted")
    weeks.keep_up(pen)


def plan_again(pen: Talk) -> None:
    """They may be spoken to again: each at the time that it had, where that is still to come."""
    if wanted(pen.state):
        weeks.keep_up(pen)
        expecting.remind_again(pen)
        graduating.plan_again(pen)
