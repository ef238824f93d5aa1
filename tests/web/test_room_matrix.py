"""Who may what in a group, on whose post: tried on every frame, page and form. What is not for somebody looks like what is
not there, changes nothing, and nothing that comes back to anybody holds what is not for them."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any, get_args
from uuid import UUID, uuid4

import aiohttp
import pytest
import pytest_asyncio
from clinic import Clinic, Patient
from desk_client import Site
from desk_scene import elsewhere, joins_group, signed_in
from doors import OpenDoor
from matrix import FIELDS, Knocker, desk_routes, knockers
from peers import host_writes, into_the_group, member
from plain_reader import reader_at
from room_matrix import (
    DOINGS,
    ELSEWHERE,
    NAMES,
    NOBODY_HERE,
    PSEUDONYMS,
    READS,
    SECRET,
    SIGNED_OUT,
    WHO,
    Rooms,
    alike,
    cells,
    filled,
    is_outside,
    patched,
)
from talker import Door
from yarl import URL

from bot.adapters.postgres.engine import Database
from bot.core.roles import ROOMS
from bot.core.room import handle_of, room_id
from bot.core.values import LineId
from bot.usecases import peers
from bot.usecases.room_turns import standing_of
from bot.usecases.rooms import open_another
from bot.usecases.turn import Inbound
from bot.web.frames import AmongPeers, ClientFrame
from bot.web.plain.forms import token_for as plain_token_for

AS_MANY_AS_THEY_LIKE = {"frames_per_s": 100_000.0, "frames_burst": 100_000}
CELLS = 531
"""Of frames: who times what times on which."""

PLACED = {
    **dict.fromkeys(
        (
            *("GET /desk/moderation", "GET /desk/moderation/events", "GET /desk/groups"),
            *("GET /desk/groups/health", "GET /desk/groups/{id}"),
            *("GET /desk/groups/{id}/health", "GET /desk/groups/{id}/members"),
            "GET /desk/groups/{id}/members/{handle}",
            *(
                f"POST /desk/groups/{{id}}/{act}"
                for act in (
                    *("write", "acknowledge", "resolve", "here", "away", "hand-over", "notes", "begin"),
                    *(f"posts/{{seq}}/{act}" for act in ("hide", "release", "leave", "worried")),
                    *(f"members/{{handle}}/{act}" for act in ("strike", "restore", "let-in", "turn-away")),
                    *(f"cases/{{case}}/{act}" for act in ("uphold", "overturn", "done", "recapped")),
                )
            ),
        ),
        ROOMS,
    )
}
"""Every page and act of groups at the desk, and for whom it is. Whoever adds one says so here."""


@pytest_asyncio.fixture
async def world(
    clinic: Clinic, open_door: OpenDoor, database: Database, monkeypatch: pytest.MonkeyPatch
) -> Rooms:
    return await filled(clinic, await open_door(**AS_MANY_AS_THEY_LIKE), database, monkeypatch)


def nothing_leaked(world: Rooms) -> None:
    assert {one.who: world.leaks(one) for one in world.people.values()} == {key: [] for key in WHO}


def test_every_frame_stands_in_the_table() -> None:
    tags = {frame.__struct_config__.tag for frame in get_args(AmongPeers)}
    of_no_room = {"look_at"}  # it names a group of the content, and leads into the chat
    assert {doing.name.partition(",")[0] for doing in DOINGS} == tags - of_no_room
    assert set(get_args(AmongPeers)) <= set(get_args(ClientFrame))


async def test_every_frame_of_everybody_on_everything(world: Rooms) -> None:
    wrong, tried = [], 0
    stands = await world.as_it_stands()
    for who, doing, target in cells():
        one, frame = world.people[who], doing.frame(world, who, target)
        line = await world.version_of(one.patient) if one.patient else 0
        reply = await world.asks(one, frame)
        before, stands = stands, await world.as_it_stands()
        moved = one.patient is not None and await world.version_of(one.patient) != line
        got = "no" if reply.status != 200 else "done" if before != stands else "heard"
        if got != doing.outcome(who, target):
            wrong.append((who, doing.name, target, got, reply.raw))
        if got == "no" and (moved or before != stands):
            wrong.append((who, doing.name, target, "is refused and changes something", reply.raw))
        if "group" in frame and is_outside(who, target):
            other = doing.frame(world, who, target, NOBODY_HERE)
            none = await world.asks(one, other)
            if alike(reply, frame["id"], frame["group"]) != alike(none, other["id"], NOBODY_HERE):
                wrong.append((who, doing.name, target, "can be told from none", reply.raw, none.raw))
        tried += 1
    assert wrong == []
    assert tried == CELLS
    nothing_leaked(world)


async def test_every_way_of_reading_of_everybody(world: Rooms) -> None:
    """Over HTTP, over a socket that asks for every room, and as plain pages: those who are in, and nobody else."""
    stands, tried = await world.as_it_stands(), 0
    foreign = (await elsewhere(world.clinic)).service.rooms["copd"]
    for who in WHO:
        one = world.people[who]
        missing = await world.door.get(f"/v1/messages?after=0&group={NOBODY_HERE}", one.token)
        assert missing.status == (401 if who in SIGNED_OUT else 404)
        for room in (*world.rooms, foreign, world.author.id):
            reply = await world.door.get(f"/v1/messages?after=0&group={room}", one.token)
            one.heard.append(reply.raw.replace(str(room), "ROOM"))
            reads = _reads(world, who, room)
            assert reply.status == (200 if reads else missing.status), (who, room)
            if not reads:
                assert alike(reply, room) == alike(missing, NOBODY_HERE), (who, room)
            tried += 1
    for who in (each for each in WHO if each not in SIGNED_OUT):
        one = world.people[who]
        assert one.token is not None
        async with reader_at(world.door.url, one.token) as reader:
            one.heard.append(await reader.opens("/plain/groups"))
            none = await reader.opens(f"/plain/groups/{NOBODY_HERE}")
            for room in (*world.rooms, foreign, world.author.id):
                page = await reader.opens(f"/plain/groups/{room}")
                one.heard.append(reader.page.replace(str(room), "ROOM"))
                assert reader.status == (200 if _reads(world, who, room) else 404), (who, room)
                if reader.status == 404:
                    assert page == none, (who, room)
                tried += 1
    assert tried == 4 * (len(WHO) + len(WHO) - len(SIGNED_OUT))
    assert _but_marks(await world.as_it_stands()) == _but_marks(stands)
    nothing_leaked(world)


def _but_marks(stands: dict[str, Any]) -> dict[str, Any]:
    """Reading sets a member's own mark, up to where they have read."""
    return {**stands, "members": [row[:-1] for row in stands["members"]]}


