"""Reminders outside the chat: a yes or a no of theirs, by which nothing that was planned is left over."""

from __future__ import annotations

from bot.core.flow import agreeing, reminding
from bot.core.flow.voice import Talk, speak
from bot.core.inputs import AnswerReminders

CONSENT = "reminders"


def answered(pen: Talk, heard: AnswerReminders) -> None:
    """The same answer again changes nothing. A no counts whatever has become of their care; a yes only while it goes on."""
    state = pen.state
    if state.profile.consents.get(CONSENT) is heard.on or (heard.on and state.status != "joined"):
        return
    agreeing.answer(pen, CONSENT, given=heard.on)
    if not heard.on:
        reminding.drop_all(pen, "not_wanted")
    if state.status == "joined":
        speak(pen, "reminders_outside_on" if heard.on else "reminders_outside_off")
