"""Peers through the doors: joining in the chat, posts live, held, hidden and reported."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

from clinic import Clinic
from peers import host_does, host_writes, into_the_group, member
from talker import Door, Frame, Line

from bot.core.inputs import Strike
from bot.core.library import Library
from bot.core.values import LineId
from bot.ports import RoomSeen
from bot.usecases import peers
from bot.usecases.own_rooms import OwnRoom
from bot.usecases.room_turns import tell_room
from bot.usecases.turn import Inbound
from bot.web.sight import name_of

CRISIS = "i want to die"


async def writes(line: Line, clinic: Clinic, room: str, text: str) -> Frame:
    """Post, and wait until the room has decided."""
    known = str(uuid4())
    await line.send({"type": "post", "id": known, "group": room, "text": text})
    answer = await line.answer_to(known)
    await clinic.settle()
    return answer


async def next_post(line: Line, room: str) -> Frame:
    return await line.until(lambda f: f["type"] == "msg" and f.get("group") == room)


async def test_who_joins_in_the_chat_is_in_the_room_at_once(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as line:
        room = await into_the_group(patient, "Robin")
        await host_writes(clinic, room, "Good morning")
        post = await next_post(line, room)
        assert (post["from"], post["text"], post["mine"]) == ("host", "Good morning", False)


def test_a_room_says_of_which_kind_it_is(library: Library) -> None:
    seen = RoomSeen(LineId(uuid4()), "thursday-hour", 0)
    hour = OwnRoom(seen, "The hour", library.group("thursday-hour", "en"))
    assert (name_of(hour).kind, name_of(replace(hour, group=None)).kind) == ("session", "open")


async def test_the_welcome_names_the_rooms_one_is_in(clinic: Clinic, door: Door) -> None:
    patient, room = await member(clinic, "Robin")
    async with door.screen(patient.token) as line:
        assert line.welcomed["rooms"] == [{"id": room, "title": "Living with COPD", "seq": 0}]


async def test_a_first_post_waits_for_a_host_and_only_its_author_sees_it(clinic: Clinic, door: Door) -> None:
    author, room = await member(clinic, "Robin")
    reader, _ = await member(clinic, "Wren")
    async with door.screen(author.token) as mine, door.screen(reader.token) as theirs:
        await writes(mine, clinic, room, "Hello from the stairs")
        held = await next_post(mine, room)
        await host_writes(clinic, room, "Good morning")
        seen = await next_post(theirs, room)
        assert (held["held"], held["mine"], held["text"]) == (True, True, "Hello from the stairs")
        assert seen["text"] == "Good morning"


async def test_a_released_post_reaches_the_others_live_and_under_its_pseudonym(
    clinic: Clinic, door: Door
) -> None:
    author, room = await member(clinic, "Robin")
    reader, _ = await member(clinic, "Wren")
    async with door.screen(author.token) as mine, door.screen(reader.token) as theirs:
        await writes(mine, clinic, room, "Hello from the stairs")
        await host_does(clinic, room, 1, "release")
        seen = await next_post(theirs, room)
        assert (seen["seq"], seen["name"], seen["text"]) == (1, "Robin", "Hello from the stairs")
        assert str(author.id) not in str(seen)


async def test_the_author_alone_hears_under_which_id_a_post_was_sent(clinic: Clinic, door: Door) -> None:
    author, room = await member(clinic, "Robin")
    reader, _ = await member(clinic, "Wren")
    async with door.screen(author.token) as mine, door.screen(reader.token) as theirs:
        sent = uuid4()
        await mine.send({"type": "post", "id": str(sent), "group": room, "text": "Hello from the stairs"})
        assert (await next_post(mine, room))["id"] == str(sent)
        await host_does(clinic, room, 1, "release")
        seen = await next_post(theirs, room)
        assert "id" not in seen and str(sent) not in str(seen)


async def test_a_post_is_sent_once_to_a_socket(clinic: Clinic, door: Door) -> None:
    reader, room = await member(clinic, "Wren")
    async with door.screen(reader.token) as line:
        for text in ("one", "two", "three"):
            await host_writes(clinic, room, text)
        await line.until(lambda f: f.get("text") == "three")
        assert [p["text"] for p in line.posts(room)] == ["one", "two", "three"]


async def test_a_hidden_post_is_seen_as_hidden_without_its_words(clinic: Clinic, door: Door) -> None:
    reader, room = await member(clinic, "Wren")
    async with door.screen(reader.token) as line:
        await host_writes(clinic, room, "Something unwise")
        await next_post(line, room)
        await host_does(clinic, room, 1, "hide")
        hidden = await next_post(line, room)
        assert (hidden["seq"], hidden["hidden"], hidden["text"]) == (1, True, "")


async def test_a_post_that_others_never_saw_leaves_them_no_trace_when_it_is_hidden(
    clinic: Clinic, door: Door
) -> None:
    author, room = await member(clinic, "Robin")
    reader, _ = await member(clinic, "Wren")
    async with door.screen(author.token) as mine, door.screen(reader.token) as theirs:
        await writes(mine, clinic, room, "I do not know how to go on")
        await next_post(mine, room)
        await host_does(clinic, room, 1, "hide")
        assert (await next_post(mine, room))["hidden"]
        await host_writes(clinic, room, "Good morning")
        assert (await next_post(theirs, room))["text"] == "Good morning"
    async with door.screen(reader.token, after=reader.last.seq) as later:
        assert (await next_post(later, room))["text"] == "Good morning"
        assert len(later.posts(room)) == 1


async def test_only_posts_that_are_missing_are_replayed(clinic: Clinic, door: Door) -> None:
    reader, room = await member(clinic, "Wren")
    for text in ("one", "two", "three"):
        await host_writes(clinic, room, text)
    async with door.screen(reader.token, after=reader.last.seq, rooms={room: 2}) as line:
        assert (await next_post(line, room))["text"] == "three"
        assert len(line.posts(room)) == 1


async def test_a_report_is_acknowledged_and_waits_at_the_desk(clinic: Clinic, door: Door) -> None:
    reader, room = await member(clinic, "Wren")
    await host_writes(clinic, room, "Something unkind")
    async with door.screen(reader.token) as line:
        known = str(uuid4())
        await line.send({"type": "report", "id": known, "group": room, "seq": 1})
        assert (await line.answer_to(known))["type"] == "ack"
        await clinic.settle()
    (alert,) = await clinic.alerts()
    assert (alert.concern, str(alert.line)) == ("group-report", room)


async def test_an_open_screen_hears_at_once_that_one_may_write_no_more_and_again(
    clinic: Clinic, door: Door
) -> None:
    patient, room = await member(clinic, "Robin")
    seq = 0
    for paused in (True, False):
        async with door.screen(patient.token, after=seq) as line:
            assert bool(line.welcomed["rooms"][0].get("paused")) is not paused
            if paused:
                strike = Strike(patient.id, clinic.host.id, "unkind")
                await tell_room(clinic.house, clinic.service.id, LineId(UUID(room)), strike)
            else:
                clinic.clock.advance(days=14, minutes=1)
                await clinic.work()
            await clinic.settle()
            bye = await line.until(lambda f: f["type"] == "bye")
            assert bye["code"] == "come_back"
            seq = line.seq
    async with door.screen(patient.token, after=seq) as line:
        assert not line.welcomed["rooms"][0].get("paused")


async def test_crisis_words_in_a_post_stay_out_of_the_room_and_their_author_is_cared_for(
    clinic: Clinic, door: Door
) -> None:
    author, room = await member(clinic, "Robin")
    async with door.screen(author.token) as line:
        assert (await writes(line, clinic, room, CRISIS))["type"] == "ack"
        urgent = await line.until(lambda f: "urgent" in f)
        assert urgent["urgent"]["kind"] == "crisis"
    assert [a.concern for a in await author.alerts()] == ["risk"]


async def test_a_post_that_is_too_long_and_in_distress_is_kept_cut_and_somebody_hears(
    clinic: Clinic, door: Door
) -> None:
    author, room = await member(clinic, "Robin")
    body = {"type": "post", "id": str(uuid4()), "group": room, "text": f"{CRISIS}. " + "word " * 500}
    reply = await door.post("/v1/messages", body, author.token)
    assert reply.status == 200
    assert [(a.concern, a.level) for a in await author.alerts()] == [("risk", "now")]
    assert any("urgent" in m for m in await door.read(author.token))


# -- over HTTP ----------------------------------------------------------------------------------------


async def test_a_room_is_read_over_http_by_its_members(clinic: Clinic, door: Door) -> None:
    reader, room = await member(clinic, "Wren")
    await host_writes(clinic, room, "one")
    await host_writes(clinic, room, "two")
    assert [p["text"] for p in await door.read(reader.token, 1, group=room)] == ["two"]


async def test_a_rooms_earlier_posts_are_read_as_the_socket_brings_them(clinic: Clinic, door: Door) -> None:
    author, room = await member(clinic, "Robin")
    reader, _ = await member(clinic, "Wren")
    async with door.screen(author.token) as line:
        await writes(line, clinic, room, "Hello from the stairs")
        await host_does(clinic, room, 1, "release")
        await host_writes(clinic, room, "Good morning")
        react = {"type": "react", "id": str(uuid4()), "group": room, "seq": 1, "kind": "hug"}
        assert (await door.post("/v1/messages", react, reader.token)).status == 200
    async with door.screen(reader.token) as line:
        brought = await next_post(line, room)
    (earlier,) = await door.read(reader.token, group=room, before=2)
    assert earlier == brought
    assert (earlier["reactions"], earlier["pressed"], earlier["name"]) == ({"hug": 1}, ["hug"], "Robin")
    assert await door.read(reader.token, 2, group=room, before=9, wait=20) == []


async def test_a_room_one_is_not_in_looks_like_one_that_is_not_there(clinic: Clinic, door: Door) -> None:
    _, room = await member(clinic, "Wren")
    stranger = await clinic.join("copd")
    replies = [await door.get(f"/v1/messages?group={g}", stranger.token) for g in (room, uuid4(), "copd")]
    assert {(r.status, r.raw) for r in replies} == {(404, replies[0].raw)}


async def test_a_post_over_http_is_acknowledged_twice_and_placed_once(clinic: Clinic, door: Door) -> None:
    author, room = await member(clinic, "Robin")
    body = {"type": "post", "id": str(uuid4()), "group": room, "text": "Hello from the stairs"}
    first = await door.post("/v1/messages", body, author.token)
    again = await door.post("/v1/messages", body, author.token)
    await clinic.settle()
    assert (first.status, again.body) == (200, first.body)
    assert len(await door.read(author.token, group=room)) == 1


async def test_who_comes_back_is_told_what_is_pressed_and_of_nothing_else(clinic: Clinic, door: Door) -> None:
    """Whoever comes back takes it that nobody presses anything under them: what is pressed comes again with its post."""
    reader, room = await member(clinic, "Wren")
    other, _ = await member(clinic, "Robin")
    for text in ("one", "two"):
        await host_writes(clinic, room, text)
    for seq, on in ((1, True), (2, True), (2, False)):
        said = Inbound(clinic.service.id, other.id, uuid4())
        await peers.react(clinic.house, said, LineId(UUID(room)), seq, "heart", on=on)
    async with door.screen(reader.token, rooms={room: 2}) as line:
        await host_writes(clinic, room, "three")
        await line.until(lambda f: f.get("text") == "three")
        pressed = {p["seq"]: p.get("reactions") for p in line.posts(room)}
    assert pressed[1] == {"heart": 1}
    assert not any(what for seq, what in pressed.items() if seq != 1)