def _reads(world: Rooms, who: str, room: LineId) -> bool:
    return (room == world.first and who in READS) or (
        room == world.second and who == "member of another room"
    )


async def test_forms_of_plain_pages_of_everybody(world: Rooms) -> None:
    """A form is a frame, and is refused like one."""
    stands, tried = await world.as_it_stands(), 0
    for who in (each for each in WHO if each not in SIGNED_OUT):
        one = world.people[who]
        assert one.token is not None
        async with reader_at(world.door.url, one.token) as reader:
            for target in ("another's, shown", "another's, held", ELSEWHERE):
                room = world.group_of(target)
                if _reads(world, who, room):
                    continue
                for said in ({"text": "hello from here"}, {"report": str(world.seq_of(target, who))}):
                    pages = []
                    for where in (str(room), NOBODY_HERE):
                        fields = {"form": plain_token_for(one.token), "id": str(uuid4()), **said}
                        page = await reader.sends(f"/plain/groups/{where}", fields)
                        one.heard.append(reader.page.replace(where, "ROOM"))
                        page = reader.page.replace(where, "ROOM").replace(fields["id"], "ID")
                        pages.append((reader.status, re.sub(r"seq=\d+|value=\"[0-9a-f-]+\"", "", page)))
                        tried += 1
                    assert pages[0] == pages[1] or who == "discharged", (who, target, said)
    await world.clinic.settle()
    assert await world.as_it_stands() == stands
    assert tried >= 70
    nothing_leaked(world)


