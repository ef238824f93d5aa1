"""The moderators' queue: what waits, in which order, with what stands around it, and what hosts do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
import pytest_asyncio
from clinic import Clinic, Patient
from desk_client import Site, at_desk, looks
from desk_scene import colleague, elsewhere, joins_group, posts, reports

from bot.adapters.postgres.engine import Database
from bot.core.facts import ReportReason
from bot.core.inputs import Withdraw
from bot.core.room import handle_of
from bot.core.values import LineId
from bot.ports import StaffMember
from bot.usecases import alerts as acts
from bot.usecases import peers, turn
from bot.usecases.room_turns import standing_of, tell_room

QUEUE = "/desk/moderation"
DISTRESS = "I feel so hopeless, I just want to disappear and never wake up"


@dataclass
class Group:
    clinic: Clinic
    room: LineId
    heron: Patient
    wren: Patient

    @property
    def path(self) -> str:
        return f"/desk/groups/{self.room}"

    def page_of(self, patient: Patient) -> str:
        return f"{self.path}/members/{handle_of(self.room, patient.id)}"

    async def state(self):  # type: ignore[no-untyped-def]
        return await standing_of(self.clinic.house, self.clinic.service.id, self.room)

    async def posts(self, patient: Patient, text: str) -> None:
        self.clinic.clock.advance(minutes=1)
        await posts(self.clinic, patient, self.room, text)

    async def reports(self, patient: Patient, seq: int, why: ReportReason) -> None:
        said = turn.Inbound(self.clinic.service.id, patient.id, self.clinic.house.ids.new())
        await peers.report(self.clinic.house, said, self.room, seq, why=why)
        await self.clinic.settle()

    async def appeals(self, patient: Patient, text: str, seq: int | None = None, **more: bool) -> None:
        said = turn.Inbound(self.clinic.service.id, patient.id, self.clinic.house.ids.new(), text=text)
        await peers.appeal(self.clinic.house, said, self.room, seq, **more)
        await self.clinic.settle()


@pytest_asyncio.fixture
async def group(clinic: Clinic) -> Group:
    """Two members, each with a first post that waits."""
    heron = await clinic.join("copd", name="Marmaduke")
    room = await joins_group(clinic, heron, "Heron")
    wren = await clinic.join("copd", name="Kit")
    await joins_group(clinic, wren, "Wren")
    found = Group(clinic, room, heron, wren)
    await found.posts(heron, "Hello, I am new here.")
    await found.posts(wren, "So am I.")
    return found


@pytest_asyncio.fixture
async def shown(site: Site, group: Group) -> Group:
    """With both posts shown by the host."""
    async with at_desk(site, site.clinic.host) as desk:
        for seq in (1, 2):
            await desk.presses(QUEUE, f"{group.path}/posts/{seq}/release", back="queue")
    return group


def once_in(html: str, action: str) -> str:
    """What the form brings so that two presses are one."""
    found = re.search(r'name="once" value="([0-9a-f-]+)"', html.partition(f'action="{action}"')[2])
    assert found
    return found[1]


def headings(html: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", found) for found in re.findall(r"<h2><a[^>]*>(.*?)</a></h2>", html)]


async def opens(site: Site, member: StaffMember) -> str:
    async with at_desk(site, member) as desk:
        page = await desk.opens(QUEUE)
    assert page.status == 200
    return page.html


# -- what it shows ------------------------------------------------------------------------------------


async def test_first_posts_wait_oldest_first_with_what_stood_before_them(site: Site, group: Group) -> None:
    async with at_desk(site, site.clinic.host) as desk:
        page = await desk.opens(QUEUE)
    assert headings(page.html) == ["Held: Heron in Living with COPD", "Held: Wren in Living with COPD"]
    assert "2 things wait. The oldest has waited 1 minute." in page.words
    assert (
        "A new member's first post waits for a host. Waits since today at 10:02 , for less than a minute"
        in page.words
    )
    second = page.html.partition("Held: Wren")[2]
    assert second.index("Hello, I am new here.") < second.index("So am I.")
    assert "Marmaduke" not in page.html
    assert str(group.heron.id) not in page.html and group.heron.id.hex not in page.html


async def test_who_may_be_in_danger_comes_before_everything_else(site: Site, shown: Group) -> None:
    await shown.posts(shown.wren, "Write to me at wren@example.com")
    await shown.reports(shown.wren, 1, "unkind")
    await shown.posts(shown.heron, DISTRESS)
    first_words = [
        text for _, text in re.findall(r'class="why">(\s*)(.*?)</span>', await opens(site, site.clinic.host))
    ]
    assert [text.split(".")[0] for text in first_words] == [
        "A post sounds as if its author may be in distress",
        "A member finds it unkind",
        "A post may hold contact details",
    ]


async def test_who_is_worried_is_heard_beside_who_was_only_annoyed_before(site: Site, shown: Group) -> None:
    third = await site.clinic.join("copd", name="Jo")
    await joins_group(site.clinic, third, "Finch")
    await shown.reports(third, 2, "unkind")
    await shown.reports(shown.wren, 1, "unkind")
    await shown.reports(third, 1, "worried")
    html = await opens(site, site.clinic.host)
    assert headings(html) == ["Reported: Heron in Living with COPD", "Reported: Wren in Living with COPD"]
    assert "A member is worried about whoever wrote it." in html
    async with at_desk(site, site.clinic.host) as desk:
        await desk.presses(QUEUE, f"{shown.path}/posts/1/leave", back="queue")
        assert headings((await desk.opens(QUEUE)).html) == ["Reported: Wren in Living with COPD"]


async def test_the_load_is_told_in_words_and_in_a_table(site: Site, group: Group) -> None:
    async with at_desk(site, site.clinic.host) as desk:
        before = (await desk.opens(QUEUE)).words
        site.clinic.clock.advance(minutes=20)
        await desk.presses(QUEUE, f"{group.path}/posts/1/release", back="queue")
        await desk.presses(QUEUE, f"{group.path}/posts/2/release", back="queue")
        after = (await desk.opens(QUEUE)).words
    assert "In the last hour members wrote 2 posts. No host is there." in before
    assert "Nothing that waited was decided in the last 7 days." in before
    assert "Nothing waits." in after
    assert "In the last 7 days 2 things were decided, half of them in 20 minutes or less." in after
    assert "In the last hour members wrote 2 posts; 1 host is there." in after
    assert "Living with COPD 0 – 2 1" in after


# -- what hosts decide --------------------------------------------------------------------------------


async def test_a_decision_leads_to_the_next_one_and_says_what_was_done(site: Site, group: Group) -> None:
    async with at_desk(site, site.clinic.host) as desk:
        page = await desk.opens(QUEUE)
        then = re.findall(r'name="then" value="([^"]+)"', page.html)[0]
        sent = await desk.sends(f"{group.path}/posts/1/release", page.token, back="queue", then=then)
        assert sent.location == f"{QUEUE}?then={then}&said=released"
        after = await desk.opens(sent.location)
    assert "The post is shown to the group." in after.words
    assert re.search(r"<a [^>]*autofocus>Held: Wren", after.html)


async def test_where_nothing_is_left_the_page_says_so(site: Site, shown: Group) -> None:
    async with at_desk(site, site.clinic.host) as desk:
        page = await desk.opens(f"{QUEUE}?then=first&said=released")
    assert "Nothing waits for a host." in page.words
    assert 'tabindex="-1" autofocus' in page.html


async def test_a_made_up_place_to_go_on_at_leads_to_the_first(site: Site, group: Group) -> None:
    async with at_desk(site, site.clinic.host) as desk:
        token = (await desk.opens(QUEUE)).token
        sent = await desk.sends(
            f"{group.path}/posts/1/release", token, back="queue", then="//elsewhere.example"
        )
    assert sent.location == f"{QUEUE}?then=first&said=released"


async def test_a_post_is_hidden_for_a_reason_and_left_as_it_is(site: Site, shown: Group) -> None:
    await shown.reports(shown.wren, 1, "unkind")
    await shown.reports(shown.heron, 2, "other")
    async with at_desk(site, site.clinic.host) as desk:
        await desk.presses(QUEUE, f"{shown.path}/posts/1/hide", back="queue", reason="unkind")
        await desk.presses(QUEUE, f"{shown.path}/posts/2/leave", back="queue")
        assert headings((await desk.opens(QUEUE)).html) == []
        history = (await desk.opens(shown.page_of(shown.heron))).words
    state = await shown.state()
    assert [state.posts[seq].status for seq in (1, 2)] == ["hidden", "shown"]
    assert "Reported: A member finds it unkind. Hidden (unkind) by Host." in history


async def test_a_held_post_is_shown_or_hidden_and_never_left(site: Site, group: Group) -> None:
    async with at_desk(site, site.clinic.host) as desk:
        page = await desk.opens(QUEUE)
        assert f"{group.path}/posts/1/leave" not in page.html
        left = await desk.sends(f"{group.path}/posts/1/leave", page.token, back="queue")
    assert (left.status, "Show it or hide it" in left.words) == (409, True)


async def test_the_rooms_alert_is_not_closed_while_something_waits(site: Site, group: Group) -> None:
    (alert,) = [a for a in await site.clinic.alerts() if a.line == group.room]
    async with at_desk(site, site.clinic.duty) as desk:
        at = f"/desk/alerts/{alert.id}"
        refused = await desk.presses(at, f"{at}/resolve", outcome="contacted")
    assert (refused.status, "Something still waits in this group" in refused.words) == (409, True)


async def test_a_post_that_its_author_took_back_is_seen_and_done_with(site: Site, group: Group) -> None:
    taken = Withdraw(1, group.heron.id)
    await tell_room(site.clinic.house, site.clinic.service.id, group.room, taken)
    async with at_desk(site, site.clinic.host) as desk:
        page = await desk.opens(QUEUE)
        assert "Its author has taken it back, so nobody sees it any more." in page.words
        assert f"{group.path}/posts/1/release" not in page.html
        await desk.presses(QUEUE, f"{group.path}/posts/1/leave", back="queue")
        assert headings((await desk.opens(QUEUE)).html) == ["Held: Wren in Living with COPD"]


async def test_a_post_about_hard_things_is_shown_in_its_turn(site: Site, shown: Group) -> None:
    for _ in range(3):
        await shown.posts(shown.heron, DISTRESS)
    async with at_desk(site, site.clinic.host) as desk:
        page = await desk.opens(QUEUE)
        said = [
            (await desk.sends(f"{shown.path}/posts/{seq}/release", page.token, back="queue")).location
            for seq in (3, 4, 5)
        ]
        room = (await desk.opens(shown.path)).words
    assert [where.rpartition("=")[2] for where in said] == ["released", "released", "released_later"]
    assert (
        "Let through, and shown today at 11:05 : few posts about hard things are shown in one hour." in room
    )


async def test_what_a_colleague_has_decided_is_said_and_changes_nothing(site: Site, group: Group) -> None:
    other = await colleague(site.clinic, "host")
    async with at_desk(site, site.clinic.host) as mine, at_desk(site, other) as theirs:
        token = (await mine.opens(QUEUE)).token
        await theirs.presses(QUEUE, f"{group.path}/posts/1/hide", back="queue", reason="off_topic")
        late = await mine.sends(f"{group.path}/posts/1/leave", token, back="queue")
    assert late.location == f"{QUEUE}?then=first&said=decided_before"


async def test_what_a_colleague_has_hidden_is_not_shown_from_a_page_that_was_opened_before(
    site: Site, group: Group
) -> None:
    other = await colleague(site.clinic, "host")
    show, hide = f"{group.path}/posts/1/release", f"{group.path}/posts/1/hide"
    async with at_desk(site, site.clinic.host) as mine, at_desk(site, other) as theirs:
        queue, room = await mine.opens(QUEUE), await mine.opens(group.path)
        await theirs.presses(QUEUE, hide, back="queue", reason="off_topic")
        late, from_room = await mine.presses_on(queue, show), await mine.presses_on(room, show)
        assert late.location.endswith("&said=decided_before")
        assert (from_room.status, "A colleague" in from_room.words) == (409, True)
        assert (await group.state()).posts[1].status == "hidden"
        # Whoever sees that it is hidden may show it.
        await mine.presses_on(await mine.opens(group.path), show)
    assert (await group.state()).posts[1].status == "shown"


async def test_a_worried_host_asks_their_own_team_and_stays_at_the_post(site: Site, group: Group) -> None:
    async with at_desk(site, site.clinic.host) as desk:
        page = await desk.opens(QUEUE)
        this = re.findall(r'name="this" value="([^"]+)"', page.html)[0]
        sent = await desk.sends(f"{group.path}/posts/1/worried", page.token, back="queue", this=this)
        assert sent.location == f"{QUEUE}?then={this}&said=worried"
    (alert,) = [a for a in await site.clinic.alerts() if a.line == group.heron.id]
    async with at_desk(site, site.clinic.therapist) as desk:
        told = (await desk.opens(f"/desk/alerts/{alert.id}")).words
    assert (
        "A host of a group is worried about what they wrote there, and asks their own team to look." in told
    )
    assert "In the group Living with COPD , they wrote: Hello, I am new here." in told


@pytest.mark.parametrize("of_the_room", [False, True])
async def test_whoever_is_worried_another_day_is_heard_again(
    site: Site, group: Group, of_the_room: bool
) -> None:
    page, form, clinic = (group.path if of_the_room else QUEUE), f"{group.path}/posts/1/worried", site.clinic
    async with at_desk(site, clinic.host) as desk:
        opened = await desk.opens(page)
        once = once_in(opened.html, form)
        for _ in range(2):
            await desk.sends(form, opened.token, once=once)
    (first,) = [a for a in await clinic.alerts() if a.line == group.heron.id]
    assert len(first.evidence) == 1
    await acts.resolve(clinic.house, clinic.service.id, first.id, clinic.therapist.id, "contacted", "")
    clinic.clock.advance(days=1)
    async with at_desk(site, await colleague(clinic, "host")) as desk:
        opened = await desk.opens(page)
        await desk.sends(form, opened.token, once=once_in(opened.html, form))
    again = [a for a in await clinic.alerts() if a.line == group.heron.id and a.state == "open"]
    assert len(again) == 1 and again[0].id != first.id


async def test_words_of_distress_stand_on_the_alert_that_they_raised(site: Site, shown: Group) -> None:
    await shown.posts(shown.heron, DISTRESS)
    (alert,) = [a for a in await site.clinic.alerts() if a.line == shown.heron.id]
    async with at_desk(site, site.clinic.therapist) as desk:
        told = (await desk.opens(f"/desk/alerts/{alert.id}")).words
    assert f"In the group Living with COPD , they wrote: {DISTRESS}" in told
    assert "I would like to talk with you about it here." in told.partition("was told")[2]


async def test_a_member_is_paused_for_longer_each_time_and_reads_why(site: Site, shown: Group) -> None:
    await shown.reports(shown.wren, 1, "unkind")
    handle = handle_of(shown.room, shown.heron.id)
    async with at_desk(site, site.clinic.host) as desk:
        page = await desk.opens(QUEUE)
        assert "Pause Heron for 14 days" in page.words
        action = f"{shown.path}/members/{handle}/strike"
        assert (await desk.sends(action, page.token, back="queue", reason="")).status == 409
        this = re.findall(r'name="this" value="([^"]+)"', page.html)[0]
        sent = await desk.sends(action, page.token, back="queue", this=this, reason="unkind", seq="1")
        assert sent.location == f"{QUEUE}?then={this}&said=struck"  # the post itself still waits
        queue = (await desk.opens(QUEUE)).words
        assert "Heron is paused until 16 March." in queue and "once before" not in queue
        member = (await desk.opens(shown.page_of(shown.heron))).words
    assert "Paused by a host until 16 March" in member
    assert "A host acted unasked. Member paused (unkind) by Host." in member


async def test_whom_reports_have_paused_a_host_lets_write_again(site: Site, shown: Group) -> None:
    async with at_desk(site, site.clinic.host) as desk:
        await desk.presses(shown.path, f"{shown.path}/away")
        await shown.posts(shown.heron, "Something that nobody likes.")
        for n in range(5):
            other = await site.clinic.join("copd", name=f"Other {n}")
            await joins_group(site.clinic, other, f"Crow {'abcde'[n]}")
            await reports(site.clinic, other, shown.room, 3)
        page = await desk.opens(QUEUE)
        assert "Paused by reports: Heron in Living with COPD" in page.words
        await shown.appeals(shown.heron, "I do not know what I did.")
        page = await desk.opens(QUEUE)
        assert not [heading for heading in headings(page.html) if heading.startswith("Asked")]
        assert "Heron says: I do not know what I did." in page.words
        await desk.presses(QUEUE, f"{shown.page_of(shown.heron)}/restore", back="queue")
    await site.clinic.settle()
    room = await shown.state()
    assert room.members[shown.heron.id].paused is None
    assert {case.kind for case in room.cases.values()} <= {"held", "reported"}
    await shown.heron.catches_up()
    told = "\n".join(m.shown.text for m in shown.heron.seen)
    assert "A host has looked. You can write in the group again." in told and "complaint" not in told


# -- appeals ------------------------------------------------------------------------------------------


async def test_an_appeal_is_answered_by_somebody_else_than_who_decided(site: Site, shown: Group) -> None:
    async with at_desk(site, site.clinic.host) as desk:
        await desk.presses(shown.path, f"{shown.path}/posts/1/hide", reason="off_topic")
    await shown.appeals(shown.heron, "I only said hello.", 1)
    case = max((await shown.state()).cases)
    other = await colleague(site.clinic, "host")
    async with at_desk(site, site.clinic.host) as mine, at_desk(site, other) as theirs:
        own = await mine.opens(QUEUE)
        assert "You decided this yourself, so a colleague answers." in own.words
        assert f"cases/{case}/" not in own.html
        refused = await mine.sends(f"{shown.path}/cases/{case}/overturn", own.token, back="queue")
        assert (refused.status, "Somebody else has to answer this" in refused.words) == (409, True)
        page = await theirs.opens(QUEUE)
        assert "Heron says: I only said hello." in page.words
        assert (
            "What was decided: Hidden, because: off topic: not about living with this. By Host," in page.words
        )
        await theirs.sends(f"{shown.path}/cases/{case}/overturn", page.token, back="queue")
    assert (await shown.state()).posts[1].status == "shown"


async def test_what_an_appeal_lets_through_later_can_be_hidden_before(site: Site, shown: Group) -> None:
    for _ in range(3):
        await shown.posts(shown.heron, DISTRESS)
    other, show, hide = (
        await colleague(site.clinic, "host"),
        "/posts/{}/release",
        f"{shown.path}/posts/5/hide",
    )
    async with at_desk(site, site.clinic.host) as mine, at_desk(site, other) as theirs:
        for seq in (3, 4):
            await mine.presses(QUEUE, shown.path + show.format(seq))
        await mine.presses(QUEUE, hide, reason="distress")
        await shown.appeals(shown.heron, "It may help somebody.", 5)
        case = max((await shown.state()).cases)
        await theirs.presses(QUEUE, f"{shown.path}/cases/{case}/overturn", back="queue")
        room = await mine.opens(shown.path)
        assert "Hidden Let through, and shown today at 11:05 :" in room.words
        assert f'action="{shown.path}{show.format(5)}"' not in room.html
        await mine.presses_on(room, hide, reason="distress")
        assert "Let through" not in (await mine.opens(shown.path)).words


async def test_a_complaint_is_noted_as_dealt_with(site: Site, shown: Group) -> None:
    await shown.appeals(shown.heron, "Nobody answers me here.", complaint=True)
    case = max((await shown.state()).cases)
    async with at_desk(site, site.clinic.host) as desk:
        waits = (await desk.opens(QUEUE)).words
        assert "Heron says: Nobody answers me here." in waits
        assert "If it is about you, leave it to a colleague." in waits
        await desk.presses(QUEUE, f"{shown.path}/cases/{case}/done", back="queue")
        assert "Nothing waits for a host." in (await desk.opens(QUEUE)).words


# -- rights and looks ---------------------------------------------------------------------------------


async def test_the_queue_holds_nothing_of_another_service(site: Site, group: Group) -> None:
    other = await elsewhere(site.clinic)
    async with at_desk(site, other.host, other) as desk:
        page = await desk.opens(QUEUE)
        token = page.token
        tried = [
            await desk.sends(path, token, reason="other", note="x", to=str(site.clinic.host.id))
            for path in (
                f"{group.path}/posts/1/release",
                f"{group.path}/posts/1/worried",
                f"{group.path}/cases/1/uphold",
                f"{group.path}/here",
                f"{group.path}/notes",
                f"{group.path}/hand-over",
                f"{group.page_of(group.heron)}/strike",
            )
        ]
        pages = [await desk.opens(path) for path in (f"{group.path}/members", group.page_of(group.heron))]
    assert "Nothing waits for a host." in page.words
    assert {one.status for one in (*tried, *pages)} == {404}


async def test_who_has_nothing_to_do_with_groups_finds_no_queue(site: Site, group: Group) -> None:
    for role in ("editor", "admin"):
        async with at_desk(site, await colleague(site.clinic, role)) as desk:
            assert (await desk.opens(QUEUE)).status == 404


async def test_each_page_is_one_look(site: Site, group: Group, database: Database) -> None:
    async with at_desk(site, site.clinic.host) as desk:
        for path in (QUEUE, group.path, f"{group.path}/members", group.page_of(group.heron)):
            await desk.opens(path)
    seen = await looks(database, site.clinic.service.id)
    assert sorted(seen) == ["queue.list", "room.member", "room.members", "room.open"]


async def test_the_median_of_a_week_does_not_count_what_nobody_asked(site: Site, shown: Group) -> None:
    async with at_desk(site, site.clinic.host) as desk:
        await desk.presses(shown.path, f"{shown.path}/posts/2/hide", reason="other")
    now = site.clinic.clock.now()
    load = await site.clinic.house.record.room_health.load(
        site.clinic.service.id, now=now, since=now - timedelta(days=7)
    )
    assert load.decided == 2
