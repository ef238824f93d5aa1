"""Everybody who may try something in a group, everything that may be tried there, and what is to become of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID, uuid4

import pytest
from clinic import Clinic, Patient
from desk_scene import elsewhere, joins_group
from sqlalchemy import select
from talker import Door, Frame, Reply

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.core.inputs import EndCare, HostAway, Moderate, React, Report, RoomInput, Strike
from bot.core.room import handle_of
from bot.core.values import LineId
from bot.usecases import peers, room_turns, rooms
from bot.usecases.care import end_care
from bot.usecases.erasing import erase
from bot.usecases.room_turns import tell_room
from bot.usecases.rooms import open_room
from bot.usecases.turn import Inbound

NOBODY_HERE = "00000000-0000-4000-8000-000000000000"

WHO = (
    *("member", "member of another room", "waiting", "left", "paused by flags", "barred by a strike"),
    *("resting", "discharged", "erased", "never joined", "of another service", "nobody"),
)
INSIDE = ("member", "paused by flags", "barred by a strike", "resting")
READS = INSIDE
"""Who reads the first room. Who has left it, or whose care has ended, does not; what they write is heard in their own chat."""
PAUSED = ("paused by flags", "barred by a strike")
WRITERS = ("member", "paused by flags", "resting")
"""Who has a post of their own there."""
SIGNED_OUT = ("erased", "nobody")

Outcome = Literal["done", "heard", "no"]
"""``done``: it may change what others see. ``heard``: acknowledged on one's own Line, and nothing more comes of it.
``no``: refused, and nothing changes anywhere."""

TARGETS = (
    *("their own", "another's, shown", "another's, held", "another's, hidden", "another's, taken back"),
    *("of another room", "not there"),
)

SECRET = {
    "held": "the cellar under the chapel",
    "hidden": "the orchard behind the school",
    "taken back": "the ferry that came too late",
    "other room": "the lighthouse in the other room",
    "shown": "good morning from the harbour",
}
NAMES = {
    "member": "Ottoline",
    "author": "Peregrine",
    "member of another room": "Thaddeus",
    "waiting": "Wilhelmina",
    "left": "Barnabas",
    "paused by flags": "Clementine",
    "barred by a strike": "Erasmus",
    "resting": "Philippa",
    "discharged": "Leopold",
    "erased": "Gwendolen",
    "never joined": "Horatio",
    "of another service": "Marmaduke",
}
PSEUDONYMS = (
    "Heron",
    "Wren",
    "Plover",
    "Curlew",
    "Dunlin",
    "Siskin",
    "Linnet",
    "Brambling",
    "Twite",
    "Whimbrel",
)


@dataclass
class Somebody:
    who: str
    token: str | None
    patient: Patient | None = None
    heard: list[str] = field(default_factory=list)
    """All that ever came back to them."""


@dataclass
class Rooms:
    """``first``: the room that everything is tried in; ``second``: of the same group; ``posts``: numbers in the first."""

    clinic: Clinic
    door: Door
    database: Database
    first: LineId
    second: LineId
    author: Patient
    people: dict[str, Somebody]
    posts: dict[str, int]

    @property
    def rooms(self) -> tuple[LineId, LineId]:
        return self.first, self.second

    def group_of(self, target: str) -> LineId:
        return self.second if target == "of another room" else self.first

    def seq_of(self, target: str, who: str) -> int:
        if target == "their own":
            return self.posts[f"own of {who}"]
        return {"of another room": 1}.get(target) or self.posts.get(target, 999)

    async def asks(self, one: Somebody, frame: Frame) -> Reply:
        reply = await self.door.post("/v1/messages", frame, one.token)
        one.heard.append(reply.raw)
        await self.clinic.settle()
        return reply

    async def as_it_stands(self) -> dict[str, list[tuple[Any, ...]]]:
        """What the groups of the service hold, whoever may see it."""
        tables = {
            "posts": (s.post, ("line_id", "seq", "status", "author_id")),
            "reactions": (s.reaction, ("line_id", "seq", "patient_id", "kind")),
            "cases": (s.moderation, ("line_id", "case_n", "kind", "decision")),
            "evidence": (s.evidence, ("line_id", "alert_id", "n")),
            "members": (s.member, ("line_id", "patient_id", "status", "paused", "read_at")),
        }
        held: dict[str, list[tuple[Any, ...]]] = {}
        async with self.database.reading() as c:
            for name, (table, columns) in tables.items():
                wanted = select(*(table.c[column] for column in columns))
                ours = (table.c.service_id == self.clinic.service.id, table.c.line_id.in_(self.rooms))
                rows = (await c.execute(wanted.where(*ours))).all()
                held[name] = sorted([tuple(row) for row in rows], key=str)
        return held

    async def version_of(self, patient: Patient) -> int:
        stored = await self.clinic.house.record.lines.load(patient.clinic.service.id, patient.id)
        return stored.version if stored is not None else 0

    # -- what nobody may ever be shown

    def leaks(self, one: Somebody) -> list[str]:
        """What stands in anything that they heard and is not for them."""
        every = "\n".join(one.heard).replace(NOBODY_HERE, "")
        mine = one.patient.id if one.patient is not None else None
        others = [p for p in self.people.values() if p.patient is not None and p.patient.id != mine]
        found = [f"id of {p.who}" for p in others if str(p.patient and p.patient.id) in every]
        found += [f"id of the author {self.author.id}"] if str(self.author.id) in every else []
        found += [name for who, name in NAMES.items() if who != one.who and name in every]
        found += [self.clinic.host.name] if str(self.clinic.host.id) in every else []
        secret = [SECRET["held"], SECRET["hidden"], SECRET["taken back"]]
        if one.who not in READS:
            secret += [SECRET["shown"], *PSEUDONYMS[:1]]
        if one.who != "member of another room":
            secret += [SECRET["other room"]]
        return found + [words for words in secret if words in every]


# -- what is tried ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Doing:
    """``targets``: what it can be tried on. ``may``: what becomes of it, by who and on what; of all others "no"."""

    name: str
    targets: tuple[str, ...]
    may: dict[str, dict[str, Outcome]]

    def frame(self, world: Rooms, who: str, target: str, group: UUID | str | None = None) -> Frame:
        room = str(group or world.group_of(target))
        seq = world.seq_of(target, who)
        first: Frame = {"type": self.name.partition(",")[0], "id": str(uuid4()), "group": room}
        match self.name:
            case "post":
                return {**first, "text": "hello from here"}
            case "post, an answer":
                return {**first, "type": "post", "text": "hello from here", "reply_to": seq}
            case "post, naming":
                return {
                    **first,
                    "type": "post",
                    "text": "hello from here",
                    "mentions": [_handle(world, target)],
                }
            case "report" | "withdraw":
                return {**first, "seq": seq}
            case "react":
                return {**first, "seq": seq, "kind": "thanks"}
            case "appeal":
                return {**first, "text": "please look again", "seq": seq}
            case "appeal, a complaint":
                return {**first, "type": "appeal", "text": "please look again", "complaint": True}
            case "mute":
                return {**first, "member": _handle(world, target)}
            case "rest":
                return {**first, "on": False}
            case "leave":
                return first
        del first["group"]
        match self.name:
            case "mute_word":
                return {**first, "text": "weather"}
            case "unmute_word":
                return {**first, "word": str(uuid4())}
        return {**first, "on": False}

    def outcome(self, who: str, target: str) -> Outcome:
        may = self.may.get(who, {})
        return may.get(target, may.get("*", "no"))


def _handle(world: Rooms, target: str) -> str:
    """Of somebody in the room, of a patient who never was, and of nobody."""
    if target == "a member":
        return str(handle_of(world.first, world.author.id))
    if target == "a patient who is not in":
        stranger = world.people["never joined"].patient
        assert stranger is not None
        return str(handle_of(world.first, stranger.id))
    return NOBODY_HERE


def _of(who: tuple[str, ...], outcome: Outcome) -> dict[str, dict[str, Outcome]]:
    return {one: {"*": outcome, "of another room": "no"} for one in who}


HANDLES = ("a member", "a patient who is not in", "nobody's")
ROOM = ("the room",)
ELSEWHERE = "of another room"
PATIENTS = tuple(who for who in WHO if who not in SIGNED_OUT)


def _of(who: tuple[str, ...], outcome: Outcome) -> dict[str, dict[str, Outcome]]:
    return {one: {"*": outcome, ELSEWHERE: "no"} for one in who}


POSTS: dict[str, dict[str, Outcome]] = {
    **_of(("member", "resting"), "done"),
    **_of(("paused by flags",), "heard"),
    "discharged": {"*": "heard"},
    "member of another room": {ELSEWHERE: "done"},
}
SEEN = ("their own", "another's, shown", "another's, hidden", "another's, taken back")
ASKS = (*INSIDE, "waiting", "left")
"""Who may ask for another look: whoever ever asked to come in."""

DOINGS = (
    Doing("post", ROOM, POSTS),
    Doing("post, an answer", TARGETS, POSTS),
    Doing("post, naming", HANDLES, POSTS),
    # Whatever it names, it is heard alike: only of somebody who is or was in, of what can be seen, comes anything of it.
    Doing(
        "report",
        TARGETS,
        {
            **{who: {"*": "heard"} for who in PATIENTS},
            **{who: {"*": "heard", **dict.fromkeys(SEEN, "done")} for who in (*READS, "left", "discharged")},
            "member of another room": {"*": "heard", ELSEWHERE: "done"},
        },
    ),
    Doing("react", TARGETS, {who: {"another's, shown": "done"} for who in READS if who not in PAUSED}),
    Doing(
        "withdraw",
        TARGETS,
        {
            **{who: {"their own": "done"} for who in WRITERS},
            "member of another room": {ELSEWHERE: "done"},
        },
    ),
    # What nobody decided against them is nothing to appeal: a person reads it as a complaint.
    Doing(
        "appeal",
        TARGETS,
        {**_of(ASKS, "done"), "discharged": {"*": "heard"}, "member of another room": {ELSEWHERE: "done"}},
    ),
    Doing("appeal, a complaint", ROOM, {**_of(ASKS, "done"), "discharged": {"*": "heard"}}),
    Doing("mute", HANDLES, _of(READS, "heard")),
    Doing("rest", ROOM, _of(READS, "heard")),
    Doing("mute_word", ROOM, _of(PATIENTS, "heard")),
    Doing("unmute_word", ROOM, _of(PATIENTS, "heard")),
    Doing("show_typing", ROOM, _of(PATIENTS, "heard")),
    Doing("leave", ROOM, _of((*READS, "waiting"), "done")),
)
"""``leave`` stands last: whoever left tries nothing more."""


def cells() -> Iterator[tuple[str, Doing, str]]:
    for doing in DOINGS:
        for who in WHO:
            for target in doing.targets:
                if target != "their own" or who in WRITERS:
                    yield who, doing, target


def is_outside(who: str, target: str) -> bool:
    """To whom the room is to look like none."""
    return who != "member of another room" if target == ELSEWHERE else who not in (*READS, "waiting", "left")


def alike(reply: Reply, *ids: object) -> tuple[int, str]:
    """Without the ids that were asked for and the number of one's own Line."""
    raw = reply.raw
    for each in ids:
        raw = raw.replace(str(each), "ID")
    return reply.status, re.sub(r'"seq": ?\d+', '"seq":N', raw)


