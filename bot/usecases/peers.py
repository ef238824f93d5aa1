"""What a patient does among peers. Words go to their own Line first, screened; the room follows by a promise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from bot.core.asked import context_of
from bot.core.errors import Refused
from bot.core.facts import Reaction, ReportReason, Warning
from bot.core.inputs import (
    Interpreted,
    LeaveGroup,
    LookAtGroup,
    MuteMember,
    MuteWord,
    OfferAppeal,
    OfferPost,
    OfferReport,
    PatientInput,
    React,
    RestFromGroup,
    ShowTyping,
    UnmuteWord,
    Withdraw,
)
from bot.core.safety import Screen, Tier
from bot.core.state import Conversation
from bot.core.values import LineId, WordId
from bot.usecases.change import Changed, Once, change, hand_in
from bot.usecases.conversation import standing
from bot.usecases.house import House
from bot.usecases.room_turns import of_any_age, tell_room
from bot.usecases.turn import LONGEST, Inbound, body_of, fit, screened

Acknowledge = Callable[[int], None] | None


async def post(
    house: House,
    said: Inbound,
    room: LineId,
    reply_to: int | None = None,
    acknowledge: Acknowledge = None,
    *,
    warning: Warning | None = None,
    mentions: tuple[UUID, ...] = (),
) -> Changed:
    """Step one of a post: on the author's own Line, screened before anything else."""
    text = said.text or ""
    if "\x00" in text:
        raise Refused("bad_frame")

    async def prepare(state: Conversation) -> OfferPost:
        verdict, read = await _judged(house, state, text, post=True)
        longest = house.shelf.library.policy.groups.max_characters
        # Too long and in distress: kept cut, and somebody hears.
        kept = text[:longest] if _rang(verdict) else text
        return OfferPost(
            said.client_id, room, kept, verdict, read.worry, read.suspicion, reply_to, warning, mentions
        )

    more = (warning, mentions) if warning or mentions else ()
    return await _offered(house, said, prepare, body_of(room, text, reply_to, *more), acknowledge)


async def appeal(
    house: House,
    said: Inbound,
    room: LineId,
    seq: int | None,
    acknowledge: Acknowledge = None,
    *,
    complaint: bool = False,
) -> Changed:
    """What they say about a host's decision, or about the group: screened like a message."""
    text = said.text or ""
    fit(house.shelf.library, text)

    async def prepare(state: Conversation) -> OfferAppeal:
        verdict, read = await _judged(house, state, text)
        return OfferAppeal(said.client_id, room, text[:LONGEST], verdict, read.worry, seq, complaint)

    return await _offered(house, said, prepare, body_of(room, text, seq, complaint), acknowledge)


async def _judged(
    house: House, state: Conversation, text: str, *, post: bool = False
) -> tuple[Screen | None, Interpreted]:
    library = house.shelf.library
    verdict = screened(library, text, context_of(state, library, group_post=True))
    if _rang(verdict):
        return verdict, Interpreted()
    read = await house.understanding.interpret(library, text, intent=False, post=post)
    house.tally.net(came=read.worry is not None)
    return verdict, read


def _rang(verdict: Screen | None) -> bool:
    return verdict is None or verdict.tier > Tier.NONE


async def _offered(
    house: House, said: Inbound, prepare: Any, body: bytes, acknowledge: Acknowledge
) -> Changed:
    once = Once(said.client_id, body)
    changed = await change(house, said.service, said.patient, prepare, once=once, acknowledge=acknowledge)
    house.tally.heard(changed.facts)
    return changed


async def report(
    house: House,
    said: Inbound,
    room: LineId,
    seq: int,
    acknowledge: Acknowledge = None,
    why: ReportReason = "other",
) -> Changed:
    body = body_of(room, seq) if why == "other" else body_of(room, seq, why)
    return await _own(house, said, OfferReport(said.client_id, room, seq, why), body, acknowledge)


async def leave(
    house: House, said: Inbound, room: LineId, *, take_posts: bool, acknowledge: Acknowledge = None
) -> Changed:
    heard = LeaveGroup(said.client_id, room, take_posts)
    return await _own(house, said, heard, body_of(room, "leave", take_posts), acknowledge)


async def rest(
    house: House, said: Inbound, room: LineId, *, on: bool, days: int | None, acknowledge: Acknowledge = None
) -> Changed:
    heard = RestFromGroup(said.client_id, room, on, days)
    return await _own(house, said, heard, body_of(room, "rest", on, days), acknowledge)


async def mute_member(
    house: House, said: Inbound, room: LineId, handle: UUID, *, on: bool, acknowledge: Acknowledge = None
) -> Changed:
    heard = MuteMember(said.client_id, room, handle, on)
    return await _own(house, said, heard, body_of(room, "mute", handle, on), acknowledge)


async def mute_word(house: House, said: Inbound, acknowledge: Acknowledge = None) -> Changed:
    """It is a wish about others' words and told to nobody, so it is screened only where it is refused."""
    text = said.text or ""
    fit(house.shelf.library, text)
    return await _own(house, said, MuteWord(said.client_id, text), body_of("mute_word", text), acknowledge)


async def unmute_word(house: House, said: Inbound, word: UUID, acknowledge: Acknowledge = None) -> Changed:
    heard = UnmuteWord(said.client_id, WordId(word))
    return await _own(house, said, heard, body_of("unmute_word", word), acknowledge)


async def show_typing(house: House, said: Inbound, *, on: bool, acknowledge: Acknowledge = None) -> Changed:
    return await _own(house, said, ShowTyping(said.client_id, on), body_of("typing", on), acknowledge)


async def look_at(house: House, said: Inbound, group: str | None, acknowledge: Acknowledge = None) -> Changed:
    """From the list of groups into the chat: that is where one joins."""
    return await _own(house, said, LookAtGroup(said.client_id, group), body_of("look_at", group), acknowledge)


async def react(
    house: House,
    said: Inbound,
    room: LineId,
    seq: int,
    kind: Reaction,
    *,
    on: bool,
    acknowledge: Acknowledge = None,
) -> Changed:
    """No words of anybody: straight to the room, which knows who is in it. Only their own Line knows of a pause elsewhere."""
    state = await standing(house, said.service, said.patient) if on else None
    if state is not None and state.barred_at(house.clock.now()) is not None:
        raise Refused("barred")
    await _must_be_in(house, said, room)
    heard, once = React(seq, said.patient, kind, on), Once(said.client_id, body_of("react", seq, kind, on))
    return await tell_room(house, said.service, room, heard, once, acknowledge)


async def withdraw(
    house: House, said: Inbound, room: LineId, seq: int, acknowledge: Acknowledge = None
) -> Changed:
    await _must_be_in(house, said, room)
    once = Once(said.client_id, body_of("withdraw", seq))
    return await of_any_age(house, said.service, room, Withdraw(seq, said.patient), once, acknowledge)


async def _own(
    house: House, said: Inbound, heard: PatientInput, body: bytes, acknowledge: Acknowledge
) -> Changed:
    once = Once(said.client_id, body)
    return await hand_in(house, said.service, said.patient, heard, once=once, acknowledge=acknowledge)


async def _must_be_in(house: House, said: Inbound, room: LineId) -> None:
    """Raises Refused('not_a_member') for a room that is another's, or none: they look alike."""
    if room not in {seen.id for seen in await house.record.peers.rooms_of(said.service, said.patient)}:
        raise Refused("not_a_member")
