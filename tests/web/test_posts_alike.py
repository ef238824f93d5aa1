"""A post that many read is put into a frame once, and each reader sees what they would see alone."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest
from clinic import Clinic
from peers import host_writes, member
from talker import Door
from test_rooms import next_post, writes

from bot.core.shown import Shown
from bot.core.values import LineId
from bot.usecases.hub import Delivered
from bot.web import sight
from bot.web.frames import as_bytes
from bot.web.outgoing import text_frame
from bot.web.sight import Alike, msg_for, post_for

ROOM, ANN, BEN, CARL = (LineId(UUID(int=n)) for n in range(1, 5))
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def post(seq: int, author: LineId | None, status: Any = "shown") -> Delivered:
    sender: Any = "host" if author is None else "member"
    return Delivered(seq, sender, Shown(text=f"post {seq}"), NOON, room=ROOM, author=author, status=status)


PAGE = (post(1, ANN), post(2, BEN), post(3, None), post(4, ANN, "hidden"))


class Made:
    """How often a post was put into a frame."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0

        def counted(message: Delivered, reader: LineId) -> Any:
            self.times += 1
            return msg_for(message, reader)

        monkeypatch.setattr(sight, "msg_for", counted)


async def test_every_reader_gets_of_every_part_of_a_page_what_they_would_get_alone() -> None:
    alike = Alike()
    parts = [part for count in range(1, 5) for part in combinations(PAGE, count)]
    for part in parts:
        for reader in (CARL, ANN, BEN):
            alone = b"".join(text_frame(as_bytes(post_for(p, reader))) for p in part)
            assert alike.frames(PAGE, part, reader) == alone


async def test_a_page_is_made_once_for_all_but_its_authors(monkeypatch: pytest.MonkeyPatch) -> None:
    made, alike, page = Made(monkeypatch), Alike(), (post(1, ANN),)
    for reader in (BEN, ANN, CARL, BEN):
        alike.frames(page, page, reader)
    assert made.times == 2


async def test_no_words_stay_when_a_page_has_been_handed_out() -> None:
    alike, page = Alike(), (post(1, ANN),)
    assert b"post 1" in alike.frames(page, page, BEN)
    await asyncio.sleep(0)
    assert b"post 1" not in b"".join([alike._whole, *alike._frames])
    assert alike._page is None


async def test_all_screens_of_a_room_see_a_post_that_is_made_twice_at_most(
    clinic: Clinic, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    author, room = await member(clinic, "Robin")
    others = [(await member(clinic, name))[0] for name in ("Wren", "Heron", "Kestrel")]
    async with AsyncExitStack() as screens:
        mine, *theirs = [await screens.enter_async_context(door.screen(p.token)) for p in (author, *others)]
        await writes(mine, clinic, room, "The first waits for a host")
        held = await next_post(mine, room)
        made = Made(monkeypatch)
        await writes(mine, clinic, room, "Good morning")
        own = await next_post(mine, room)
        seen = [await next_post(line, room) for line in theirs]
        assert made.times == 2
        await host_writes(clinic, room, "Good morning to you")
        said = [await next_post(line, room) for line in (mine, *theirs)]
    assert (held["held"], held["mine"]) == (True, True)
    assert (own["text"], own["mine"]) == ("Good morning", True)
    for_others = {key: value for key, value in own.items() if key != "id"} | {"mine": False}
    assert own["id"] and seen == [for_others] * 3
    assert own["by"] != str(author.id)
    assert said == [said[0]] * 4
    assert (said[0]["from"], said[0]["mine"]) == ("host", False)
