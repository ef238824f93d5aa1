"""What a reminder says outside the chat: that something waits, a way to it, and a way out. To every patient the same."""

from __future__ import annotations

from uuid import UUID

from bot.core.state import Conversation
from bot.core.values import LineId, ServiceId
from bot.ports import Letter, Link, Nudge, ReminderWay
from bot.usecases.house import House
from bot.usecases.letters import AUTOMATIC
from bot.usecases.stopping import link_into_the_chat, way_out


async def letter_of(
    house: House, service: ServiceId, line: LineId, state: Conversation, reminder: UUID
) -> Letter | None:
    """None of somebody who has given no address."""
    contact = state.profile.contact
    wrapped = (await house.record.reading.keys(service, [line])).get(line)
    sealed = await house.record.lines.words(service, line, (contact,)) if contact else ()
    if wrapped is None or not sealed:
        return None
    say, language = house.shelf.library.say, state.profile.language
    stop = way_out(house, service, line)
    return Letter(
        to=house.vault.unseal(house.vault.open_key(line, *wrapped), sealed[0]),
        subject=await _title(house, service, line, language),
        parts=(
            say("reminder_text", language),
            Link(say("reminder_open", language), link_into_the_chat(house, service, line, reminder, "email")),
            Link(say("reminder_stop", language), stop),
        ),
        language=language,
        # The same for every retry: a mail system drops the second copy.
        message_id=f"<reminder.{reminder}@{house.outside.mail_domain}>",
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            **AUTOMATIC,
        },
    )


async def nudge_of(
    house: House, service: ServiceId, line: LineId, state: Conversation, reminder: UUID, way: ReminderWay
) -> Nudge:
    say, language = house.shelf.library.say, state.profile.language
    return Nudge(
        id=reminder,
        title=await _title(house, service, line, language),
        text=say("reminder_text", language),
        url=link_into_the_chat(house, service, line, reminder, way),
        stop=way_out(house, service, line),
        stop_label=say("reminder_stop", language),
        language=house.shelf.library.speaks(language),
    )


async def _title(house: House, service: ServiceId, line: LineId, language: str) -> str:
    """With the service's name, or with nothing that names it, as they wish."""
    if await house.record.reminders.discreet(service, line):
        return house.shelf.library.say("reminder_title_discreet", language)
    name = house.shelf.service(service).name
    return house.shelf.library.say("reminder_title", language, {"service": name})
