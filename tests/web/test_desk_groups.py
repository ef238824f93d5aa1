"""Groups at the desk: what waits, shown or hidden by a host, and a host's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest_asyncio
from clinic import Clinic, Patient
from desk_client import Site, at_desk, looks
from desk_scene import colleague, elsewhere, joins_group, posts, reports

from bot.adapters.postgres.engine import Database
from bot.core.inputs import Admit, HandRoomOver, HostHere, Leave
from bot.core.room import handle_of
from bot.core.values import LineId
from bot.usecases.posts import posts_since
from bot.usecases.room_turns import tell_room
from bot.web.desk.room_health import weeks_until
from bot.web.desk.words import OUTCOMES


@dataclass
class Group:
    room: LineId
    member: Patient
    path: str


@pytest_asyncio.fixture
async def group(clinic: Clinic) -> Group:
    """One member, whose first post is held."""
    member = await clinic.join("copd")
    room = await joins_group(clinic, member, "Heron")
    await posts(clinic, member, room, "Hello, I am new here.")
    return Group(room, member, f"/desk/groups/{room}")


async def shown_to_members(clinic: Clinic, group: Group) -> list[tuple[str, str]]:
    seen = await posts_since(clinic.house, clinic.service.id, group.room, 0, LineId(clinic.house.ids.new()))
    return [(m.status, m.shown.text) for m in seen]


async def test_where_something_waits_stands_first_and_a_closed_room_says_when_it_opens(
    site: Site, group: Group
) -> None:
    async with at_desk(site, site.clinic.host) as desk:
        listed = (await desk.opens("/desk/groups")).html
        hour = (await desk.opens(f"/desk/groups/{site.clinic.service.rooms['thursday-hour']}")).words
    titles = re.findall(r'<h2><a href="/desk/groups/[^"]+">([^<]+)</a></h2>', listed)
    assert titles[0] == "Living with COPD" and titles[1:] == sorted(titles[1:])
    assert "The room is closed: members can read. The next session opens 5 March at 18:00 ." in hour


async def test_a_held_post_waits_with_its_reason(site: Site, group: Group) -> None:
    async with at_desk(site, site.clinic.host) as desk:
        assert "1 thing waits for a host" in (await desk.opens("/desk/groups")).words
        words = (await desk.opens(group.path)).words
    assert "1 member, 1 held" in words
    assert (
        "Hello, I am new here. Held: only its author and hosts see it A new member's first post waits for a host."
        in words
    )
    assert "Heron" in words
    assert "Sam" not in words


async def test_a_host_lets_a_post_through_and_hides_it(site: Site, group: Group) -> None:
    async with at_desk(site, site.clinic.host) as desk:
        await desk.presses(group.path, f"{group.path}/posts/1/release")
        after_release = await shown_to_members(site.clinic, group)
        assert (await desk.presses(group.path, f"{group.path}/posts/1/hide")).status == 409
        await desk.presses(group.path, f"{group.path}/posts/1/hide", reason="off_topic")
    assert after_release == [("shown", "Hello, I am new here.")]
    assert await shown_to_members(site.clinic, group) == [("hidden", "")]


async def test_a_report_stands_beside_the_post(site: Site, group: Group) -> None:
    other = await site.clinic.join("copd", name="Kit")
    await joins_group(site.clinic, other, "Wren")
    async with at_desk(site, site.clinic.host) as desk:
        await desk.presses(group.path, f"{group.path}/posts/1/release")
        await reports(site.clinic, other, group.room, 1)
        words = (await desk.opens(group.path)).words
    assert "Reported by 1 member A member reported a post." in words


async def test_a_host_writes_with_a_badge_and_once(site: Site, group: Group) -> None:
    async with at_desk(site, site.clinic.host) as desk:
        page = await desk.opens(group.path)
        once = page.html.partition('name="once" value="')[2].partition('"')[0]
        for _ in range(2):
            await desk.sends(f"{group.path}/write", page.token, text="Welcome, Heron.", once=once)
        words = (await desk.opens(group.path)).words
    assert words.count("Welcome, Heron.") == 1
    assert "Host Staff today at 10:00" in words


async def test_the_groups_alert_is_closed_by_deciding(site: Site, group: Group) -> None:
    async with at_desk(site, site.clinic.host) as desk:
        await desk.presses(group.path, f"{group.path}/acknowledge")
        (alert,) = await site.clinic.alerts()
        assert (alert.state, alert.acted_by) == ("acknowledged", site.clinic.host.id)
        assert "It is closed once everything is decided." in (await desk.opens(group.path)).words
        await desk.presses(group.path, f"{group.path}/posts/1/release")
    (closed,) = await site.clinic.alerts(open_only=False)
    assert (closed.state, closed.outcome) == ("resolved", "decided")
    async with at_desk(site, site.clinic.duty) as desk:
        words = (await desk.opens(f"/desk/alerts/{closed.id}")).words
        listed = (await desk.opens("/desk?show=all")).words
    assert "Everything that waited in the group was decided" in words
    assert "Everything that waited in the group was decided" in listed
    assert "decided" not in OUTCOMES


async def test_a_post_of_another_room_is_not_there(site: Site, group: Group) -> None:
    async with at_desk(site, site.clinic.host) as desk:
        token = (await desk.opens(group.path)).token
        statuses = [
            (await desk.sends(f"{where}/posts/{seq}/hide", token, reason="other")).status
            for where, seq in (
                (group.path, "99"),
                (group.path, "9" * 40),
                (f"/desk/groups/{group.member.id}", "1"),
            )
        ]
    assert statuses == [409, 404, 404]


async def test_another_services_group_looks_like_none_at_all(site: Site, group: Group) -> None:
    other = await elsewhere(site.clinic)
    async with at_desk(site, other.therapist, other) as desk:
        theirs = await desk.opens(group.path)
        none = await desk.opens("/desk/groups/00000000-0000-4000-8000-000000000000")
        token = (await desk.opens("/desk/groups")).token
        sent = await desk.sends(f"{group.path}/posts/1/release", token)
    assert (theirs.status, theirs.html) == (404, none.html)
    assert sent.status == 404
    assert await shown_to_members(site.clinic, group) == []


async def test_a_look_into_a_group_leaves_one_row(site: Site, group: Group, database: Database) -> None:
    async with at_desk(site, site.clinic.host) as desk:
        await desk.opens("/desk/groups")
        await desk.opens(group.path)
    assert await looks(database, site.clinic.service.id) == ["room.open"]


# -- being there --------------------------------------------------------------------------------------


async def test_a_host_who_opens_the_room_is_there_until_they_leave(site: Site, group: Group) -> None:
    async with at_desk(site, site.clinic.host) as desk:
        page = (await desk.opens(group.path)).words
        listed = (await desk.opens("/desk/groups")).words
        left = await desk.presses(group.path, f"{group.path}/away")
        gone = (await desk.opens(left.location)).words
    assert "You, last heard of today at 10:00 Members see that a host is there." in page
    assert "A host is there." in listed
    assert left.location == "/desk/groups?said=away"
    assert "You have left the room." in gone and "No host is there." in gone


async def test_who_only_reads_along_is_not_there_before_they_say_so(site: Site, group: Group) -> None:
    async with at_desk(site, site.clinic.therapist) as desk:
        before = (await desk.opens(group.path)).words
        await desk.presses(group.path, f"{group.path}/here")
        after = (await desk.opens(group.path)).words
    assert "No host is there. Members see that nobody reads along." in before
    assert "You, last heard of today at 10:00" in after


async def test_a_page_that_loads_itself_anew_is_nobody(site: Site, group: Group) -> None:
    async with at_desk(site, site.clinic.host) as desk:
        page = await desk.opens(group.path, **{"Bounceback-Refreshed": "1"})
    assert "No host is there." in page.words


async def test_at_night_the_room_says_that_it_sleeps(site: Site, group: Group) -> None:
    site.clinic.clock.advance(hours=13)
    async with at_desk(site, site.clinic.therapist) as desk:
        words = (await desk.opens(group.path)).words
    assert "It is night: what members write now waits for a host." in words


async def test_a_room_is_handed_over_with_a_few_words_that_the_colleague_finds(
    site: Site, group: Group
) -> None:
    ruth = await colleague(site.clinic, "host")
    handing = f"{group.path}/hand-over"
    async with at_desk(site, site.clinic.host) as mine, at_desk(site, ruth) as theirs:
        assert (await mine.presses(group.path, handing, to=str(ruth.id), note=" ")).status == 422
        assert (await mine.presses(group.path, handing, to=str(site.clinic.host.id), note="x")).status == 422
        assert (await mine.presses(group.path, handing, to="nobody", note="x")).status == 422
        await mine.presses(group.path, handing, to=str(ruth.id), note="Heron is new: say hello.")
        assert "No host is there." in (await mine.opens("/desk/groups")).words
        told = [(await theirs.opens(path)).words for path in ("/desk/moderation", "/desk/groups")]
        site.clinic.clock.advance(minutes=1)
        room = (await theirs.opens(group.path)).words
        after = (await theirs.opens("/desk/moderation")).words
        own = (await mine.opens("/desk/moderation")).words
    said = "Host handed Living with COPD over to you today at 10:00 Heron is new: say hello."
    assert all(said in words for words in told)
    assert "Host to host, today at 10:00 Heron is new: say hello." in room
    assert "handed" not in after and "handed" not in own


async def test_whoever_a_room_is_handed_to_hears_by_a_letter_without_anybodys_words(
    site: Site, group: Group
) -> None:
    clinic, house = site.clinic, site.clinic.house
    ruth, omar = await colleague(clinic, "host"), await colleague(clinic, "host", "duty")
    clinic.post_box.refusing = True  # so that neither letter leaves before Omar has come
    for to in (ruth, omar):
        handing = HandRoomOver(clinic.host.id, to.id, "Heron is new: say hello.")
        await tell_room(house, clinic.service.id, group.room, handing)
    await clinic.work()
    await tell_room(house, clinic.service.id, group.room, HostHere(omar.id))
    clinic.post_box.refusing = False
    clinic.clock.advance(minutes=10)
    await clinic.work()
    (letter,) = clinic.letters(ruth)
    assert letter["Subject"] == "Valley Clinic: a group was handed over to you"
    said = letter.as_string()
    assert "/desk/moderation" in said and "Heron" not in said and "hello" not in said
    assert clinic.letters(omar) == []  # they had come before it left
    await clinic.work()
    assert len(clinic.letters(ruth)) == 1


# -- notes, and members -------------------------------------------------------------------------------


async def test_hosts_keep_notes_about_the_room_and_about_a_member(site: Site, group: Group) -> None:
    heron = f"{group.path}/members/{handle_of(group.room, group.member.id)}"
    async with at_desk(site, site.clinic.host) as desk:
        await desk.presses(group.path, f"{group.path}/notes", note="Quiet evening.")
        about = str(handle_of(group.room, group.member.id))
        noted = await desk.presses(heron, f"{group.path}/notes", note="Answers kindly.", about=about)
        assert noted.location == f"{heron}?said=noted"
        room, member = (await desk.opens(group.path)).words, (await desk.opens(heron)).words
        token = (await desk.opens(group.path)).token
        wrong = [
            (await desk.sends(f"{group.path}/notes", token, note="x", about=handle)).status
            for handle in (str(group.member.id), "nobody")
        ]
        empty = await desk.sends(f"{group.path}/notes", token, note="  ")
    assert "Quiet evening." in room and "Answers kindly." not in room
    assert "Answers kindly." in member and "Quiet evening." not in member
    assert wrong == [404, 404]
    assert (empty.status, "There is nothing in your note" in empty.words) == (409, True)


async def test_members_are_known_by_the_names_they_chose_and_by_nothing_else(
    site: Site, group: Group
) -> None:
    async with at_desk(site, site.clinic.host) as desk:
        members = await desk.opens(f"{group.path}/members")
        (path,) = re.findall(r'<th role="rowheader" scope="row"><a href="([^"]+)"', members.html)
        one = await desk.opens(path)
    assert "Heron 2 March 1 0 never May write" in members.words
    assert "Hello, I am new here." in one.words
    assert "Held: A new member's first post waits for a host. Waits for a host." in one.words
    for page in (members.html, one.html):
        assert "Sam" not in page
        assert "copd" not in page.casefold().replace("living with copd", "")
        assert str(group.member.id) not in page and group.member.id.hex not in page


async def test_whoever_waits_to_come_in_is_let_in_or_turned_away(site: Site, group: Group) -> None:
    clinic = site.clinic
    for name, pseudonym in (("Kit", "Wren"), ("Jo", "Finch")):
        other = await clinic.join("copd", name=name)
        await joins_group(clinic, other, pseudonym)
        word = (await other.state()).rooms["copd"].pseudonym
        for heard in (Leave(other.id), Admit(other.id, word, pseudonym.casefold(), known=True)):
            await tell_room(clinic.house, clinic.service.id, group.room, heard)
    await clinic.settle()
    async with at_desk(site, clinic.host) as desk:
        queue = await desk.opens("/desk/moderation")
        page = await desk.opens(f"{group.path}/members")
        wren, finch = re.findall(r'action="([^"]+)/let-in"', page.html)
        await desk.sends(f"{wren}/let-in", page.token)
        await desk.sends(f"{finch}/turn-away", page.token)
        again = await desk.sends(f"{finch}/turn-away", page.token)
        after = (await desk.opens(f"{group.path}/members")).words
    assert "Asked to join: Wren in Living with COPD" in queue.words
    assert "2 in Living with COPD" in after and "Wren 2 March" in after
    assert "Finch" not in after
    assert (again.status, "This has been decided already" in again.words) == (409, True)


async def test_a_host_answers_a_post(site: Site, group: Group) -> None:
    async with at_desk(site, site.clinic.host) as desk:
        await desk.presses(group.path, f"{group.path}/posts/1/release")
        page = await desk.opens(f"{group.path}?to=1")
        assert "You answer #1, by Heron." in page.words
        once = page.html.partition('name="once" value="')[2].partition('"')[0]
        await desk.sends(f"{group.path}/write", page.token, text="Welcome.", once=once, to="1")
        words = (await desk.opens(group.path)).words
    assert "answers #1 Welcome." in words


# -- how it does --------------------------------------------------------------------------------------


async def test_numbers_of_few_people_are_left_out(site: Site, group: Group) -> None:
    async with at_desk(site, site.clinic.host) as desk:
        few = (await desk.opens(f"{group.path}/health")).words
        for n in range(5):
            other = await site.clinic.join("copd", name=f"Other {n}")
            await joins_group(site.clinic, other, f"Crow {'abcde'[n]}")
            await posts(site.clinic, other, group.room, "Good morning.")
        for seq in range(1, 7):
            await desk.presses(group.path, f"{group.path}/posts/{seq}/release")
        enough = await desk.opens(f"{group.path}/health")
        every = await desk.opens("/desk/groups/health")
    assert "At the end of this week: fewer than 5." in few
    assert "At the end of this week: 6." in enough.words
    assert "This week: members' posts: too few people to tell" in few or "nothing to draw" in few
    assert "This week: members' posts: 6; hosts' posts: 0." in enough.words
    assert "In these 12 weeks: newly in 6, left 0." in enough.words
    assert "This week: held: 6; shown: 6; hidden: 0." in enough.words
    assert "The latest week with 5 people or more: less than a minute." in enough.words
    assert enough.html.count('role="img"') == 5
    assert "How groups do" in every.words and "At the end of this week: 6." in every.words


async def test_posts_that_nobody_answered_are_counted_after_a_day(site: Site, group: Group) -> None:
    clinic = site.clinic
    async with at_desk(site, clinic.host) as desk:
        for n in range(6):
            other = await clinic.join("copd", name=f"Other {n}")
            await joins_group(clinic, other, f"Crow {'abcdef'[n]}")
            await posts(clinic, other, group.room, "Is anybody there?")
        for seq in range(1, 8):
            await desk.presses(group.path, f"{group.path}/posts/{seq}/release")
    clinic.clock.advance(hours=2)
    async with at_desk(site, clinic.host) as desk:
        page = await desk.opens(f"{group.path}?to=7")
        once = page.html.partition('name="once" value="')[2].partition('"')[0]
        await desk.sends(f"{group.path}/write", page.token, text="I am.", once=once, to="7")
    clinic.clock.advance(hours=23)
    async with at_desk(site, clinic.host) as desk:
        words = (await desk.opens(f"{group.path}/health")).words
    assert "Posts without an answer This week: 6. A post counts" in words
    assert "This week: members' posts: 7; hosts' posts: 1." in words


async def test_who_left_is_counted_back_from_who_is_there(site: Site, group: Group) -> None:
    clinic = site.clinic
    for n in range(6):
        other = await clinic.join("copd", name=f"Other {n}")
        await joins_group(clinic, other, f"Crow {'abcdef'[n]}")
    clinic.clock.advance(weeks=2)
    await tell_room(clinic.house, clinic.service.id, group.room, Leave(group.member.id))
    health, now = clinic.house.record.room_health, clinic.clock.now()
    begins = weeks_until(clinic.service, now)
    weeks = await health.weeks(clinic.service.id, begins, now, group.room)
    assert [(w.members, w.joined, w.left) for w in weeks[-4:]] == [(0, 0, 0), (7, 7, 0), (7, 0, 0), (6, 0, 1)]
