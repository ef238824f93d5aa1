"""What a group's room does by itself and what its hosts do, in virtual time, for a host or a clinical lead to read.

`make golden` rewrites the files; the diff is the review. Each is its own script. What somebody does stands at the start of a
line:

    now: 2026-03-05 21:30           where the story begins, on the service's clock
    group: diabetes                 a group of the content
    members: Heron, Wren            who is in, and has written before; `joins: Plover` comes anew, `leaves: Wren` goes
    Heron: words that are posted
    reports: Wren 3 unkind          a post by its number; also `reacts: Wren 3 hug`, `withdraws: Heron 3`
    appeals: Heron 3                or `appeals: Heron` about being paused, or `complains: Heron`
    host: Ruth comes                or goes, writes WORDS, shows 3, hides 3 unkind, leaves 3, strikes Heron unkind,
                                    restores Heron, upholds case 4, overturns case 4, recaps WORDS, begins the course
    time: 15 minutes                passes, or until: 2026-03-06 09:30; whatever falls due meanwhile happens when it does

All other lines are what came of it, and are written by the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import pytest

from bot.core import facts as f
from bot.core.errors import Refused
from bot.core.groups import verdict_on
from bot.core.inputs import (
    Admit,
    AnswerAppeal,
    Appeal,
    BeginCourse,
    HostAway,
    HostHere,
    HostSaid,
    Leave,
    Moderate,
    Open,
    Place,
    React,
    Report,
    Restore,
    RoomInput,
    Strike,
    TimerFired,
    Withdraw,
)
from bot.core.library import Library
from bot.core.pen import Moment
from bot.core.room import Room, room_id
from bot.core.room.deciding import decide_room
from bot.core.rows import rows_of
from bot.core.safety import Context
from bot.core.service import Service
from bot.core.values import LineId, ServiceId, StaffId, WordId

FOLDER = Path(__file__).parent / "rooms"
LONDON = ZoneInfo("Europe/London")
ANYBODY = UUID(int=9)
DOINGS = frozenset(
    {
        *("now", "group", "members", "joins", "leaves", "reports", "reacts", "withdraws"),
        *("appeals", "complains", "host", "time", "until"),
    }
)
ANSWERS = {
    "member": "is let in",
    "waiting": "is on the list",
    "held": "hears that the post waits",
    "not_placed": "hears that it was not shown",
    "hidden": "hears that a host has hidden the post",
    "paused": "hears that they may not write",
    "restored": "hears that they may write again",
    "answered": "hears what came of it",
    "week": "hears of the week's module",
    "meets_soon": "hears that the session comes",
}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda p: p.stem)
def test_evening(path: Path, library: Library, request: pytest.FixtureRequest) -> None:
    after = "\n".join(Evening(library).told(path.read_text())) + "\n"
    if request.config.getoption("--rewrite-golden"):
        path.write_text(after)
    assert after == path.read_text(), (
        f"{path.name} says something else now: run `make golden` and read the diff"
    )


class Evening:
    """One room, its clock and its timers. The rules alone: no record, no bus."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.service = Service(id=ServiceId(ANYBODY), slug="valley", name="Valley Clinic", nation="england")
        self.now = datetime(2026, 3, 2, 12, tzinfo=LONDON)
        self.room, self.line = Room(), LineId(ANYBODY)
        self.names: dict[UUID, str] = {}
        self.turns = 0

    def told(self, script: str) -> list[str]:
        lines: list[str] = []
        people: set[str] = set()
        for text in script.splitlines():
            kind, colon, what = text.partition(": ")
            if text.startswith("# "):
                lines.append(text)
            elif colon and (kind in DOINGS or kind in people):
                if kind in ("members", "joins"):
                    people |= {name.strip() for name in what.split(",")}
                if kind not in ("group", "members"):
                    lines.append("")
                lines += [text, *self._came_of(kind, what)]
        return lines

    def _came_of(self, kind: str, what: str) -> Iterator[str]:
        match kind:
            case "now":
                self.now = datetime.fromisoformat(what).replace(tzinfo=LONDON)
            case "group":
                self.line = room_id(self.service.id, what)
                list(self._hear(Open(what)))
            case "members":
                for name in what.split(", "):
                    list(self._hear(self._admit(name)))
                    member = self.room.members[self._of(name)]
                    kept = {**self.room.members, self._of(name): member.but(posts=1)}
                    self.room = self.room.but(members=kept)
            case "time":
                number, unit = what.split()
                yield from self._passes(self.now + timedelta(**{f"{unit.rstrip('s')}s": float(number)}))
            case "until":
                yield from self._passes(datetime.fromisoformat(what).replace(tzinfo=LONDON))
            case _:
                heard = self._input(kind, what)
                yield from [heard] if isinstance(heard, str) else self._hear(heard)

    # -- what is done ---------------------------------------------------------------------------------

    def _input(self, kind: str, what: str) -> RoomInput | str:
        name, *more = what.split()
        match kind:
            case "joins":
                return self._admit(what)
            case "leaves":
                return Leave(self._of(what))
            case "reports":
                return Report(int(more[0]), self._of(name), more[1])  # type: ignore[arg-type]
            case "reacts":
                return React(int(more[0]), self._of(name), more[1], True)  # type: ignore[arg-type]
            case "withdraws":
                return Withdraw(int(more[0]), self._of(name))
            case "appeals":
                return Appeal(self._of(name), self._word(), int(more[0]) if more else None)
            case "complains":
                return Appeal(self._of(name), self._word(), complaint=True)
            case "host":
                return self._by_a_host(StaffId(self._of(name)), *what.partition(" ")[2].split(" ", 1))
        return self._posted(kind, what)

    def _posted(self, name: str, text: str) -> RoomInput | str:
        screen = self.library.screen(text, Context(state="group_post", group=True))
        verdict, why = verdict_on(text, screen, self.library)
        if verdict == "refuse":
            return f"{self._clock()}  refused before it reaches the room: {why}"
        return Place(self._id(), self._of(name), self._word(), verdict, why=why)

    def _by_a_host(self, by: StaffId, verb: str, about: str = "") -> RoomInput:
        one, _, reason = about.partition(" ")
        match verb:
            case "comes":
                return HostHere(by)
            case "goes":
                return HostAway(by)
            case "writes":
                return HostSaid(self._id(), by, about)
            case "recaps":
                return HostSaid(self._id(), by, about, kind="recap")
            case "shows":
                return Moderate(int(one), by, "release")
            case "hides":
                return Moderate(int(one), by, "hide", reason)
            case "leaves":
                return Moderate(int(one), by, "leave")
            case "strikes":
                return Strike(self._of(one), by, reason)
            case "restores":
                return Restore(self._of(one), by)
            case "upholds" | "overturns":
                return AnswerAppeal(int(reason), by, uphold=verb == "upholds")
            case "begins":
                return BeginCourse(by)
        raise AssertionError(verb)

    def _admit(self, name: str) -> Admit:
        return Admit(self._of(name), self._word(), name=name)

    def _passes(self, until: datetime) -> Iterator[str]:
        while due := min(
            (t for t in self.room.timers.values()), key=lambda t: (t.due_at, t.kind), default=None
        ):
            if due.due_at > until:
                break
            self.now = max(self.now, due.due_at.astimezone(LONDON))
            yield from self._hear(TimerFired(due.kind, due.key))
        self.now = until

    # -- what came of it ------------------------------------------------------------------------------

    def _hear(self, heard: RoomInput) -> Iterator[str]:
        self.turns += 1
        turn = UUID(int=self.turns << 16)
        moment = Moment(self.line, turn, self.now, self.service, self.library)
        try:
            decided = decide_room(self.room, heard, moment)
        except Refused as refused:
            yield f"{self._clock()}  refused: {refused.code}"
            return
        self.room = decided.state
        rows = rows_of(self.line, decided.steps, self.now)
        texts = {word.id: word.text for word in decided.words}
        for fact in decided.facts:
            said = self._say(fact, texts)
            if said:
                yield f"{self._clock()}  {said}"
        told: dict[str, list[str]] = {}
        for promise in rows.promises:
            if promise.kind == "answer":
                payload = promise.payload
                why = f" ({payload['why']})" if payload.get("why") else ""
                name = self.names[UUID(payload["patient"])]
                told.setdefault(f"{ANSWERS[payload['what']]}{why}", []).append(name)
            elif promise.kind == "open_room":
                yield f"{self._clock()}  the group's room {promise.payload['n']} opens for those who wait"
        for what, names in told.items():
            yield f"{self._clock()}  in their own chat, {', '.join(names)} {what}"

    def _say(self, fact: f.Fact, texts: dict[WordId, str]) -> str:
        match fact:
            case f.PostPlaced():
                by = self.names.get(fact.author or fact.staff or ANYBODY, "the room")
                said = f' "{texts[fact.word]}"' if fact.word in texts else ""
                waits = f", held: {fact.why}" if fact.status == "held" else ", shown"
                return f"post {fact.seq} by {by}{waits}{said}".replace("\n", " / ")
            case f.PostNotPlaced():
                return f"the post of {self._name(fact.author)} is not placed: {fact.why}"
            case f.PostReported():
                flags = len(self.room.posts[fact.seq].flags)
                return f"{self._name(fact.by)} reports post {fact.seq} ({fact.why}); reported by {flags}"
            case f.PostHidden(by=None):
                return f"post {fact.seq} is hidden by the members' reports until a host has looked"
            case f.PostHidden():
                return f"post {fact.seq} is hidden by {self._name(fact.by)} ({fact.reason})"
            case f.PostReleased():
                return f"post {fact.seq} is shown"
            case f.PostDelayed():
                return f"post {fact.seq} is let through, and will be shown at {self._at(fact.until)}"
            case f.PostWithdrawn():
                return f"post {fact.seq} is taken back"
            case f.PostReacted():
                return f"{self._name(fact.by)} presses {fact.kind} under post {fact.seq}"
            case f.MemberJoined():
                return f"{self._name(fact.patient)} is in"
            case f.MemberWaits():
                return f"{self._name(fact.patient)} waits ({fact.why})"
            case f.MemberNotIn():
                return f"{self._name(fact.patient)} is asked for another name"
            case f.MemberLeft():
                return f"{self._name(fact.patient)} has left"
            case f.MemberPaused(why="flags"):
                return f"{self._name(fact.patient)} is paused by the members' reports until a host has looked"
            case f.MemberPaused():
                until = f"until {self._at(fact.until)}" if fact.until else "for good"
                return f"{self._name(fact.patient)} is paused: strike {fact.strike}, {until}"
            case f.MemberRestored():
                return f"{self._name(fact.patient)} may write again"
            case f.CaseOpened(kind="decided"):
                return ""
            case f.CaseOpened():
                return f"case {fact.case} waits for a host: {fact.kind} ({fact.why})"
            case f.CaseDecided():
                reason = f" ({fact.reason})" if fact.reason else ""
                return f"case {fact.case} is decided by {self._name(fact.by)}: {fact.decision}{reason}"
            case f.AlertRaised():
                return "the hosts hear that something waits"
            case f.AlertResolved():
                return f"nothing waits any more; {self._name(fact.by)} has answered for it"
            case f.HostCame():
                return f"{self._name(fact.by)} is there"
            case f.HostWent(quiet=True):
                return f"{self._name(fact.by)} was quiet for so long that the room says no host is there"
            case f.HostWent():
                return f"{self._name(fact.by)} has gone"
            case f.SessionOpened():
                return f"session {fact.n} opens, until {self._at(fact.until)}"
            case f.SessionClosed():
                return (
                    f"session {fact.n} is over" if fact.held else f"session {fact.n} is called off: no host"
                )
            case f.CourseBegan():
                return "the course begins"
            case f.WeekReached(module=None):
                return "the course is over"
            case f.WeekReached():
                return f"week {fact.week}: {fact.module}"
            case f.AlertEscalated():
                return f"nobody has answered yet: step {fact.rung + 1}"
        return ""

    # -- names, ids, times ----------------------------------------------------------------------------

    def _of(self, name: str) -> LineId:
        known = LineId(uuid5(ANYBODY, name.strip()))
        self.names[known] = name.strip()
        return known

    def _name(self, who: UUID | None) -> str:
        return self.names[who] if who is not None else "nobody"

    def _id(self) -> UUID:
        self.turns += 1
        return UUID(int=(self.turns << 16) + 0xFFFF)

    def _word(self) -> WordId:
        return WordId(self._id())

    def _clock(self) -> str:
        return f"  {self._at(self.now)}"

    @staticmethod
    def _at(moment: datetime) -> str:
        return moment.astimezone(LONDON).strftime("%a %d %b %H:%M")
