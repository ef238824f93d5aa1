"""Where a peer group stands: its members, its latest posts' standing, what waits for a host, who is there, its timers."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self
from uuid import UUID, uuid5

import msgspec

from bot.core.facts import CaseKind, Decision, PostKind
from bot.core.state import OpenAlert, Timer
from bot.core.values import LineId, ServiceId, StaffId, Value, WordId, decoded

MOST_POSTS_KEPT = 200
MOST_DECISIONS_KEPT = 100


def room_id(service: ServiceId, group: str, n: int = 1) -> LineId:
    """The n-th room of a service for a group of the content: the same id every time."""
    return LineId(uuid5(service, f"group:{group}" if n == 1 else f"group:{group}:{n}"))


def handle_of(room: LineId, patient: LineId) -> UUID:
    """By which the members of this room know one of them. In another room the same person has another one."""
    return uuid5(room, patient.hex)


def post_id(author: LineId, sent_as: UUID) -> UUID:
    """A post's id: its author's own for it, masked, since those of two authors may be the same. Masked again it is the
    author's own, by which their screens know it.

    >>> author, sent_as = LineId(UUID(int=1)), UUID(int=2)
    >>> post_id(author, post_id(author, sent_as)) == sent_as
    True
    """
    return UUID(int=sent_as.int ^ uuid5(author, "post").int)


class Paused(Value):
    """Reads, and writes nothing. ``until`` None: until a host has looked, or for good."""

    why: Literal["flags", "strike"]
    case: int
    until: datetime | None = None


class Member(Value):
    """``strikes``: the cases that count. ``name``: the keyed index of their pseudonym. ``came``: as the how-manieth of all
    who came or asked to, each time counted. ``been``: they were in before, and left."""

    pseudonym: WordId
    status: Literal["member", "waiting", "left"]
    name: str = ""
    posts: int = 0
    strikes: tuple[int, ...] = ()
    paused: Paused | None = None
    came: int = 0
    been: bool = False


class Standing(Value):
    """One recent post. Older ones stand in their rows alone. ``cleared``: a host has looked after it was flagged.
    ``at``: when it came; ``shown_at``: when others first saw it. ``until``: let through by ``let_by``, but shown only
    then."""

    author: LineId | None
    status: Literal["shown", "held", "hidden", "withdrawn"]
    flags: tuple[LineId, ...] = ()
    at: datetime | None = None
    shown_at: datetime | None = None
    until: datetime | None = None
    let_by: StaffId | None = None
    distress: bool = False
    cleared: bool = False
    kind: PostKind = "post"


class Case(Value):
    """Something that waits for a host."""

    kind: CaseKind
    why: str
    at: datetime
    seq: int | None = None
    member: LineId | None = None
    of: int | None = None


class Decided(Value):
    """What was decided lately, so that it can be looked at again. ``appealed``: it has been asked for, once."""

    by: StaffId
    decision: Decision
    at: datetime
    seq: int | None = None
    member: LineId | None = None
    appealed: bool = False


class Session(Value):
    n: int
    until: datetime


class Course(Value):
    began: datetime
    week: int = 0
    over: bool = False


class Room(Value):
    """``members``: in the order in which they came; each has a row of their own in the record. ``hosts``: who is there, and
    when they were last heard of. ``last_case``: the number of the newest case. ``met``: how many sessions there were.
    ``next_asked``: the group's next room was asked for."""

    group: str = ""
    seq: int = 0
    members: dict[LineId, Member] = {}
    posts: dict[int, Standing] = {}
    alerts: dict[str, OpenAlert] = {}
    timers: dict[str, Timer] = {}
    n: int = 1
    cases: dict[int, Case] = {}
    last_case: int = 0
    decided: dict[int, Decided] = {}
    hosts: dict[StaffId, datetime] = {}
    session: Session | None = None
    met: int = 0
    course: Course | None = None
    next_asked: bool = False

    def json_without_members(self) -> str:
        """What is written with each turn: a post in a room of a thousand is to write what one of ten does."""
        return self.but(members={}).json()

    @classmethod
    def from_rows(cls, raw: str, members: str) -> Self:
        """From what ``json_without_members`` wrote, and the members' rows. Raises Misuse, as ``from_json`` does."""
        read = decoded(_MEMBERS, members)
        return cls.from_json(raw).but(members=dict(sorted(read.items(), key=_when_they_came)))

    def member(self, patient: LineId | None) -> Member | None:
        """Somebody who is in it now."""
        found = self.members.get(patient) if patient is not None else None
        return found if found is not None and found.status == "member" else None

    @property
    def size(self) -> int:
        return sum(m.status == "member" for m in self.members.values())

    @property
    def waiting(self) -> tuple[LineId, ...]:
        """In the order in which they came."""
        return tuple([p for p, m in self.members.items() if m.status == "waiting"])

    @property
    def next_in(self) -> tuple[LineId, ...]:
        """Those of them whom no host has to look at first."""
        held_back = {c.member for c in self.cases.values() if c.kind == "joining"}
        return tuple([p for p in self.waiting if p not in held_back])


def _when_they_came(entry: tuple[LineId, Member]) -> int:
    return entry[1].came


_MEMBERS: msgspec.json.Decoder[dict[LineId, Member]] = msgspec.json.Decoder(dict[LineId, Member])
