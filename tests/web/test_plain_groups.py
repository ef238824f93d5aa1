"""Groups as pages: reading, writing once, reporting; and nobody reads a group that they are not in."""

from __future__ import annotations

from uuid import uuid4

from clinic import Clinic
from desk_scene import elsewhere
from peers import host_does, host_writes, member
from plain_reader import reader_at
from sqlalchemy import func, select
from talker import Door

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.web.plain.forms import token_for


async def posts_of(database: Database, clinic: Clinic) -> int:
    counted = select(func.count()).select_from(s.post).where(s.post.c.service_id == clinic.service.id)
    async with database.reading() as c:
        return int((await c.execute(counted)).scalar_one())


async def test_a_post_is_written_once_held_and_seen_by_others_when_let_through(
    clinic: Clinic, door: Door, database: Database
) -> None:
    author, room = await member(clinic, "Robin")
    other, _ = await member(clinic, "Wren")
    async with reader_at(door.url, author.token) as mine, reader_at(door.url, other.token) as theirs:
        await mine.opens(f"/plain/groups/{room}")
        page = mine.page
        for _ in range(2):
            mine.page = page
            await mine.says("Hello from the <b>stairs</b>")
            await clinic.settle()
        assert (mine.status, mine.at) == (200, f"/plain/groups/{room}")
        await mine.opens(f"/plain/groups/{room}")
        assert "A host looks at this before others see it." in mine.words
        assert "<b>stairs" not in mine.page
        await theirs.opens(f"/plain/groups/{room}")
        assert "stairs" not in theirs.words
        await host_does(clinic, room, 1, "release")
        await theirs.opens(f"/plain/groups/{room}")
        assert "Robin" in theirs.words and "stairs" in theirs.words
    assert await posts_of(database, clinic) == 1


async def test_a_post_of_somebody_else_can_be_reported(clinic: Clinic, door: Door) -> None:
    reader, room = await member(clinic, "Wren")
    await host_writes(clinic, room, "Good morning")
    async with reader_at(door.url, reader.token) as mine:
        await mine.opens(f"/plain/groups/{room}?report=1")
        await mine.presses("Yes, report it")
        assert mine.status == 200
        assert "A person will look at it." in mine.words
    await clinic.settle()
    assert "group-report" in {alert.concern for alert in await clinic.alerts()}


async def test_words_of_crisis_in_a_group_raise_their_alert_and_are_answered(
    clinic: Clinic, door: Door
) -> None:
    author, room = await member(clinic, "Robin")
    async with reader_at(door.url, author.token) as mine:
        await mine.opens(f"/plain/groups/{room}")
        await mine.says("i want to die")
        assert mine.status == 200
        await mine.opens()
        assert 'href="tel:116123"' in mine.page
    assert [alert.concern for alert in await author.alerts()] == ["risk"]


async def test_a_group_of_others_looks_like_none(clinic: Clinic, door: Door, database: Database) -> None:
    """Of the same service without being a member, of another service, and of nobody."""
    _, room = await member(clinic, "Robin")
    away = await elsewhere(clinic)
    _, foreign = await member(away, "Wren")
    outsider = await clinic.join("copd")
    before = [await posts_of(database, clinic), await posts_of(database, away)]
    seen = set()
    async with reader_at(door.url, outsider.token) as mine:
        for one in (room, foreign, str(uuid4()), "nothing"):
            await mine.opens(f"/plain/groups/{one}")
            got = (mine.status, mine.page.replace(one, "ID"))
            fields = {"form": token_for(outsider.token), "id": str(uuid4()), "text": "hello"}
            await mine.sends(f"/plain/groups/{one}", fields)
            seen.add((*got, mine.status if one != "nothing" else 404))
    await clinic.settle()
    assert len(seen) == 1 and {status for status, *_ in seen} == {404}
    assert [await posts_of(database, clinic), await posts_of(database, away)] == before


async def test_a_token_of_another_service_opens_its_own_conversation_and_no_other(
    clinic: Clinic, door: Door
) -> None:
    away = await elsewhere(clinic)
    theirs = await away.join("copd", name="Marmaduke")
    own = await clinic.join("copd", name="Sam")
    async with reader_at(door.url, theirs.token) as reader:
        assert "Marmaduke" in reader.words and "Sam" not in reader.words
    _, _, secret = theirs.token.partition(".")
    crossed = f"{clinic.service.slug}.{secret}"
    async with reader_at(door.url, crossed) as reader:
        assert "Your invitation code" in reader.words
    async with reader_at(door.url, own.token) as reader:
        assert "Marmaduke" not in reader.words
