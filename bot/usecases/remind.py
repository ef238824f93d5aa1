"""Telling a patient outside the chat that something waits for them there: nothing of what, and only as they agreed."""

from __future__ import annotations

from uuid import UUID

from bot.core.errors import Unavailable
from bot.core.state import Conversation
from bot.core.values import LineId, ServiceId
from bot.ports import Letter, SentBy, Task
from bot.usecases.conversation import standing
from bot.usecases.house import House
from bot.usecases.letters import AUTOMATIC, with_link
from bot.usecases.post import post


async def remind(house: House, service: ServiceId, task: Task) -> None:
    """Raises Unavailable while the mail server does not take it."""
    reminder = UUID(task.payload["reminder"])
    state = await standing(house, service, task.line)
    if state is None or state.status != "joined" or not state.profile.consents.get("reminders"):
        return
    if any(sent.way == "email" for sent in await _ended(house, service, task.line, reminder)):
        return
    letter = await _letter(house, service, task.line, state, reminder)
    if letter is None:
        return
    now = house.clock.now()
    try:
        await post(house, letter)
    except Unavailable as down:
        await house.record.reminders.tried(service, task.line, reminder, "email", "failed", down.what, now)
        raise
    await house.record.reminders.tried(service, task.line, reminder, "email", "accepted", None, now)


async def _ended(house: House, service: ServiceId, line: LineId, reminder: UUID) -> list[SentBy]:
    return [s for s in await house.record.reminders.sent(service, line, reminder) if s.state != "failed"]


async def _letter(
    house: House, service: ServiceId, line: LineId, state: Conversation, reminder: UUID
) -> Letter | None:
    """None of somebody who has given no address."""
    contact = state.profile.contact
    wrapped = (await house.record.reading.keys(service, [line])).get(line)
    sealed = await house.record.lines.words(service, line, (contact,)) if contact else ()
    if wrapped is None or not sealed:
        return None
    address = house.vault.unseal(house.vault.open_key(line, *wrapped), sealed[0])
    library, language, url = house.shelf.library, state.profile.language, f"{house.outside.public_url}/chat"
    return Letter(
        to=address,
        subject=library.say(
            "reminder_mail_subject", language, {"service": house.shelf.service(service).name}
        ),
        parts=with_link(library.say("reminder_mail_body", language, {"link": url}), url),
        language=language,
        message_id=f"<reminder.{reminder}@{house.outside.mail_domain}>",
        headers=AUTOMATIC,
    )
