"""Posts as they come: one reading for all screens of a process, and none that a lost hint passes by."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from clinic import Clinic, Patient

from bot.core.errors import Unavailable
from bot.core.inputs import HostHere, Leave, Moderate, React
from bot.core.values import LineId
from bot.usecases import feeds as feeding
from bot.usecases import peers, turn
from bot.usecases import posts as reading_posts
from bot.usecases.feeds import Feeds
from bot.usecases.hosting import host_post, moderate
from bot.usecases.hub import Delivered, News
from bot.usecases.room_now import RoomNow, now_of
from bot.usecases.room_turns import tell_room
from bot.web.known import Known, code_of


async def members(clinic: Clinic) -> tuple[LineId, Patient, Patient]:
    people = []
    for name in ("Kestrel", "Heron"):
        patient = await clinic.join("copd")
        await patient.chooses("Talk to others like me")
        await patient.chooses("Living with COPD")
        await patient.presses("join")
        await patient.says(name)
        people.append(patient)
    return clinic.service.rooms["copd"], people[0], people[1]


async def posts(clinic: Clinic, author: Patient, room: LineId, *texts: str) -> None:
    for text in texts:
        said = turn.Inbound(clinic.service.id, author.id, uuid4(), text=text)
        await peers.post(clinic.house, said, room)
        await clinic.settle()


def seen(got: list[tuple[Delivered, ...] | RoomNow]) -> list[tuple[str, str]]:
    return [(p.shown.text, p.status) for page in got if isinstance(page, tuple) for p in page]


class Reading:
    """How often the record is asked for posts."""

    def __init__(self, clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        ask = clinic.house.record.peers.posts

        async def posts(*asked: Any, **more: Any) -> Any:
            self.times += 1
            return await ask(*asked, **more)

        monkeypatch.setattr(clinic.house.record.peers, "posts", posts)


async def test_a_post_is_read_once_for_all_screens(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    room, one, two = await members(clinic)
    feeds, got = Feeds(clinic.house), [[], []]  # type: ignore[var-annotated]
    reading = Reading(clinic, monkeypatch)
    with ExitStack() as following:
        for reader, page in zip((one, two), got, strict=True):
            following.enter_context(feeds.following(clinic.service.id, room, reader.id, 0, page.append))
        await posts(clinic, one, room, "the first waits for a host", "the second")
    assert seen(got[0]) == [("the first waits for a host", "held"), ("the second", "shown")]
    assert seen(got[1]) == [("the second", "shown")]
    assert reading.times <= 2


async def test_the_key_of_an_author_is_asked_for_once(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, one, two = await members(clinic)
    ask, asked = clinic.house.record.reading.keys, list[LineId]()

    async def keys(service: Any, lines: Any) -> Any:
        asked.extend(lines)
        return await ask(service, lines)

    await posts(clinic, one, room, "the first waits, of which its author's Line is told")
    monkeypatch.setattr(clinic.house.record.reading, "keys", keys)
    got: list[tuple[Delivered, ...] | RoomNow] = []
    with Feeds(clinic.house).following(clinic.service.id, room, two.id, 1, got.append):
        for text in ("the second", "the third"):
            said = turn.Inbound(clinic.service.id, one.id, uuid4(), text=text)
            await peers.post(clinic.house, said, room)
            clinic.house.hot.forget((clinic.service.id, one.id))  # as in a process that is not the author's
            await clinic.settle()
    assert asked == [one.id]
    with Feeds(clinic.house).following(clinic.service.id, room, two.id, 3, got.append):
        await posts(clinic, one, room, "the fourth")  # here the author's Line is in memory
    assert asked == [one.id]
    assert [text for text, _ in seen(got)] == ["the second", "the third", "the fourth"]


async def test_a_post_that_no_hint_told_of_comes_with_the_next(clinic: Clinic) -> None:
    room, one, two = await members(clinic)
    await posts(clinic, one, room, "the first waits for a host")
    got: list[tuple[Delivered, ...] | RoomNow] = []
    tell = clinic.house.hub.tell
    with Feeds(clinic.house).following(clinic.service.id, room, two.id, 1, got.append):
        clinic.house.hub.tell = lambda news: None  # type: ignore[method-assign]
        await posts(clinic, one, room, "nobody was told of this")
        clinic.house.hub.tell = tell  # type: ignore[method-assign]
        await posts(clinic, one, room, "of this they were")
    assert seen(got) == [("nobody was told of this", "shown"), ("of this they were", "shown")]


async def test_while_the_record_is_gone_nothing_is_lost(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding, "AGAIN_S", 0.01)
    room, one, two = await members(clinic)
    await posts(clinic, one, room, "the first waits for a host", "the second")
    ask, failures = clinic.house.record.peers.posts, iter(range(3))

    async def gone(*asked: Any, **more: Any) -> Any:
        if next(failures, None) is not None:
            raise Unavailable("record")
        return await ask(*asked, **more)

    monkeypatch.setattr(clinic.house.record.peers, "posts", gone)
    got: list[tuple[Delivered, ...] | RoomNow] = []
    with Feeds(clinic.house).following(clinic.service.id, room, two.id, 0, got.append):
        clinic.house.hub.tell(News(clinic.service.id, room, 2))
        await clinic.settle()
    assert seen(got) == [("the second", "shown")]


async def test_all_but_the_author_are_handed_the_very_same_page(clinic: Clinic) -> None:
    room, one, two = await members(clinic)
    got: list[list[tuple[Delivered, ...]]] = [[], [], []]
    with ExitStack() as following:
        feeds = Feeds(clinic.house)
        for page, reader in zip(got, (one, two, two), strict=True):
            following.enter_context(feeds.following(clinic.service.id, room, reader.id, 0, page.append))
        await posts(clinic, one, room, "the first waits for a host", "the second")
    own, theirs, also_theirs = (page[-1] for page in got)
    assert theirs is also_theirs
    assert (own == theirs, own is theirs) == (True, False)


async def test_in_a_big_room_others_have_a_turn_between_and_who_left_hears_no_more(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding, "AT_ONCE", 2)
    room, one, two = await members(clinic)
    await posts(clinic, one, room, "the first waits for a host", "the second")
    feeds, heard, between = Feeds(clinic.house), list[int](), list[int]()
    following = [ExitStack() for _ in range(5)]

    def hear(n: int, told: tuple[Delivered, ...] | RoomNow) -> None:
        if isinstance(told, RoomNow):
            return
        heard.append(n)
        if n == 1:
            asyncio.get_running_loop().call_soon(leave)

    def leave() -> None:
        between.extend(heard)
        following[3].close()

    for n, screen in enumerate(following):
        screen.enter_context(feeds.following(clinic.service.id, room, two.id, 0, partial(hear, n)))
    clinic.house.hub.tell(News(clinic.service.id, room, 2))
    await clinic.settle()
    assert (between, heard) == ([0, 1], [0, 1, 2, 4])
    for screen in following:
        screen.close()


async def test_the_last_screen_that_leaves_ends_it(clinic: Clinic) -> None:
    room, one, two = await members(clinic)
    feeds = Feeds(clinic.house)
    with feeds.following(clinic.service.id, room, one.id, 0, lambda _: None):
        with feeds.following(clinic.service.id, room, two.id, 0, lambda _: None):
            assert room in clinic.house.hub.lines(clinic.service.id)
        assert room in clinic.house.hub.lines(clinic.service.id)
    assert room not in clinic.house.hub.lines(clinic.service.id)


async def test_who_is_in_is_read_again_when_somebody_came_or_went_and_not_with_each_post(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, one, two = await members(clinic)
    ask, asked = clinic.house.record.peers.members_of, 0

    async def members_of(*of: Any) -> Any:
        nonlocal asked
        asked += 1
        return await ask(*of)

    monkeypatch.setattr(clinic.house.record.peers, "members_of", members_of)
    got: list[tuple[Delivered, ...] | RoomNow] = []
    with Feeds(clinic.house).following(clinic.service.id, room, two.id, 0, got.append):
        for text in ("the first waits for a host", "the second", "the third"):
            await posts(clinic, one, room, text)
        assert asked == 1
        await tell_room(clinic.house, clinic.service.id, room, Leave(two.id))
        await clinic.settle()
        await posts(clinic, one, room, "the fourth")
    assert asked == 2
    assert [text for text, _ in seen(got)] == ["the second", "the third"]


async def test_a_night_of_held_posts_hides_nothing_that_stands_behind_them(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, one, two = await members(clinic)
    monkeypatch.setattr(reading_posts, "PAGE", 2)
    words = ("07700 900123 is my number", "ring 07700 900124", "or 07700 900125", "or 07700 900126")
    await posts(clinic, one, room, *words)
    await host_post(clinic.house, clinic.service.id, room, clinic.host.id, uuid4(), "Good morning")
    for_two = await reading_posts.posts_since(clinic.house, clinic.service.id, room, 0, two.id)
    assert [post.shown.text for post in for_two] == ["Good morning"]
    assert await reading_posts.posts_since(clinic.house, clinic.service.id, room, 5, two.id) == ()


async def a_long_room(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> tuple[LineId, Patient, Patient]:
    """Nine posts; a screen is brought the newest two."""
    monkeypatch.setattr(feeding, "WINDOW", 2)
    room, one, two = await members(clinic)
    await posts(clinic, one, room, "post 1, which waits for a host")
    await moderate(clinic.house, clinic.service.id, room, Moderate(1, clinic.host.id, "release"))
    await posts(clinic, one, room, *(f"post {n}" for n in range(2, 5)))
    await posts(clinic, two, room, "post 5, which waits for a host")
    await moderate(clinic.house, clinic.service.id, room, Moderate(5, clinic.host.id, "release"))
    await posts(clinic, one, room, *(f"post {n}" for n in range(6, 10)))
    return room, one, two


async def sent_to_a_screen(
    clinic: Clinic, room: LineId, reader: Patient, after: int, happens: Awaitable[object]
) -> list[tuple[int, str]]:
    """What a screen that has all from ``after`` on is sent when this happens."""
    known = Known()
    for post in await reading_posts.posts_since(clinic.house, clinic.service.id, room, after, reader.id):
        known.is_new(post.seq, code_of(post))
    got: list[tuple[Delivered, ...] | RoomNow] = []
    with Feeds(clinic.house).following(clinic.service.id, room, reader.id, 9, got.append):
        await happens
        await clinic.settle()
    told = [post for page in got if isinstance(page, tuple) for post in page]
    return [(post.seq, post.status) for post in told if known.is_new(post.seq, code_of(post))]


async def test_when_an_old_post_is_hidden_and_shown_again_a_screen_is_sent_that_one_alone(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, _, two = await a_long_room(clinic, monkeypatch)
    for do, status in (("hide", "hidden"), ("release", "shown")):
        act = Moderate(2, clinic.host.id, do, "off_topic" if do == "hide" else "")  # type: ignore[arg-type]
        happens = moderate(clinic.house, clinic.service.id, room, act)
        assert await sent_to_a_screen(clinic, room, two, 7, happens) == [(2, status)]


async def test_a_reaction_under_an_old_post_is_sent_and_taken_back_alone(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, _, two = await a_long_room(clinic, monkeypatch)
    for on in (True, False):
        happens = tell_room(clinic.house, clinic.service.id, room, React(2, two.id, "heart", on))
        assert await sent_to_a_screen(clinic, room, two, 7, happens) == [(2, "shown")]


async def test_what_somebody_takes_along_is_sent_and_nothing_that_stands_between(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, one, two = await a_long_room(clinic, monkeypatch)
    said = turn.Inbound(clinic.service.id, two.id, uuid4())
    happens = peers.leave(clinic.house, said, room, take_posts=True)
    assert await sent_to_a_screen(clinic, room, one, 7, happens) == [(5, "withdrawn")]


async def test_what_no_hint_told_of_among_the_newest_comes_with_an_older_one(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, _, two = await a_long_room(clinic, monkeypatch)
    tell = clinic.house.hub.tell

    async def told_of_the_first_alone() -> None:
        clinic.house.hub.tell = lambda news: None  # type: ignore[method-assign]
        for seq in (2, 8):
            await tell_room(clinic.house, clinic.service.id, room, React(seq, two.id, "heart", True))
            await clinic.settle()
        clinic.house.hub.tell = tell  # type: ignore[method-assign]
        tell(News(clinic.service.id, room, 2))

    assert await sent_to_a_screen(clinic, room, two, 7, told_of_the_first_alone()) == [
        (2, "shown"),
        (8, "shown"),
    ]


async def test_of_an_old_post_that_changed_while_the_record_is_gone_nothing_is_lost(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding, "AGAIN_S", 0.01)
    monkeypatch.setattr(reading_posts, "PAGE", 3)
    monkeypatch.setattr(feeding, "PAGE", 3)
    room, _, two = await a_long_room(clinic, monkeypatch)
    ask, failures = clinic.house.record.peers.posts, iter(range(2))

    async def gone(*asked: Any, **more: Any) -> Any:
        if next(failures, None) is not None:
            raise Unavailable("record")
        return await ask(*asked, **more)

    async def two_changes() -> None:
        monkeypatch.setattr(clinic.house.record.peers, "posts", gone)
        for seq in (6, 2):
            await tell_room(clinic.house, clinic.service.id, room, React(seq, two.id, "heart", True))

    sent = await sent_to_a_screen(clinic, room, two, 7, two_changes())
    assert sent == [(2, "shown"), (6, "shown")]


async def test_what_somebody_takes_along_goes_from_the_screens_that_are_open(clinic: Clinic) -> None:
    room, one, two = await members(clinic)
    await posts(clinic, one, room, "the first waits for a host", "the second", "the third")
    got: list[tuple[Delivered, ...] | RoomNow] = []
    with Feeds(clinic.house).following(clinic.service.id, room, two.id, 3, got.append):
        said = turn.Inbound(clinic.service.id, one.id, uuid4())
        await peers.leave(clinic.house, said, room, take_posts=True)
        await clinic.settle()
    told = {p.seq: (p.shown.text, p.status) for page in got if isinstance(page, tuple) for p in page}
    assert told == dict.fromkeys((2, 3), ("", "withdrawn")), "nobody has seen the first one"


# -- what comes with time alone


class Looks:
    """The clock is looked at often, and the test knows when."""

    def __init__(self, clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clinic, self.looked = clinic, asyncio.Event()
        monkeypatch.setattr(feeding, "BY_THE_CLOCK_S", 0.01)
        monkeypatch.setattr(feeding, "now_of", self.now_of)

    def now_of(self, *of: Any) -> RoomNow:
        self.looked.set()
        return now_of(*of)

    async def at(self, hour: int, minute: int) -> None:
        """When it is that time by the service's clock, and was looked at."""
        now = self.clinic.clock.now()
        then = self.clinic.service.on_its_clock(now).replace(hour=hour, minute=minute).astimezone(UTC)
        self.clinic.clock.set(then if then > now else then + timedelta(days=1))
        self.looked.clear()
        await asyncio.wait_for(self.looked.wait(), 10)