async def test_sockets_of_everybody(world: Rooms) -> None:
    """Whoever asks to be shown a room, says that they have read it or are writing there: only of their own is it heard."""
    clinic = world.clinic
    watching = world.people["member"]
    assert watching.token is not None and watching.patient is not None
    async with world.door.screen(watching.token) as sees:
        for who in (each for each in WHO if each not in (*SIGNED_OUT, "member")):
            one = world.people[who]
            assert one.token is not None and one.patient is not None
            said = Inbound(one.patient.clinic.service.id, one.patient.id, clinic.house.ids.new())
            await peers.show_typing(clinic.house, said, on=True)
            before = await world.as_it_stands()
            wanted = {str(room): 0 for room in (*world.rooms, NOBODY_HERE)}
            async with world.door.screen(one.token, rooms=wanted) as line:
                for room in wanted:
                    await line.send({"type": "read", "seq": 1, "group": room})
                    await line.send({"type": "typing", "group": room})
                known = str(uuid4())
                frame = {"type": "unmute_word", "id": known, "word": str(uuid4())}
                await line.send(frame)
                await line.answer_to(known)
                await clinic.settle()
                one.heard += [json.dumps(frame) for frame in line.heard]
                groups = {str(f["group"]) for f in line.heard if f.get("group")}
            in_rooms = {str(r) for r in world.rooms if _reads(world, who, r)} - (
                {str(world.first)} if who == "resting" else set()
            )
            assert groups == in_rooms, who
            after = await world.as_it_stands()
            changed = {row[1] for row in set(after["members"]) ^ set(before["members"])}
            assert changed == ({one.patient.id} if in_rooms else set()), who
            assert {k: v for k, v in after.items() if k != "members"} == {
                k: v for k, v in before.items() if k != "members"
            }
        known = await sees.say("hello")
        await sees.answer_to(known)
        typed = [f for f in sees.heard if f.get("typing")]
        watching.heard += [json.dumps(frame) for frame in sees.heard]
    silent = ("member", "resting", "barred by a strike", "discharged")
    assert len(typed) == len([who for who in READS if who not in silent])
    assert all(set(f) == {"type", "group", "typing"} and f["group"] == str(world.first) for f in typed)
    nothing_leaked(world)


async def test_whoever_has_left_hears_nothing_more_on_the_screens_that_are_open(
    clinic: Clinic, door: Door
) -> None:
    leaving, room = await member(clinic, "Heron")
    staying, _ = await member(clinic, "Wren")
    async with (
        door.screen(leaving.token) as one,
        door.screen(leaving.token) as other,
        door.screen(staying.token) as theirs,
    ):
        known = str(uuid4())
        await one.send({"type": "leave", "id": known, "group": room})
        assert (await one.answer_to(known))["type"] == "ack"
        await clinic.settle()
        await host_writes(clinic, room, "Only for those who are here")
        await theirs.until(lambda f: f.get("text") == "Only for those who are here")
        for line in (one, other):
            await line.answer_to(await line.say("hello"))
            assert line.posts(room) == []
    async with door.screen(leaving.token) as again:
        assert [f for f in again.heard if f.get("group")] == []


async def test_whoever_comes_back_on_the_same_screen_is_given_what_was_written_meanwhile(
    clinic: Clinic, door: Door
) -> None:
    one, room = await member(clinic, "Heron")
    async with door.screen(one.token) as line:
        said = Inbound(clinic.service.id, one.id, clinic.house.ids.new())
        await peers.leave(clinic.house, said, LineId(UUID(room)), take_posts=False)
        await clinic.settle()
        await host_writes(clinic, room, "While you were away")
        await into_the_group(one, "Heron")
        await line.until(lambda f: f.get("text") == "While you were away")


async def test_whoever_leaves_while_they_wait_for_a_post_is_not_given_it(clinic: Clinic, door: Door) -> None:
    leaving, room = await member(clinic, "Heron")
    waiting = asyncio.create_task(door.get(f"/v1/messages?after=0&wait=20&group={room}", leaving.token))
    await asyncio.sleep(0.3)
    said = Inbound(clinic.service.id, leaving.id, clinic.house.ids.new())
    await peers.leave(clinic.house, said, LineId(UUID(room)), take_posts=False)
    await clinic.settle()
    await host_writes(clinic, room, "Only for those who are here")
    assert (await waiting).status == 404