# -- the world ----------------------------------------------------------------------------------------


@asynccontextmanager
async def patched(patch: pytest.MonkeyPatch, name: str, answer: bool) -> AsyncIterator[None]:
    async def says(*_: object) -> bool:
        return answer

    with patch.context() as within:
        within.setattr(rooms, name, says)
        yield


async def filled(clinic: Clinic, door: Door, database: Database, patch: pytest.MonkeyPatch) -> Rooms:
    names = iter(PSEUDONYMS)
    service, house = clinic.service.id, clinic.house
    first = clinic.service.rooms["copd"]
    second = await open_room(house, service, "copd", 2)

    async def joined(who: str, *, into: bool = True) -> Somebody:
        patient = await clinic.join("copd", name=NAMES[who])
        if into:
            await joins_group(clinic, patient, next(names))
        return Somebody(who, patient.token, patient)

    async def hears(heard: RoomInput, room: LineId = first) -> None:
        await tell_room(house, service, room, heard)
        await clinic.settle()

    async def writes(patient: Patient, text: str, room: LineId = first) -> int:
        said = Inbound(service, patient.id, house.ids.new(), text=text)
        await peers.post(house, said, room)
        await clinic.settle()
        return max(p.seq for p in await house.record.peers.posts(service, room, 0))

    author = (await joined("author")).patient
    assert author is not None
    people = {who: await joined(who) for who in (*INSIDE, "left", "discharged", "erased")}
    people["never joined"] = await joined("never joined", into=False)
    async with patched(patch, "_has_a_place", False):
        people["member of another room"] = await joined("member of another room")
    async with patched(patch, "_paused_elsewhere", True):
        people["waiting"] = await joined("waiting")
    other = await elsewhere(clinic)
    foreign = await other.join("copd", name=NAMES["of another service"])
    people["of another service"] = Somebody("of another service", foreign.token, foreign)
    people["nobody"] = Somebody("nobody", None)

    def of(who: str) -> Patient:
        patient = people[who].patient
        assert patient is not None
        return patient

    numbers = {}
    let = clinic.host.id
    for who, text in ((author, SECRET["shown"]), (author, SECRET["hidden"]), (author, SECRET["taken back"])):
        seq = await writes(who, text)
        numbers[text] = seq
        if seq == 1:
            await hears(Moderate(seq, let, "release"))
    for who in ("member", "resting"):
        numbers[f"own of {who}"] = await writes(of(who), f"it is {who} who writes")
        await hears(Moderate(numbers[f"own of {who}"], let, "release"))
    numbers["flagged"] = await writes(of("paused by flags"), "come to my shop")
    await hears(Moderate(numbers["flagged"], let, "release"))
    await hears(React(1, of("resting").id, "hug", True))
    await hears(Moderate(numbers[SECRET["hidden"]], let, "hide", "unkind"))
    await peers.withdraw(
        house, Inbound(service, author.id, house.ids.new()), first, numbers[SECRET["taken back"]]
    )
    held = await writes(author, f"{SECRET['held']}, write to me@example.com")
    inside = await writes(of("member of another room"), SECRET["other room"], second)
    await hears(Moderate(inside, let, "release"), second)
    # Two posts of theirs, so that nobody's flags hide what everybody sees before the author of it is paused.
    again = await writes(of("paused by flags"), "come to my shop once more")
    for who in (*INSIDE, "left", "discharged"):
        await hears(HostAway(let))
        await hears(Report(again, of(who).id))
    await hears(Strike(of("barred by a strike").id, let, "unkind"))
    await hears(HostAway(let))
    rest = Inbound(service, of("resting").id, house.ids.new())
    await peers.rest(house, rest, first, on=True, days=9)
    gone = Inbound(service, of("left").id, house.ids.new())
    await peers.leave(house, gone, first, take_posts=False)
    await end_care(house, service, of("discharged").id, EndCare("discharged", clinic.therapist.id))
    await erase(house, service, of("erased").id, "operator")
    await clinic.settle()
    posts = {
        "another's, shown": numbers[SECRET["shown"]],
        "another's, hidden": numbers[SECRET["hidden"]],
        "another's, taken back": numbers[SECRET["taken back"]],
        "another's, held": held,
        **{key: seq for key, seq in numbers.items() if key.startswith("own of ")},
        "own of paused by flags": numbers["flagged"],
    }
    world = Rooms(clinic, door, database, first, second, author, people, posts)
    await _stands_as_it_should(world, of)
    return world


async def _stands_as_it_should(world: Rooms, of: Any) -> None:
    room = await room_turns.standing_of(world.clinic.house, world.clinic.service.id, world.first)
    assert room is not None
    statuses = {name: room.posts[seq].status for name, seq in world.posts.items()}
    assert statuses == {
        "another's, shown": "shown",
        "another's, hidden": "hidden",
        "another's, held": "held",
        "another's, taken back": "withdrawn",
        "own of member": "shown",
        "own of resting": "shown",
        "own of paused by flags": "shown",
    }
    assert room.members[of("waiting").id].status == "waiting"
    assert [room.members[of(who).id].paused.why for who in ("paused by flags", "barred by a strike")] == [
        "flags",
        "strike",
    ]
    assert of("member of another room").id not in room.members
