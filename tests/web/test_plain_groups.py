"""Groups as pages: reading, writing once, reporting; and nobody reads a group that they are not in."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from clinic import Clinic, Patient
from desk_scene import elsewhere
from peers import host_does, host_writes, member
from plain_reader import Reader, reader_at
from sqlalchemy import func, select
from talker import Door

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.core.inputs import Strike
from bot.core.room import handle_of
from bot.core.values import LineId
from bot.usecases import posts as reading_posts
from bot.usecases.room_turns import tell_room
from bot.web.plain.forms import token_for


async def posts_of(database: Database, clinic: Clinic) -> int:
    counted = select(func.count()).select_from(s.post).where(s.post.c.service_id == clinic.service.id)
    async with database.reading() as c:
        return int((await c.execute(counted)).scalar_one())


async def cases_of(database: Database, clinic: Clinic, what: Any) -> list[str]:
    """Of what waits for a host, or was decided."""
    read = select(what).where(s.moderation.c.service_id == clinic.service.id)
    async with database.reading() as c:
        return list((await c.execute(read)).scalars())


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
        assert (mine.status, mine.at) == (200, f"/plain/groups/{room}?said=kept")
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


# -- answers, kind words, names and warnings ------------------------------------------------------------


async def shown_post(clinic: Clinic, reader: Reader, room: str, text: str, seq: int, **more: str) -> None:
    """Written by a form, and let through by a host where one was waited for."""
    await reader.opens(f"/plain/groups/{room}")
    await reader.presses("Send", text=text, **more)
    await clinic.settle()
    await reader.opens(f"/plain/groups/{room}")
    if "A host looks at this" in reader.words:
        await host_does(clinic, room, seq, "release")


async def two_members(clinic: Clinic) -> tuple[Patient, Patient, str]:
    author, room = await member(clinic, "Robin")
    other, _ = await member(clinic, "Wren")
    return author, other, room


async def test_a_post_is_answered_on_a_page_of_its_own(clinic: Clinic, door: Door) -> None:
    author, other, room = await two_members(clinic)
    async with reader_at(door.url, author.token) as mine, reader_at(door.url, other.token) as theirs:
        await shown_post(clinic, mine, room, "Hello from the stairs", 1)
        await theirs.opens(f"/plain/groups/{room}/posts/1")
        await theirs.presses("Send", text="Hello, Robin")
        assert theirs.at == f"/plain/groups/{room}/posts/1?said=kept"
        await clinic.settle()
        clinic.clock.advance(minutes=1)
        await host_does(clinic, room, 2, "release")
        await mine.opens(f"/plain/groups/{room}")
        assert "In answer to Robin: Hello from the stairs" in mine.words
        assert "Open this post (1 answer)" in mine.words.replace("( ", "(").replace(" )", ")")
        assert "Since you were last here: 1 post by 1 person, 1 answers you." in mine.words
        clinic.clock.advance(minutes=1)
        await mine.opens(f"/plain/groups/{room}")
        assert "Since you were last here" not in mine.words
        await mine.opens(f"/plain/groups/{room}/posts/1")
        assert mine.words.index("Hello from the stairs") < mine.words.index("Hello, Robin")


async def test_answers_that_came_much_later_stand_under_their_post_too(
    clinic: Clinic, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_posts, "PAGE", 2)
    reader, room = await member(clinic, "Robin")
    await host_writes(clinic, room, "How was your day?")
    for n in (2, 3, 4):
        await host_writes(clinic, room, f"Something else, {n}")
    await host_writes(clinic, room, "It was a good one", reply_to=1)
    for n in (6, 7, 8):
        await host_writes(clinic, room, f"Something else, {n}")
    await host_writes(clinic, room, "Good to hear", reply_to=5)
    async with reader_at(door.url, reader.token) as mine:
        await mine.opens(f"/plain/groups/{room}/posts/1")
    assert "2 answers" in mine.words
    assert "It was a good one" in mine.words and "Good to hear" in mine.words
    assert "Something else" not in mine.words


async def test_a_kind_word_by_a_button_and_back(clinic: Clinic, door: Door) -> None:
    author, other, room = await two_members(clinic)
    async with reader_at(door.url, author.token) as mine, reader_at(door.url, other.token) as theirs:
        await shown_post(clinic, mine, room, "Hello from the stairs", 1)
        await theirs.opens(f"/plain/groups/{room}/posts/1")
        await theirs.presses("Strength")
        assert "Strength: 1" in theirs.words
        await mine.opens(f"/plain/groups/{room}/posts/1")
        assert "Strength: 1" in mine.words
        assert "Strength" not in mine.buttons
        await theirs.presses("Take back Strength")
        assert "Strength: 1" not in theirs.words


async def test_a_warning_and_a_name_go_with_a_post(clinic: Clinic, door: Door) -> None:
    author, other, room = await two_members(clinic)
    line = LineId(UUID(room))
    async with reader_at(door.url, author.token) as mine, reader_at(door.url, other.token) as theirs:
        await shown_post(clinic, theirs, room, "Hello from the window", 1)
        handle = str(handle_of(line, other.id))
        await shown_post(clinic, mine, room, "Wren, my mother is gone", 2, warning="dying", mention=handle)
        await theirs.opens(f"/plain/groups/{room}")
        assert "This post names you." in theirs.words
        assert "This is about dying. Show it" in theirs.words
        assert "my mother is gone" not in theirs.words
        await theirs.opens(f"/plain/groups/{room}?show=2")
        assert "my mother is gone" in theirs.words


async def test_the_house_rules_stand_beside_the_room_as_they_are_in_force(clinic: Clinic, door: Door) -> None:
    reader, room = await member(clinic, "Robin")
    group = clinic.house.shelf.library.group("copd", "en")
    assert group is not None and len(group.rules) > 4
    async with reader_at(door.url, reader.token) as mine:
        await mine.opens(f"/plain/groups/{room}")
        assert f'href="/plain/groups/{room}/me#rules"' in mine.page
        await mine.opens(f"/plain/groups/{room}/me")
        found = re.findall(r"<li>(.+?)</li>", mine.page.partition('id="rules"')[2].partition("</ul>")[0])
    assert [unescape(rule) for rule in found] == list(group.rules)


async def test_a_report_says_why(clinic: Clinic, door: Door, database: Database) -> None:
    reader, room = await member(clinic, "Wren")
    await host_writes(clinic, room, "Good morning")
    async with reader_at(door.url, reader.token) as mine:
        await mine.opens(f"/plain/groups/{room}?report=1")
        await mine.presses("Yes, report it", why="worried")
        assert "A person will look at it." in mine.words
    await clinic.settle()
    assert await cases_of(database, clinic, s.moderation.c.why) == ["worried"]


# -- for oneself ----------------------------------------------------------------------------------------


async def test_ones_own_post_is_taken_back_and_keeps_its_place(clinic: Clinic, door: Door) -> None:
    author, other, room = await two_members(clinic)
    async with reader_at(door.url, author.token) as mine, reader_at(door.url, other.token) as theirs:
        await shown_post(clinic, mine, room, "Hello from the stairs", 1)
        await mine.opens(f"/plain/groups/{room}/posts/1")
        await mine.presses("Yes, take it back")
        assert "You took this post back." in mine.words
        await theirs.opens(f"/plain/groups/{room}")
        assert "Whoever wrote this has taken it back." in theirs.words
        assert "stairs" not in theirs.page


async def test_a_member_and_a_word_are_muted_and_heard_again(clinic: Clinic, door: Door) -> None:
    author, other, room = await two_members(clinic)
    async with reader_at(door.url, author.token) as mine, reader_at(door.url, other.token) as theirs:
        await shown_post(clinic, mine, room, "Hello from the stairs", 1)
        await theirs.opens(f"/plain/groups/{room}/posts/1")
        await theirs.presses("Mute Robin")
        assert "You have muted Robin." in theirs.words and "stairs" not in theirs.words
        await theirs.opens(f"/plain/groups/{room}/me")
        await theirs.presses("Unmute Robin")
        await theirs.presses("Mute this word", text="stair")
        assert "Unmute “stair”" in theirs.words
        await theirs.opens(f"/plain/groups/{room}")
        assert "A word that you muted is in this post." in theirs.words and "stairs" not in theirs.words
        await theirs.opens(f"/plain/groups/{room}/me")
        await theirs.presses("Unmute “stair”")
        await theirs.opens(f"/plain/groups/{room}")
        assert "Hello from the stairs" in theirs.words


async def test_who_shows_that_they_write_says_so_and_no_more(clinic: Clinic, door: Door) -> None:
    reader, room = await member(clinic, "Wren")
    async with reader_at(door.url, reader.token) as mine:
        await mine.opens(f"/plain/groups/{room}/me")
        await mine.presses("Show others that somebody is writing")
        assert "Do not show others that somebody is writing" in mine.words
        await mine.presses("Do not show others that somebody is writing")
        assert "Do not show others" not in mine.words


async def test_whoever_is_paused_is_offered_no_kind_words(clinic: Clinic, door: Door) -> None:
    reader, room = await member(clinic, "Wren")
    await host_writes(clinic, room, "Good morning")
    async with reader_at(door.url, reader.token) as mine:
        await mine.opens(f"/plain/groups/{room}/posts/1")
        assert "A hug" in mine.words
        strike = Strike(reader.id, clinic.host.id, "unkind")
        await tell_room(clinic.house, clinic.service.id, LineId(UUID(room)), strike)
        await clinic.settle()
        await mine.opens(f"/plain/groups/{room}/posts/1")
        assert "Good morning" in mine.words and "A hug" not in mine.words


async def test_whoever_was_never_here_missed_nothing(clinic: Clinic, door: Door) -> None:
    reader, room = await member(clinic, "Wren")
    await host_writes(clinic, room, "Good morning")
    async with reader_at(door.url, reader.token) as mine:
        await mine.opens(f"/plain/groups/{room}")
        assert "Good morning" in mine.words and "Since you were last here" not in mine.words
        clinic.clock.advance(minutes=1)
        await host_writes(clinic, room, "Good evening")
        await mine.opens(f"/plain/groups/{room}")
        assert "Since you were last here: 1 post by 1 person." in mine.words


async def test_a_break_and_back(clinic: Clinic, door: Door) -> None:
    reader, room = await member(clinic, "Wren")
    await host_writes(clinic, room, "Good morning")
    async with reader_at(door.url, reader.token) as mine:
        for name in ("For 1 week", "Until I come back"):
            await mine.opens(f"/plain/groups/{room}/me")
            await mine.presses(name)
            assert "You are taking a break from this group." in mine.words
            assert ("It ends on" in mine.words) == (name == "For 1 week")
            assert "Good morning" not in mine.words
            await mine.presses("Come back to the group")
            assert "Good morning" in mine.words


async def test_leaving_needs_no_reason(clinic: Clinic, door: Door) -> None:
    author, other, room = await two_members(clinic)
    async with reader_at(door.url, author.token) as mine, reader_at(door.url, other.token) as theirs:
        await shown_post(clinic, mine, room, "Hello from the stairs", 1)
        await mine.opens(f"/plain/groups/{room}/me?leave=1")
        await mine.presses("Yes, leave the group", along="yes")
        assert "You can come back any day. There is nothing to explain." in mine.words
        await clinic.settle()
        await mine.opens(f"/plain/groups/{room}")
        assert mine.status == 404
        await theirs.opens(f"/plain/groups/{room}")
        assert "stairs" not in theirs.page


async def test_another_look_and_a_complaint(clinic: Clinic, door: Door, database: Database) -> None:
    author, room = await member(clinic, "Robin")
    async with reader_at(door.url, author.token) as mine:
        await shown_post(clinic, mine, room, "Hello from the stairs", 1)
        await host_does(clinic, room, 1, "hide")
        await mine.opens(f"/plain/groups/{room}/posts/1")
        await mine.presses("Ask for another look", text="It was a joke")
        assert "Somebody will look at it again." in mine.words
        await mine.opens(f"/plain/groups/{room}/me")
        await mine.presses("Complain about this group", text="Nobody answers")
        assert "Thank you for telling us." in mine.words
    await clinic.work()
    assert {"appeal", "complaint"} <= set(await cases_of(database, clinic, s.moderation.c.kind))


async def test_words_of_crisis_lead_to_where_they_are_answered(clinic: Clinic, door: Door) -> None:
    author, room = await member(clinic, "Robin")
    async with reader_at(door.url, author.token) as mine:
        await mine.opens(f"/plain/groups/{room}")
        await mine.says("i want to die")
        assert mine.at == "/plain"
        assert 'href="tel:116123"' in mine.page


async def test_a_refused_post_keeps_all_that_went_with_it(clinic: Clinic, door: Door) -> None:
    author, room = await member(clinic, "Robin")
    async with reader_at(door.url, author.token) as mine:
        await mine.opens(f"/plain/groups/{room}")
        await mine.presses("Send", text="", warning="hard")
        assert mine.status >= 400
        await mine.opens(f"/plain/groups/{room}")
        await mine.presses("Send", text="word " * 500, warning="hard")
        assert mine.status >= 400
        await mine.presses("Send it again", text="word")
        await clinic.settle()
        await mine.opens(f"/plain/groups/{room}")
        assert "This is about hard feelings." in mine.words


async def test_earlier_posts_are_a_page_further(clinic: Clinic, door: Door) -> None:
    reader, room = await member(clinic, "Wren")
    for n in range(1, 53):
        await host_writes(clinic, room, f"Post number {n}.")
    async with reader_at(door.url, reader.token) as mine:
        await mine.opens(f"/plain/groups/{room}")
        assert "Post number 3." in mine.words and "Post number 2." not in mine.words
        await mine.opens(f"/plain/groups/{room}?before=3")
        assert "Post number 2." in mine.words and "Post number 3." not in mine.words
        await mine.opens("/plain/groups")
        assert "52 new posts" not in mine.words


@pytest.mark.parametrize(
    "fields", [{"do": "nothing"}, {"do": "react", "seq": "x"}, {"do": "mute", "member": "x"}]
)
async def test_a_form_that_is_none_of_ours_changes_nothing(
    clinic: Clinic, door: Door, fields: dict[str, str]
) -> None:
    reader, room = await member(clinic, "Wren")
    async with reader_at(door.url, reader.token) as mine:
        form = {"form": token_for(reader.token), "id": str(uuid4())}
        await mine.sends(f"/plain/groups/{room}", {**form, **fields})
        assert mine.status == 400