async def test_whom_a_host_looks_at_first_is_not_let_into_the_next_room_instead(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with patched(monkeypatch, "_paused_elsewhere", True):
        known, _ = await waiting_member(clinic, "Heron")
    await open_another(clinic.house, clinic.service.id, "copd", 2)
    await clinic.settle()
    first, second = [
        await standing_of(clinic.house, clinic.service.id, room_id(clinic.service.id, "copd", n))
        for n in (1, 2)
    ]
    assert first is not None and first.members[known.id].status == "waiting"
    assert second is not None and known.id not in second.members


async def waiting_member(clinic: Clinic, name: str) -> tuple[Patient, LineId]:
    patient = await clinic.join("copd")
    return patient, await joins_group(clinic, patient, name)


# -- the desk -----------------------------------------------------------------------------------------


def _needs(site: Site) -> dict[str, frozenset[str]]:
    return {
        f"{r.method} {r.path}": r.needs
        for r in desk_routes(site.app)
        if r.path.startswith(("/desk/groups", "/desk/moderation"))
    }


async def test_every_page_of_groups_at_the_desk_is_placed(site: Site) -> None:
    found = _needs(site)
    assert {route: PLACED.get(route) for route in found} == found


async def test_every_role_at_every_page_of_groups(world: Rooms, site: Site) -> None:
    clinic, tried, wrong = world.clinic, 0, []
    other = await elsewhere(clinic)
    stands = await world.as_it_stands()
    author = handle_of(world.first, world.author.id)
    stranger = world.people["never joined"].patient
    assert stranger is not None

    def at(route: str, room: object, handle: object = author, seq: int = 1) -> tuple[str, str]:
        method, _, path = route.partition(" ")
        path = path.replace("{id}", str(room)).replace("{handle}", str(handle))
        return method, path.replace("{seq}", str(seq)).replace("{case}", str(seq))

    async with knockers(site) as people:
        everybody = [*people]
        for name, member in (
            ("host of another service", other.host),
            ("therapist with them", clinic.therapist),
        ):
            place = other if member is other.host else clinic
            jar = aiohttp.CookieJar(unsafe=True)
            session = await signed_in(place, member)
            jar.update_cookies({"bounceback-desk": session}, URL(site.url))
            everybody.append(
                Knocker(name, aiohttp.ClientSession(cookie_jar=jar), site.url, session, member.id)
            )
        try:
            for one in everybody:
                roles = {"host of another service": "host", "therapist with them": "therapist"}
                role = roles.get(one.role, one.role)
                for route, needs in _needs(site).items():
                    method, nothing = at(route, NOBODY_HERE, NOBODY_HERE)
                    none = await one.asks(method, nothing if "{" in route else "/desk/groups/none", FIELDS)
                    away = one.role == "host of another service"
                    if role == "nobody":
                        assert none.status == 303, route
                    elif "{" in route:
                        assert none.status == 404, (one.role, route, none.status)
                    targets = [(other.service.rooms["copd"], author), (world.author.id, author)]
                    if away or role not in needs:
                        targets.append((world.first, author))
                    if "{handle}" in route and not away and role in needs:
                        targets = [(world.first, handle_of(world.first, stranger.id)), (world.first, uuid4())]
                    for room, handle in targets if "{" in route else ():
                        if away and room == other.service.rooms["copd"]:
                            continue
                        answer = await one.asks(*at(route, room, handle), FIELDS)
                        same = answer.alike(room, handle, NOBODY_HERE) == none.alike(NOBODY_HERE, room)
                        if "{handle}" in route and answer.status == 404:
                            same = answer.body.replace(str(room), "") == none.body or same
                        if not same:
                            wrong.append((one.role, route, room == world.first, answer.status, none.status))
                        tried += 1
            assert wrong == []
            assert await world.as_it_stands() == stands
            assert tried > 150
        finally:
            for one in everybody[len(people) :]:
                await one.http.close()


async def test_pages_of_groups_at_the_desk_name_no_patient(world: Rooms, site: Site) -> None:
    """Hosts read pseudonyms and words, and neither names nor ids; who reported and who pressed is not there."""
    silent = [world.people[who].patient for who in ("left", "discharged")]
    handles = [str(handle_of(world.first, p.id)) for p in silent if p is not None]
    author, opened = handle_of(world.first, world.author.id), 0
    async with knockers(site) as people:
        for one in (each for each in people if each.role in ROOMS):
            for route in (r for r in _needs(site) if r.startswith("GET ")):
                for room in world.rooms if "{id}" in route else (world.first,):
                    path = route[4:].replace("{id}", str(room)).replace("{handle}", str(author))
                    answer = await one.asks("GET", path)
                    opened += answer.status == 200
                    ids = [str(p.patient.id) for p in world.people.values() if p.patient]
                    assert not [i for i in (*ids, str(world.author.id)) if i in answer.body], (one.role, path)
                    assert not [name for name in NAMES.values() if name in answer.body], (one.role, path)
                    if "/members" not in path:
                        assert not [h for h in handles if h in answer.body], (one.role, path)
                        assert PSEUDONYMS[5] not in answer.body, "who reported"
                    if room == world.second:
                        assert SECRET["held"] not in answer.body
    assert opened > 10
