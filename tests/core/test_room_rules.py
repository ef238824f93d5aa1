"""What holds in a room whatever its members and hosts do, in any order and over weeks: told by hypothesis in virtual time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from bot.core import facts as f
from bot.core.errors import Refused
from bot.core.facts import facts_as_json
from bot.core.fold import fold
from bot.core.inputs import (
    Acknowledge,
    Admit,
    AnswerAppeal,
    AnswerJoining,
    Appeal,
    BeginCourse,
    HandRoomOver,
    HostAway,
    HostHere,
    HostLooksIn,
    HostSaid,
    KeepUp,
    Leave,
    Moderate,
    NoteByHost,
    Open,
    Place,
    React,
    Recapped,
    Report,
    Restore,
    RoomInput,
    Strike,
    TimerFired,
    Withdraw,
)
from bot.core.library import Library
from bot.core.pen import Moment, Turn
from bot.core.room import Room
from bot.core.room.cases import CONCERN
from bot.core.room.deciding import decide_room
from bot.core.room.meeting import HOST
from bot.core.room.presence import hosts_there
from bot.core.room.state import MOST_DECISIONS_KEPT, MOST_POSTS_KEPT
from bot.core.rows import rows_of
from bot.core.service import Service
from bot.core.state import timer_id
from bot.core.values import LineId, ServiceId, StaffId, WordId

LONDON = ZoneInfo("Europe/London")
ANYBODY = UUID(int=9)
ROOM = LineId(UUID(int=77))
PEOPLE = tuple(LineId(uuid5(ANYBODY, f"person {n}")) for n in range(7))
HOSTS = tuple(StaffId(uuid5(ANYBODY, f"host {n}")) for n in range(3))
SIZE, CAP, TO_HIDE, TO_PAUSE = 5, 2, 2, 3
HOUR = timedelta(hours=1)
SPOKEN, NOTED = "the weir is high today", "she wrote of the mill"
MINUTES = (1, 4, 9, 20, 31, 45, 60, 61, 600, 24 * 60, 15 * 24 * 60)

DOINGS = (
    *("place",) * 6,
    *("moderate",) * 6,
    *("report",) * 4,
    *("passes",) * 4,
    *("strike", "restore", "appeal", "appeal", "answer_appeal", "answer_appeal", "withdraw", "react"),
    *(
        "admit",
        "admit",
        "leave",
        "answer_joining",
        "host_here",
        "host_away",
        "host_said",
        "note",
        "hand_over",
    ),
    *("acknowledge",),
)
SCRIPTS = st.lists(
    st.tuples(
        st.sampled_from(DOINGS),
        st.integers(0, len(PEOPLE) - 1),
        st.integers(0, len(HOSTS) - 1),
        st.integers(0, 40),
        st.booleans(),
    ),
    min_size=10,
    max_size=60,
)
Script = list[tuple[str, int, int, int, bool]]


@dataclass(frozen=True)
class Step:
    """One input: ``turn`` None where it was refused."""

    before: Room
    heard: RoomInput
    now: datetime
    turn: Turn[Room] | None

    @property
    def after(self) -> Room:
        return self.turn.state if self.turn is not None else self.before

    @property
    def facts(self) -> tuple[f.Fact, ...]:
        return self.turn.facts if self.turn is not None else ()


@dataclass
class Story:
    """A room of five with seven who know of it and three hosts; its numbers are small, so that all of them are reached."""

    library: Library
    room: Room = field(default_factory=Room)
    now: datetime = datetime(2026, 3, 2, 12, tzinfo=LONDON)
    steps: list[Step] = field(default_factory=list)
    turns: int = 0

    def __post_init__(self) -> None:
        self.service = Service(id=ServiceId(ANYBODY), slug="valley", name="Valley Clinic", nation="england")
        self.hears(Open("copd"))
        for person in PEOPLE[:4]:
            self.hears(self._admit(person))

    def tells(self, script: Script) -> Story:
        for doing, who, host, n, yes in script:
            if doing == "passes":
                self._passes(timedelta(minutes=MINUTES[n % len(MINUTES)]), late=yes)
            else:
                self.hears(self._input(doing, PEOPLE[who], HOSTS[host], n, yes))
        return self

    def hears(self, heard: RoomInput) -> Step:
        self.turns += 1
        moment = Moment(ROOM, UUID(int=self.turns << 16), self.now, self.service, self.library)
        try:
            turn = decide_room(self.room, heard, moment)
        except Refused:
            turn = None
        step = Step(self.room, heard, self.now, turn)
        self.steps.append(step)
        self.room = step.after
        return step

    def _passes(self, by: timedelta, *, late: bool) -> None:
        """``late``: the worker was down, and what fell due meanwhile is done only then."""
        until = self.now + by
        while due := self._next_due(until):
            self.now = until if late else max(self.now, due.due_at.astimezone(LONDON))
            self.hears(TimerFired(due.kind, due.key))
        self.now = until

    def _next_due(self, until: datetime):  # type: ignore[no-untyped-def]
        due = [t for t in self.room.timers.values() if t.due_at <= until]
        return min(due, key=lambda t: (t.due_at, t.kind, t.key), default=None)

    def _input(self, doing: str, who: LineId, host: StaffId, n: int, yes: bool) -> RoomInput:
        seq = n % (self.room.seq + 2)
        cases = sorted(self.room.cases)
        case = cases[n % len(cases)] if cases and n else n
        match doing:
            case "place":
                hard = n % 3 == 0
                why = "distress" if hard else "contact" if n % 7 == 0 else ""
                return Place(self._id(), who, self._word(), "hold" if why else "pass", why=why)
            case "moderate":
                what = ("release", "release", "hide", "leave")[n % 4]
                held = [c.seq for c in self.room.cases.values() if c.seq is not None]
                seq = held[n % len(held)] if held and yes else seq
                return Moderate(seq, host, what, "unkind" if what == "hide" else "")  # type: ignore[arg-type]
            case "report":
                newest = max((s for s, p in self.room.posts.items() if p.status == "shown"), default=1)
                return Report(newest if yes else seq, who)
            case "strike":
                return Strike(who, host, "unkind", seq or None)
            case "restore":
                paused = [p for p, m in self.room.members.items() if m.paused is not None]
                return Restore(paused[n % len(paused)] if paused else who, host)
            case "appeal":
                struck = [d.member for d in self.room.decided.values() if d.decision == "strike"]
                by = next((m for m in struck if m is not None), who) if yes else who
                own = [s for s, p in self.room.posts.items() if p.author == who and p.status == "hidden"]
                about = None if yes else own[0] if own else seq or None
                return Appeal(by, self._word(), about, complaint=n % 9 == 8)
            case "answer_appeal":
                asked = [c for c in cases if self.room.cases[c].kind in ("appeal", "complaint")]
                return AnswerAppeal(asked[n % len(asked)] if asked else case, host, uphold=yes)
            case "withdraw":
                own = [s for s, p in self.room.posts.items() if p.author == who]
                return Withdraw(own[n % len(own)] if own else seq, who)
            case "react":
                return React(seq, who, "hug", yes)
            case "admit":
                return self._admit(who, known=yes and n % 3 == 0)
            case "leave":
                return Leave(who, take_posts=yes)
            case "answer_joining":
                held_back = [c.member for c in self.room.cases.values() if c.kind == "joining"]
                return AnswerJoining(held_back[0] if held_back and held_back[0] else who, host, yes)
            case "host_here":
                return HostHere(host) if yes else HostLooksIn(host)
            case "host_away":
                return HostAway(host)
            case "host_said":
                return HostSaid(self._id(), host, SPOKEN)
            case "note":
                return NoteByHost(host, NOTED, who)
            case "hand_over":
                return HandRoomOver(host, HOSTS[n % 3], NOTED)
            case "acknowledge":
                alert = self.room.alerts.get(CONCERN)
                return Acknowledge(alert.id if alert else ANYBODY, host)
        raise AssertionError(doing)

    def _admit(self, who: LineId, *, known: bool = False) -> Admit:
        return Admit(who, self._word(), name=str(who), known=known)

    def _id(self) -> UUID:
        self.turns += 1
        return UUID(int=(self.turns << 16) + 0xFFFF)

    def _word(self) -> WordId:
        return WordId(self._id())


@pytest.fixture(scope="module")
def small(library: Library) -> Library:
    groups = library.policy.groups.model_copy(
        update={
            "size": SIZE,
            "distress_per_hour": CAP,
            "enough_to_open": 2,
            "posts_per_hour": 12,
            "flags_to_hide": TO_HIDE,
            "flags_to_pause": TO_PAUSE,
            "first_posts_held": 1,
        }
    )
    rooms = {key: g.model_copy(update={"size": None}) for key, g in library.groups.items()}
    policy = library.policy.model_copy(update={"groups": groups})
    return library.model_copy(update={"policy": policy, "groups": rooms})


# -- what must hold -----------------------------------------------------------------------------------


def folds_to_the_state(story: Story) -> None:
    every = [fact for step in story.steps for fact in step.facts]
    assert fold(Room(), every) == story.room
    assert Room.from_json(story.room.json()) == story.room


def seqs_have_no_gaps(story: Story) -> None:
    placed = [fact.seq for fact in _of(story, f.PostPlaced)]
    assert placed == list(range(1, len(placed) + 1))
    cases = [fact.case for fact in _of(story, f.CaseOpened)]
    assert cases == list(range(1, len(cases) + 1))


def is_shown_only_when_passed_or_let_through(story: Story) -> None:
    """And what was taken back stays so."""
    for step in story.steps:
        for seq, post in step.after.posts.items():
            before = step.before.posts.get(seq)
            if post.status != "shown" or (before is not None and before.status == "shown"):
                continue
            if before is None:
                assert post.author is None or (isinstance(step.heard, Place) and step.heard.verdict == "pass")
                continue
            assert before.status in ("held", "hidden"), "taken back and shown again"
            (released,) = [x for x in step.facts if isinstance(x, f.PostReleased) and x.seq == seq]
            assert released.by in HOSTS
            if isinstance(step.heard, TimerFired):
                assert before.let_by == released.by
                assert before.until is not None and before.until <= step.now
            else:
                assert isinstance(step.heard, Moderate | AnswerAppeal) and step.heard.by == released.by


def writes_only_who_is_in_and_not_paused(story: Story) -> None:
    for step in story.steps:
        for fact in step.facts:
            if isinstance(fact, f.PostPlaced) and fact.author is not None:
                member = step.before.member(fact.author)
                assert member is not None and member.paused is None
            if isinstance(fact, f.PostReacted):
                post = step.before.posts[fact.seq]
                assert step.before.member(fact.by) is not None
                assert post.status == "shown" and post.author != fact.by
            if isinstance(fact, f.PostReported):
                assert step.before.member(fact.by) is not None
                assert fact.seq not in step.before.posts or step.before.posts[fact.seq].status != "held"
            if isinstance(fact, f.PostWithdrawn):
                assert isinstance(step.heard, Withdraw) and fact.old is None
                assert step.before.posts[fact.seq].author == step.heard.by


def a_strike_lasts_as_long_as_it_says(story: Story) -> None:
    for step in story.steps:
        for person, member in step.before.members.items():
            was, now = member.paused, step.after.members[person].paused
            if was is None or was.why != "strike" or was == now:
                continue
            if isinstance(step.heard, AnswerAppeal):
                assert not step.heard.uphold and step.before.cases[step.heard.case].of == was.case
            else:
                assert was.until is not None and step.now >= was.until
        for person, member in step.after.members.items():
            if member.paused is not None and member.paused.until is not None:
                assert step.after.timers[timer_id("strike", str(person))].due_at == member.paused.until


def a_flag_counts_once_for_each_who_raised_it(story: Story) -> None:
    for step in story.steps:
        for post in step.after.posts.values():
            assert len(set(post.flags)) == len(post.flags)
        for fact in step.facts:
            if isinstance(fact, f.PostHidden) and fact.by is None:
                away = timedelta(minutes=story.library.policy.groups.host_away_after_minutes)
                assert all(heard_of + away <= step.now for heard_of in step.before.hosts.values())
                assert len(set(step.after.posts[fact.seq].flags)) >= TO_HIDE
            if isinstance(fact, f.MemberPaused) and fact.why == "flags":
                theirs = [p for p in step.after.posts.values() if p.author == fact.patient and not p.cleared]
                assert len({flag for p in theirs for flag in p.flags}) >= TO_PAUSE


def what_a_host_has_looked_at_does_not_go_by_one_more_flag(story: Story) -> None:
    """A post that a host let stand is not hidden by members."""
    stood: set[int] = set()
    for step in story.steps:
        for fact in step.facts:
            if isinstance(fact, f.PostHidden) and fact.by is None:
                assert fact.seq not in stood
            if isinstance(fact, f.CaseDecided) and fact.decision == "leave":
                seq = step.before.cases[fact.case].seq if fact.case in step.before.cases else None
                stood |= {seq} if seq is not None else set()


def no_more_distress_an_hour_than_the_cap(story: Story) -> None:
    first: dict[int, datetime] = {}
    for step in story.steps:
        for seq, post in step.after.posts.items():
            if post.distress and post.status == "shown":
                first.setdefault(seq, step.now)
    for at in first.values():
        assert sum(at - HOUR < other <= at for other in first.values()) <= CAP


def everything_that_waits_has_one_case_and_the_alert_is_open(story: Story) -> None:
    for step in story.steps:
        room = step.after
        about = Counter(
            (c.kind, c.of if c.kind == "appeal" else c.seq if c.kind in ("held", "reported") else c.member)
            for c in room.cases.values()
            if c.kind in ("held", "reported", "paused", "appeal", "joining")
        )
        assert all(n == 1 for n in about.values()), about
        for fact in step.facts:
            if isinstance(fact, f.PostPlaced) and fact.status == "held":
                assert about["held", fact.seq] == 1
            if isinstance(fact, f.PostReported):
                assert about["reported", fact.seq] + about["held", fact.seq] == 1
        for member in room.members.values():
            if member.paused is not None and member.paused.why == "flags":
                assert room.cases[member.paused.case].kind == "paused"
        assert (CONCERN in room.alerts) == bool(room.cases)
        for fact in step.facts:
            if isinstance(fact, f.AlertResolved | f.CaseDecided):
                assert fact.by in HOSTS and fact.by == getattr(step.heard, "by", None)


def whatever_waits_can_be_decided(story: Story) -> None:
    """By one host or by another, whatever has become of the post and its author meanwhile."""
    for number, case in list(story.room.cases.items()):
        for heard in _answers_to(story.room, number):
            if number not in story.room.cases:
                break
            story.hears(heard)
        assert number not in story.room.cases, (case, story.room.posts.get(case.seq or 0))
    assert CONCERN not in story.room.alerts


def a_decision_is_appealed_once_and_answered_by_another(story: Story) -> None:
    """What was said before anybody had decided is answered with the decision, which can be appealed then."""
    decided = {fact.case: fact for fact in _of(story, f.CaseDecided)}
    appeals = [fact for fact in _of(story, f.CaseOpened) if fact.kind == "appeal"]
    before = [a for a in appeals if a.case in decided and decided[a.case].decision == "done"]
    after = [a for a in appeals if a not in before and a.of not in story.room.cases]
    assert all(a.of is not None and decided[a.of].by == decided[a.case].by for a in before)
    assert len({a.of for a in after}) == len(after)
    by = {number: fact.by for number, fact in decided.items()}
    assert all(a.of is not None and by[a.of] != by.get(a.case) for a in after)


def nobody_waits_while_there_is_a_place(story: Story) -> None:
    """But those whom a host looks at first; and no room takes in more than it holds."""
    for step in story.steps:
        room = step.after
        held_back = {c.member for c in room.cases.values() if c.kind == "joining"}
        assert room.size <= SIZE
        assert room.size == SIZE or not set(room.waiting) - held_back


def no_words_stand_in_facts(story: Story) -> None:
    written = facts_as_json([fact for step in story.steps for fact in step.facts])
    assert SPOKEN not in written and NOTED not in written
    kept = [word.text for step in story.steps if step.turn for word in step.turn.words]
    assert set(kept) <= {SPOKEN, NOTED}


PROPERTIES: tuple[Callable[[Story], None], ...] = (
    folds_to_the_state,
    seqs_have_no_gaps,
    is_shown_only_when_passed_or_let_through,
    writes_only_who_is_in_and_not_paused,
    a_strike_lasts_as_long_as_it_says,
    a_flag_counts_once_for_each_who_raised_it,
    what_a_host_has_looked_at_does_not_go_by_one_more_flag,
    no_more_distress_an_hour_than_the_cap,
    everything_that_waits_has_one_case_and_the_alert_is_open,
    whatever_waits_can_be_decided,
    a_decision_is_appealed_once_and_answered_by_another,
    nobody_waits_while_there_is_a_place,
    no_words_stand_in_facts,
)


@pytest.mark.parametrize("holds", PROPERTIES, ids=lambda p: p.__name__)
def test_whatever_is_done_in_a_room(holds: Callable[[Story], None], small: Library) -> None:
    @examples(max_examples=60, phases=[Phase.generate])  # to make a long story shorter takes minutes
    @given(SCRIPTS)
    def told(script: Script) -> None:
        holds(Story(small).tells(script))

    told()


def _of(story: Story, kind: type[f.Fact]) -> list:  # type: ignore[type-arg]
    return [fact for step in story.steps for fact in step.facts if isinstance(fact, kind)]


def _answers_to(room: Room, number: int) -> Iterator[RoomInput]:
    case, (one, another, _) = room.cases[number], HOSTS
    match case.kind:
        case "held" | "reported":
            assert case.seq is not None
            yield Moderate(case.seq, one, "release")
            yield Moderate(case.seq, one, "leave")
        case "paused":
            assert case.member is not None
            yield Restore(case.member, one)
        case "appeal" | "complaint":
            yield AnswerAppeal(number, one, uphold=True)
            yield AnswerAppeal(number, another, uphold=True)
        case "joining":
            assert case.member is not None
            yield AnswerJoining(case.member, one, True)
        case "recap":
            yield Recapped(number, one)


# -- what such stories have found ---------------------------------------------------------------------

HERON, WREN, PLOVER, ROBIN = PEOPLE[:4]
RUTH, OMAR, _ = HOSTS


@pytest.fixture
def story(small: Library) -> Story:
    """Four are in and have written before; no host is there."""
    told = Story(small)
    told.room = told.room.but(members={p: m.but(posts=1) for p, m in told.room.members.items()})
    return told


def posts(story: Story, who: LineId = HERON, why: str = "") -> int:
    story.hears(Place(story._id(), who, story._word(), "hold" if why else "pass", why=why))
    return story.room.seq


def lasting(story: Story, **by: float) -> None:
    story._passes(timedelta(**by), late=False)


def test_a_worker_that_was_down_does_not_crowd_posts_of_distress_into_one_hour(story: Story) -> None:
    seqs = [posts(story, why="distress") for _ in range(5)]
    for seq in seqs:
        story.hears(Moderate(seq, RUTH, "release"))
    assert [story.room.posts[seq].status for seq in seqs] == ["shown", "shown", "held", "held", "held"]
    story._passes(timedelta(minutes=119), late=True)
    lasting(story, minutes=2)
    no_more_distress_an_hour_than_the_cap(story)
    lasting(story, hours=2)
    assert all(story.room.posts[seq].status == "shown" for seq in seqs)


def test_a_strike_that_was_taken_back_late_leaves_a_later_one(story: Story) -> None:
    story.hears(Strike(HERON, RUTH, "unkind"))
    story.hears(Appeal(HERON, story._word()))
    (appeal,) = story.room.cases
    lasting(story, days=15)
    story.hears(Strike(HERON, RUTH, "selling"))
    later = story.room.members[HERON].paused
    story.hears(AnswerAppeal(appeal, OMAR, uphold=False))
    member = story.room.members[HERON]
    assert (member.paused, len(member.strikes)) == (later, 1)
    lasting(story, days=29)
    assert story.room.members[HERON].paused == later
    lasting(story, days=2)
    assert story.room.members[HERON].paused is None
    a_strike_lasts_as_long_as_it_says(story)
    folds_to_the_state_from_here(story)


def folds_to_the_state_from_here(story: Story) -> None:
    for step in story.steps:
        if step.turn is not None:
            assert fold(step.before, step.turn.facts) == step.after


@pytest.mark.parametrize("gone", ["taken back", "left"])
def test_a_post_that_was_taken_back_is_not_shown_again_by_an_appeal(story: Story, gone: str) -> None:
    seq = posts(story)
    story.hears(Moderate(seq, RUTH, "hide", "unkind"))
    story.hears(Appeal(HERON, story._word(), seq))
    (appeal,) = story.room.cases
    story.hears(Withdraw(seq, HERON) if gone == "taken back" else Leave(HERON, take_posts=True))
    story.hears(AnswerAppeal(appeal, OMAR, uphold=False))
    assert (story.room.posts[seq].status, story.room.cases) == ("withdrawn", {})


def test_what_was_asked_about_a_post_is_answered_although_it_was_taken_back(story: Story) -> None:
    seq = posts(story, why="contact")
    story.hears(Withdraw(seq, HERON))
    assert story.hears(Moderate(seq, RUTH, "release")).turn is None
    story.hears(Moderate(seq, RUTH, "leave"))
    assert (story.room.cases, story.room.alerts) == ({}, {})
    assert story.room.posts[seq].status == "withdrawn"
    assert story.hears(Moderate(seq, RUTH, "leave")).turn is None


def paused_by_reports(story: Story) -> int:
    first, second = posts(story), posts(story)
    for who, seq in ((WREN, first), (PLOVER, first), (ROBIN, second)):
        story.hears(Report(seq, who, "unkind"))
    (case,) = [n for n, c in story.room.cases.items() if c.kind == "paused"]
    return case


@pytest.mark.parametrize("then", ["restored", "struck"])
def test_whom_reports_paused_is_heard_and_answered_by_the_decision(story: Story, then: str) -> None:
    case = paused_by_reports(story)
    story.hears(Appeal(HERON, story._word()))
    appeal = story.room.last_case
    assert (story.room.cases[appeal].kind, story.room.cases[appeal].of) == ("appeal", case)
    story.hears(Appeal(HERON, story._word()))
    once_more = story.room.last_case
    assert (story.room.cases[once_more].kind, story.room.cases[once_more].of) == ("complaint", None)
    story.hears(AnswerAppeal(once_more, RUTH, uphold=True))
    assert story.hears(AnswerAppeal(appeal, RUTH, uphold=True)).turn is None
    story.hears(Restore(HERON, RUTH) if then == "restored" else Strike(HERON, RUTH, "unkind"))
    assert not {case, appeal} & story.room.cases.keys()
    if then == "struck":
        story.hears(Appeal(HERON, story._word()))
        again = story.room.last_case
        assert (story.room.cases[again].kind, story.room.cases[again].of) == ("appeal", case)
        assert story.hears(AnswerAppeal(again, RUTH, uphold=False)).turn is None
        story.hears(AnswerAppeal(again, OMAR, uphold=False))
    assert story.room.members[HERON].paused is None
    folds_to_the_state_from_here(story)


def test_a_post_that_reports_hid_can_be_asked_about(story: Story) -> None:
    seq = posts(story)
    for who in (WREN, PLOVER, ROBIN):
        story.hears(Report(seq, who, "unkind"))
    assert story.room.posts[seq].status == "hidden"
    story.hears(Appeal(HERON, story._word(), seq))
    (reported,) = [n for n, c in story.room.cases.items() if c.kind == "reported"]
    asked = story.room.cases[story.room.last_case]
    assert (asked.kind, asked.of, asked.seq) == ("appeal", reported, seq)
    story.hears(Moderate(seq, RUTH, "release"))
    assert story.room.posts[seq].status == "shown"
    assert [c.kind for c in story.room.cases.values()] == ["paused"]


def test_who_asks_about_nothing_that_can_be_looked_at_again_is_read_by_a_person(story: Story) -> None:
    seq = posts(story)
    story.hears(Appeal(HERON, story._word(), seq))
    assert [c.kind for c in story.room.cases.values()] == ["complaint"]
    story.hears(AnswerAppeal(story.room.last_case, RUTH, uphold=True))
    story.hears(Moderate(seq, RUTH, "hide", "unkind"))
    lasting(story, days=story.library.policy.groups.appeal_days + 1)
    story.hears(Appeal(HERON, story._word(), seq))
    assert [c.kind for c in story.room.cases.values()] == ["complaint"]


def test_a_report_is_a_case_of_its_own_while_an_appeal_about_the_post_waits(story: Story) -> None:
    seq = posts(story)
    story.hears(Moderate(seq, RUTH, "hide", "unkind"))
    story.hears(Appeal(HERON, story._word(), seq))
    story.hears(Moderate(seq, RUTH, "release"))
    story.hears(Report(seq, WREN, "unkind"))
    assert [case.kind for case in story.room.cases.values()] == ["appeal", "reported"]


def test_nobody_flags_what_they_cannot_see(story: Story) -> None:
    seq = posts(story, why="contact")
    for who in (WREN, PLOVER, ROBIN):
        assert story.hears(Report(seq, who)).turn is None
    assert story.room.members[HERON].paused is None


def test_a_post_that_a_host_let_stand_is_not_hidden_by_one_more_flag(story: Story) -> None:
    seq = posts(story)
    story.hears(Report(seq, WREN))
    story.hears(Moderate(seq, RUTH, "leave"))
    story.hears(HostAway(RUTH))
    story.hears(Report(seq, PLOVER))
    assert story.room.posts[seq].status == "shown"
    assert [case.kind for case in story.room.cases.values()] == ["reported"]


def test_a_post_that_waits_is_kept_in_a_busy_room(story: Story) -> None:
    seq = posts(story, why="contact")
    for _ in range(MOST_POSTS_KEPT + 5):
        story.hears(HostSaid(story._id(), OMAR, SPOKEN))
    story.hears(Moderate(seq, RUTH, "release"))
    assert (story.room.posts[seq].status, story.room.cases) == ("shown", {})
    assert len(story.room.posts) <= MOST_POSTS_KEPT + 1


def test_who_decided_is_remembered_for_as_long_as_somebody_asks(story: Story) -> None:
    first = posts(story)
    story.hears(Moderate(first, RUTH, "hide", "unkind"))
    story.hears(Appeal(HERON, story._word(), first))
    (appeal,) = story.room.cases
    for _ in range(MOST_DECISIONS_KEPT + 5):
        seq = posts(story, WREN)
        lasting(story, minutes=10)
        story.hears(Moderate(seq, OMAR, "hide", "other"))
    assert story.hears(AnswerAppeal(appeal, RUTH, uphold=False)).turn is None
    story.hears(AnswerAppeal(appeal, OMAR, uphold=False))
    assert story.room.posts[first].status == "shown"


def test_somebody_whom_a_host_let_in_waits_for_a_place_like_others(story: Story) -> None:
    known, *_, last = PEOPLE[4:]
    story.hears(story._admit(known, known=True))
    story.hears(story._admit(last))
    assert story.room.size == SIZE
    assert story.room.next_in == ()
    story.hears(AnswerJoining(known, RUTH, True))
    assert (story.room.size, story.room.next_in) == (SIZE, (known,))
    story.hears(Leave(last))
    assert story.room.member(known) is not None


def test_a_course_begins_with_as_many_as_patients_are_told(small: Library) -> None:
    """Without a number on its page it is that of the policy."""
    copd = small.groups["copd"].model_copy(update={"kind": "course", "weeks": ("copd/a", "copd/b")})
    story = Story(small.model_copy(update={"groups": {**small.groups, "copd": copd}}))
    assert small.begins_with(copd) == 2
    began = [step.after.size for step in story.steps if any(isinstance(x, f.CourseBegan) for x in step.facts)]
    assert began == [2]


def test_one_who_flags_much_is_one(story: Story) -> None:
    seqs = [posts(story) for _ in range(TO_PAUSE + 1)]
    for seq in seqs:
        story.hears(Report(seq, WREN))
        story.hears(Report(seq, WREN))
    assert story.room.members[HERON].paused is None
    assert [story.room.posts[seq].flags for seq in seqs] == [(WREN,)] * len(seqs)
    for who in (PLOVER, ROBIN):
        story.hears(Report(seqs[0], who))
    assert story.room.members[HERON].paused is not None
    assert story.room.posts[seqs[0]].status == "hidden"


def test_whoever_is_paused_or_outside_writes_and_presses_nothing(story: Story) -> None:
    shown = posts(story)
    story.hears(Strike(WREN, RUTH, "unkind"))
    story.hears(Leave(PLOVER))
    for who in (WREN, PLOVER, PEOPLE[6]):
        posts(story, who)
    assert story.room.seq == shown
    for who in (WREN, PLOVER, PEOPLE[6], HERON):
        assert story.hears(React(shown, who, "hug", True)).turn is None


def test_whoever_is_paused_takes_back_what_they_pressed(story: Story) -> None:
    shown = posts(story)
    story.hears(React(shown, WREN, "hug", True))
    story.hears(Strike(WREN, RUTH, "unkind"))
    assert story.hears(React(shown, WREN, "hug", False)).turn is not None


def test_whoever_flags_have_paused_presses_nothing_until_a_host_has_looked(story: Story) -> None:
    shown = posts(story, WREN)
    for _ in range(TO_PAUSE):
        posts(story)
    for who in (WREN, PLOVER, ROBIN):
        story.hears(Report(story.room.seq, who))
    assert story.room.members[HERON].paused is not None
    assert story.hears(React(shown, HERON, "hug", True)).turn is None
    story.hears(Restore(HERON, RUTH))
    assert story.hears(React(shown, HERON, "hug", True)).turn is not None


def test_a_report_reaches_a_person_although_its_author_has_left_since(story: Story) -> None:
    seq = posts(story)
    story.hears(Leave(WREN))
    story.hears(Report(seq, WREN, "worried"))
    assert [(case.kind, case.why) for case in story.room.cases.values()] == [("reported", "worried")]
    for who in (PLOVER, ROBIN):
        story.hears(Leave(who))
        story.hears(Report(seq, who))
    assert story.room.posts[seq].status == "shown", "nobody comes and goes to hide a post"


def test_a_report_reaches_a_person_although_its_author_waits_to_come_in_again(story: Story) -> None:
    seq = posts(story)
    story.hears(Leave(WREN))
    for other in PEOPLE[4:]:
        story.hears(story._admit(other))
    story.hears(story._admit(WREN))
    never_in = story.room.waiting[0]
    assert story.room.waiting == (never_in, WREN)
    assert story.hears(Report(seq, never_in)).turn is None, "of a post that they never saw"
    story.hears(Report(seq, WREN, "worried"))
    assert [(case.kind, case.why) for case in story.room.cases.values()] == [("reported", "worried")]
    assert story.room.posts[seq].flags == ()


def test_whoever_is_worried_after_all_is_heard_again(story: Story) -> None:
    seq = posts(story)
    for why in ("unkind", "worried", "worried"):
        story.hears(Report(seq, WREN, why))  # type: ignore[arg-type]
    assert [case.why for case in story.room.cases.values()] == ["unkind", "worried"]
    assert story.room.posts[seq].flags == (WREN,)


def test_a_second_report_is_looked_at_again_once_a_host_has_decided(story: Story) -> None:
    seq = posts(story)
    story.hears(Report(seq, WREN))
    story.hears(Moderate(seq, RUTH, "leave"))
    story.hears(Report(seq, WREN))
    assert [case.kind for case in story.room.cases.values()] == ["reported"]
    assert CONCERN in story.room.alerts
    assert story.room.posts[seq].flags == (WREN,)


@pytest.mark.parametrize("how", ["away", "quiet", "hands over"])
def test_what_members_flag_beside_a_host_who_then_goes_is_hidden(story: Story, how: str) -> None:
    seq = posts(story)
    story.hears(HostHere(RUTH))
    for who in (WREN, PLOVER, ROBIN):
        story.hears(Report(seq, who))
    assert story.room.posts[seq].status == "shown"
    match how:
        case "away":
            story.hears(HostAway(RUTH))
        case "hands over":
            story.hears(HandRoomOver(RUTH, OMAR, ""))
        case _:
            lasting(story, minutes=40)
    assert story.room.posts[seq].status == "hidden"
    paused = story.room.members[HERON].paused
    assert paused is not None and paused.why == "flags"


def test_a_host_who_looks_in_at_night_does_not_wake_the_room(story: Story) -> None:
    story.now = datetime(2026, 3, 5, 23, 30, tzinfo=LONDON)
    story.hears(HostLooksIn(RUTH))
    waits = posts(story)
    story.hears(HostHere(RUTH))
    story.hears(HostLooksIn(OMAR))
    assert story.room.hosts.keys() == {RUTH, OMAR}
    shown = posts(story)
    assert (story.room.posts[waits].status, story.room.posts[shown].status) == ("held", "shown")


def test_a_host_who_looks_in_by_day_is_there(story: Story) -> None:
    story.hears(HostLooksIn(RUTH))
    assert story.room.hosts.keys() == {RUTH}


@pytest.mark.parametrize("what", ["an appeal", "a joining"])
def test_a_host_who_answers_at_night_is_there(story: Story, what: str) -> None:
    seq = posts(story)
    story.hears(Moderate(seq, RUTH, "hide", "unkind"))
    if what == "an appeal":
        story.hears(Appeal(HERON, story._word(), seq))
    else:
        story.hears(story._admit(PEOPLE[5], known=True))
    lasting(story, hours=14)
    assert story.now.hour == 2 and story.room.hosts == {}
    (case,) = story.room.cases
    appeal = AnswerAppeal(case, OMAR, uphold=False)
    story.hears(appeal if what == "an appeal" else AnswerJoining(PEOPLE[5], OMAR, let_in=True))
    assert story.room.hosts.keys() == {OMAR}
    later = posts(story, WREN)
    assert story.room.posts[later].status == "shown"
    assert story.room.posts[seq].status == ("shown" if what == "an appeal" else "hidden")


def test_a_host_is_there_for_no_longer_than_the_clock_says_although_nothing_wakes_the_room(
    story: Story,
) -> None:
    story.now = datetime(2026, 3, 5, 21, 50, tzinfo=LONDON)
    story.hears(HostHere(RUTH))
    seq = posts(story)
    story.now = datetime(2026, 3, 5, 23, 30, tzinfo=LONDON)  # no timer fired meanwhile
    for who in (WREN, PLOVER):
        story.hears(Report(seq, who))
    assert story.room.posts[seq].status == "hidden"
    posts(story)
    newest = story.room.cases[story.room.last_case]
    assert (newest.kind, newest.why) == ("held", "night")
    story.hears(HostHere(RUTH))
    seq = posts(story)
    assert story.room.posts[seq].status == "shown"


@pytest.mark.parametrize("did", ["hide", "leave", "release"])
def test_what_a_host_has_decided_is_not_decided_by_flags_when_the_host_goes(story: Story, did: str) -> None:
    seq = posts(story)
    story.hears(HostHere(RUTH))
    for who in (WREN, PLOVER, ROBIN):
        story.hears(Report(seq, who))
    story.hears(Moderate(seq, RUTH, did, "unkind"))  # type: ignore[arg-type]
    story.hears(HostAway(RUTH))
    assert story.room.members[HERON].paused is None
    assert story.room.posts[seq].status == ("hidden" if did == "hide" else "shown")


def test_a_post_of_distress_does_not_appear_while_the_room_sleeps(story: Story) -> None:
    story.now = datetime(2026, 3, 28, 21, 40, tzinfo=LONDON)  # the clocks go forward in this night
    seqs = [posts(story, why="distress") for _ in range(CAP + 1)]
    for seq in seqs:
        story.hears(Moderate(seq, RUTH, "release"))
    lasting(story, hours=8)
    assert story.room.posts[seqs[-1]].status == "held"
    assert story.room.posts[seqs[-1]].until == datetime(2026, 3, 29, 7, tzinfo=LONDON)
    lasting(story, hours=2)
    assert story.room.posts[seqs[-1]].status == "shown"
    no_more_distress_an_hour_than_the_cap(story)


def test_what_waits_for_its_turn_is_let_through_once(story: Story) -> None:
    seqs = [posts(story, why="distress") for _ in range(CAP + 1)]
    for seq in seqs:
        story.hears(Moderate(seq, RUTH, "release"))
    before = story.room
    assert story.hears(Moderate(seqs[-1], OMAR, "release")).turn is None
    assert story.room == before
    story.hears(Moderate(seqs[-1], OMAR, "hide", "distress"))
    assert story.room.posts[seqs[-1]].status == "hidden"


def test_a_hidden_post_that_an_appeal_lets_through_can_be_hidden_before_its_turn(story: Story) -> None:
    seqs = [posts(story, why="distress") for _ in range(CAP + 1)]
    for seq in seqs[:-1]:
        story.hears(Moderate(seq, RUTH, "release"))
    story.hears(Moderate(seqs[-1], RUTH, "hide", "distress"))
    story.hears(Appeal(HERON, story._word(), seqs[-1]))
    (appeal,) = story.room.cases
    story.hears(AnswerAppeal(appeal, OMAR, uphold=False))
    waits = story.room.posts[seqs[-1]]
    assert (waits.status, waits.until is not None) == ("hidden", True)
    story.hears(Moderate(seqs[-1], RUTH, "hide", "distress"))
    lasting(story, hours=3)
    assert story.room.posts[seqs[-1]].status == "hidden"
    folds_to_the_state_from_here(story)


@pytest.mark.parametrize("do", ["hide", "leave", "release"])
def test_nobody_decides_by_what_a_colleague_has_decided_meanwhile(story: Story, do: str) -> None:
    seq = posts(story)
    story.hears(Report(seq, WREN))
    seen = tuple(story.room.cases)
    late = Moderate(seq, OMAR, do, "unkind", asked=seen)  # type: ignore[arg-type]
    story.hears(Moderate(seq, RUTH, "leave", asked=seen))
    assert story.hears(late).turn is None
    story.hears(Report(seq, PLOVER))
    assert story.hears(late).turn is None
    now = Moderate(seq, OMAR, do, "unkind", asked=(*seen, *story.room.cases))  # type: ignore[arg-type]
    assert story.hears(now).turn is not None


def told_to(step: Step) -> list[tuple[str, str]]:
    assert step.turn is not None
    promises = rows_of(ROOM, step.turn.steps, step.now).promises
    return [(p.dedupe, p.payload["what"]) for p in promises if p.kind == "answer"]


def test_a_pause_by_a_host_after_one_by_flags_is_told_by_itself(story: Story) -> None:
    """Their own Line would not hear of it otherwise, and they could go on writing in other groups."""
    seq = posts(story)
    for who in (WREN, PLOVER):
        story.hears(Report(seq, who))
    by_flags = told_to(story.hears(Report(seq, ROBIN)))
    struck = told_to(story.hears(Strike(HERON, RUTH, "unkind")))
    assert [what for _, what in (*by_flags, *struck)] == ["paused", "paused"]
    assert by_flags[0][0] != struck[0][0]


def test_a_pause_that_is_over_and_was_wrong_is_told_twice(story: Story) -> None:
    story.hears(Strike(HERON, RUTH, "unkind"))
    story.hears(Appeal(HERON, story._word()))
    (appeal,) = story.room.cases
    lasting(story, days=14)
    over = [told for step in story.steps if isinstance(step.heard, TimerFired) for told in told_to(step)]
    wrong = told_to(story.hears(AnswerAppeal(appeal, OMAR, uphold=False)))
    assert [what for _, what in over] == ["restored"]
    assert dict(over).keys().isdisjoint(dict(wrong))


def test_whoever_is_turned_away_is_told(story: Story) -> None:
    story.hears(story._admit(PEOPLE[5], known=True))
    step = story.hears(AnswerJoining(PEOPLE[5], RUTH, let_in=False))
    assert [what for _, what in told_to(step)] == ["turned_away"]
    assert story.room.members[PEOPLE[5]].status == "left"


def cohort(small: Library, **changes: object) -> Story:
    groups = {
        key: g.model_copy(update=changes) if g.kind == "course" else g for key, g in small.groups.items()
    }
    told = Story(small.model_copy(update={"groups": groups}))
    told.room = Room()
    told.hears(Open(next(g.id for g in groups.values() if g.kind == "course")))
    return told


def test_whoever_waits_for_a_full_course_waits_for_the_next_one_when_it_begins(small: Library) -> None:
    story = cohort(small, size=2, starts_with=3)
    for person in PEOPLE[:3]:
        story.hears(story._admit(person))
    assert story.room.next_in == (PEOPLE[2],)
    step = story.hears(BeginCourse(RUTH))
    assert [fact.n for fact in step.facts if isinstance(fact, f.MoreRoomWanted)] == [2]


def more_room(step: Step) -> list[tuple[int, int | None]]:
    return [(fact.n, fact.case) for fact in step.facts if isinstance(fact, f.MoreRoomWanted)]


def test_whom_a_host_lets_in_when_the_course_has_begun_goes_to_the_next_one(small: Library) -> None:
    story = cohort(small, starts_with=9)
    story.hears(story._admit(PEOPLE[0]))
    for person in PEOPLE[1:3]:
        story.hears(story._admit(person, known=True))
    assert more_room(story.hears(BeginCourse(RUTH))) == []
    first, second = sorted(story.room.cases)
    asked = story.hears(AnswerJoining(PEOPLE[1], RUTH, let_in=True))
    again = story.hears(AnswerJoining(PEOPLE[2], RUTH, let_in=True))
    assert (more_room(asked), more_room(again)) == ([(2, None)], [(2, second)])
    assert first != second and story.room.next_in == PEOPLE[1:3]
    promised = [
        p.dedupe for s in (asked, again) if s.turn for p in rows_of(ROOM, s.turn.steps, s.now).promises
    ]
    assert len({dedupe for dedupe in promised if dedupe.startswith("open_room:")}) == 2


def test_a_course_begins_with_the_one_whom_a_host_lets_in(small: Library) -> None:
    story = cohort(small, starts_with=2)
    story.hears(story._admit(PEOPLE[0]))
    story.hears(story._admit(PEOPLE[1], known=True))
    assert story.room.course is None
    story.hears(AnswerJoining(PEOPLE[1], RUTH, let_in=True))
    assert story.room.course is not None


def weekly(small: Library) -> Story:
    """It is Monday; the group meets on Thursdays from 18:00 to 19:00."""
    told = Story(small)
    told.room = Room()
    told.hears(Open("thursday-hour"))
    return told


@pytest.mark.parametrize("fire", [("soon", "opens"), ("opens", "soon")])
def test_an_hour_that_went_by_unnoticed_is_not_held_at_another_time(
    small: Library, fire: tuple[str, ...]
) -> None:
    story = weekly(small)
    story.now = datetime(2026, 3, 5, 22, tzinfo=LONDON)
    for key in fire:
        told = story.hears(TimerFired("meet", key)).facts
        assert not [fact for fact in told if isinstance(fact, f.SessionOpened | f.MembersTold)]
    opens = story.room.timers[timer_id("meet", "opens")].due_at
    assert opens == datetime(2026, 3, 12, 18, tzinfo=LONDON)


def test_what_waits_for_its_turn_behind_the_end_of_the_hour_is_seen_in_the_next_one(small: Library) -> None:
    story = weekly(small)
    story.now = datetime(2026, 3, 5, 18, tzinfo=LONDON)
    story.hears(TimerFired("meet", "opens"))
    story.hears(HostHere(RUTH))
    story.hears(story._admit(HERON))
    seqs = [posts(story, why="distress") for _ in range(CAP + 1)]
    for seq in seqs:
        story.hears(Moderate(seq, RUTH, "release"))
    late = story.room.posts[seqs[-1]].until
    assert late is not None and late.astimezone(LONDON).hour == 19
    lasting(story, hours=4)
    assert story.room.session is None
    assert story.room.posts[seqs[-1]].until == datetime(2026, 3, 12, 18, tzinfo=LONDON)
    assert story.room.posts[seqs[-1]].status == "held"


def test_each_hour_that_comes_is_told_although_the_one_before_was_not_held(small: Library) -> None:
    story = weekly(small)
    story.hears(story._admit(HERON))
    told = []
    for day in (4, 11):  # the Thursday between them goes by while nothing wakes
        story.now = datetime(2026, 3, day, 18, tzinfo=LONDON)
        told += told_to(story.hears(TimerFired("meet", "soon")))
        story.now += timedelta(days=1, hours=4)
        story.hears(TimerFired("meet", "opens"))
    assert [what for _, what in told] == ["meets_soon", "meets_soon"]
    assert len({dedupe for dedupe, _ in told}) == 2


@pytest.mark.parametrize("first", ["keeps up", "admits", "lets in", "soon"])
def test_an_hour_that_has_begun_is_held_whatever_is_heard_before_its_timer(
    small: Library, first: str
) -> None:
    story = weekly(small)
    story.hears(story._admit(WREN, known=True))
    story.now = datetime(2026, 3, 5, 18, 0, 1, tzinfo=LONDON)
    heard: dict[str, RoomInput] = {
        "keeps up": KeepUp(),
        "admits": story._admit(HERON),
        "lets in": AnswerJoining(WREN, RUTH, let_in=True),
        "soon": TimerFired("meet", "soon"),
    }
    assert story.hears(heard[first]).turn is not None
    story.hears(TimerFired("meet", "opens"))
    assert story.room.session is not None
    assert story.room.session.until == datetime(2026, 3, 5, 19, tzinfo=LONDON)
    assert story.room.timers[timer_id("meet", "opens")].due_at == datetime(2026, 3, 12, 18, tzinfo=LONDON)


@pytest.mark.parametrize("came", [1, None])
def test_an_hour_is_called_off_by_who_had_come_when_that_was_due_however_late_it_is_looked_at(
    small: Library, came: int | None
) -> None:
    story = weekly(small)
    story.now = datetime(2026, 3, 5, 18, tzinfo=LONDON)
    story.hears(TimerFired("meet", "opens"))
    if came is not None:
        story.now += timedelta(minutes=came)
        story.hears(HostHere(RUTH))
    story.now = datetime(2026, 3, 5, 18, 55, tzinfo=LONDON)
    assert not hosts_there(story.room, story.now)
    story.hears(TimerFired("meet", HOST))
    assert (story.room.session is not None) is (came is not None)


def test_an_hour_that_opens_late_ends_when_it_was_said_to(small: Library) -> None:
    story = weekly(small)
    story.now = datetime(2026, 3, 5, 18, 20, tzinfo=LONDON)
    story.hears(TimerFired("meet", "opens"))
    assert story.room.session is not None
    assert story.room.session.until == datetime(2026, 3, 5, 19, tzinfo=LONDON)


def test_a_timer_that_was_set_anew_after_it_was_taken_up_does_not_fire(small: Library) -> None:
    story = weekly(small)
    story.now = datetime(2026, 3, 5, 18, tzinfo=LONDON)
    story.hears(TimerFired("meet", "opens"))
    assert story.room.timers[timer_id("meet", "soon")].due_at > story.now
    step = story.hears(TimerFired("meet", "soon"))
    assert step.facts == ()
