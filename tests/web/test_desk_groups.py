"""Groups at the desk: what waits, shown or hidden by a host, and a host's own words."""

from __future__ import annotations

from dataclasses import dataclass

import pytest_asyncio
from clinic import Clinic, Patient
from desk_client import Site, at_desk, looks
from desk_scene import elsewhere, joins_group, posts, reports

from bot.adapters.postgres.engine import Database
from bot.core.values import LineId
from bot.usecases.rooms import posts_since
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