@contextmanager
def screens_of(
    clinic: Clinic, room: LineId, *readers: Patient
) -> Iterator[list[list[tuple[Delivered, ...] | RoomNow]]]:
    """What each of them is told, on a screen that is open."""
    feeds = Feeds(clinic.house)
    got: list[list[tuple[Delivered, ...] | RoomNow]] = [[] for _ in readers]
    with ExitStack() as following:
        for reader, page in zip(readers, got, strict=True):
            following.enter_context(feeds.following(clinic.service.id, room, reader.id, 0, page.append))
        yield got


def asleep(got: list[tuple[Delivered, ...] | RoomNow]) -> list[bool]:
    return [now.asleep for now in got if isinstance(now, RoomNow)]


@pytest.mark.parametrize("spoken", [False, True])
async def test_the_ends_of_the_night_are_told_to_open_screens_once_though_nothing_is_said(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, spoken: bool
) -> None:
    room, one, two = await members(clinic)
    looks = Looks(clinic, monkeypatch)
    with screens_of(clinic, room, one, two) as got:
        if spoken:
            await posts(clinic, one, room, "the first waits for a host")
        for hour, minute, told in ((21, 59, [False]), (22, 0, [False, True]), (7, 0, [False, True, False])):
            await looks.at(hour, minute)
            assert [asleep(page) for page in got] == [told, told]


