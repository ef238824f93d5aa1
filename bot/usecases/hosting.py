"""What hosts do in a room: write, decide about posts, ask an author's own team to look."""

from __future__ import annotations

import json
from uuid import UUID, uuid5

from bot.core.errors import Refused
from bot.core.facts import (
    PostKind,
)
from bot.core.inputs import (
    HostSaid,
    HostWorried,
    Moderate,
)
from bot.core.values import LineId, ServiceId, StaffId
from bot.usecases.change import Changed, Once, hand_in
from bot.usecases.house import House
from bot.usecases.room_turns import of_any_age, tell_again_from, tell_room


async def host_post(
    house: House,
    service: ServiceId,
    room: LineId,
    by: StaffId,
    client_id: UUID,
    text: str,
    reply_to: int | None = None,
    kind: PostKind = "post",
) -> Changed:
    if not text.strip():
        raise Refused("empty")
    said = HostSaid(client_id, by, text.strip(), reply_to, kind)
    more = [kind] if kind != "post" else []
    body = json.dumps([str(by), text, *more], ensure_ascii=False).encode()
    return await tell_room(house, service, room, said, Once(client_id, body))


async def moderate(house: House, service: ServiceId, room: LineId, act: Moderate) -> Changed:
    """A host hides a post, lets it through, or leaves it as it is, however old it is."""
    changed = await of_any_age(house, service, room, act)
    if not changed.facts:
        # A process may have died between doing it and telling the others.
        tell_again_from(house, service, room, act.seq)
    return changed


async def ask_their_team(
    house: House, service: ServiceId, room: LineId, seq: int, by: StaffId, once: UUID
) -> Changed:
    """A host is worried: the author's own team is asked to look, on the author's own Line. ``once``: of the page on which it
    was pressed, so that two presses are one, and whoever opens the page anew asks anew."""
    post = await house.record.peers.post(service, room, seq)
    if post is None or post.author is None:
        raise Refused("post_gone")
    word = post.word.id if post.word is not None else None
    worried = HostWorried(by, room, seq, post.post, word)
    mine = Once(uuid5(once, post.post.hex), b"host_worried")
    return await hand_in(house, service, post.author, worried, once=mine)