async def test_open_screens_are_told_when_a_hosts_time_is_over_though_nothing_wakes_the_room(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, one, _ = await members(clinic)
    looks, feeds = Looks(clinic, monkeypatch), Feeds(clinic.house)
    got: list[tuple[Delivered, ...] | RoomNow] = []
    with feeds.following(clinic.service.id, room, one.id, 0, got.append):
        await looks.at(12, 0)
        await tell_room(clinic.house, clinic.service.id, room, HostHere(clinic.host.id))
        await clinic.settle()
        for hour, minute in ((12, 5), (12, 45)):
            await looks.at(hour, minute)
    assert [now.host for now in got if isinstance(now, RoomNow)] == [False, True, False]


async def test_whoever_left_is_not_told_of_the_night(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    room, one, two = await members(clinic)
    looks = Looks(clinic, monkeypatch)
    with screens_of(clinic, room, one, two) as got:
        await tell_room(clinic.house, clinic.service.id, room, Leave(two.id))
        await clinic.settle()
        await looks.at(22, 0)
    assert [asleep(page)[-1:] for page in got] == [[True], []]


async def test_while_the_record_is_gone_the_clock_is_looked_at_all_the_same(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, one, _ = await members(clinic)
    looks, feeds = Looks(clinic, monkeypatch), Feeds(clinic.house)
    got: list[tuple[Delivered, ...] | RoomNow] = []

    async def gone(*_: object) -> None:
        raise Unavailable("record")

    with feeds.following(clinic.service.id, room, one.id, 0, got.append):
        await looks.at(21, 59)
        monkeypatch.setattr(clinic.house.record.peers, "one", gone)
        await looks.at(22, 0)
    assert asleep(got) == [False, True]


async def test_one_timer_looks_for_all_rooms_and_ends_with_the_last_screen(clinic: Clinic) -> None:
    room, one, two = await members(clinic)
    feeds = Feeds(clinic.house)
    with feeds.following(clinic.service.id, room, one.id, 0, lambda _: None):
        timer = feeds._next_look
        with feeds.following(clinic.service.id, LineId(uuid4()), two.id, 0, lambda _: None):
            assert feeds._next_look is timer is not None
        assert not timer.cancelled()
    assert timer.cancelled()
    assert feeds._next_look is None
