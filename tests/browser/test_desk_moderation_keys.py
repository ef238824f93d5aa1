"""The moderators' queue in a real browser: one key for each decision, none while typing, everything without a script."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

import pytest
import pytest_asyncio
from clinic import Clinic, Patient
from desk_scene import colleague, joins_group, posts
from desk_visit import sit_down
from playwright.async_api import Locator, Page, Route, expect
from test_desk_looks import NARROW, TABLET, WIDE, look
from test_desk_works import tab_to
from visit import Visit

from bot.core.facts import ReportReason
from bot.core.inputs import HandRoomOver, Moderate, NoteByHost
from bot.core.room import Room, handle_of
from bot.core.values import LineId
from bot.ports import Looker, StaffMember
from bot.usecases import hosting, peers, room_turns, turn
from bot.usecases.people import sign_out_everywhere
from bot.usecases.room_turns import standing_of
from bot.web.desk import live

QUEUE = "/desk/moderation"
NAMES = ("Heron", "Wren", "Finch", "Otter", "Robin", "Swift", "Plover")


@dataclass
class Evening:
    clinic: Clinic
    room: LineId
    members: list[Patient]

    async def state(self) -> Room:
        found = await standing_of(self.clinic.house, self.clinic.service.id, self.room)
        assert found is not None
        return found

    async def says(self, n: int, text: str) -> None:
        self.clinic.clock.advance(minutes=3)
        await posts(self.clinic, self.members[n], self.room, text)

    async def does(self, seq: int, do: str, reason: str = "") -> None:
        act = Moderate(seq, self.clinic.host.id, do, reason)  # type: ignore[arg-type]
        await hosting.moderate(self.clinic.house, self.clinic.service.id, self.room, act)
        await self.clinic.settle()

    async def reports(self, n: int, seq: int, why: ReportReason) -> None:
        house, service = self.clinic.house, self.clinic.service.id
        said = turn.Inbound(service, self.members[n].id, house.ids.new())
        await peers.report(house, said, self.room, seq, why=why)
        await self.clinic.settle()


@pytest_asyncio.fixture
async def evening(clinic: Clinic) -> Evening:
    """Seven members; two first posts, two reported ones, one with contact details, and an appeal wait."""
    found = Evening(clinic, LineId(clinic.service.id), [])
    for name in NAMES:
        patient = await clinic.join("copd", name="Sam")
        found.members.append(patient)
        found.room = await joins_group(clinic, patient, name)
    for n, text in enumerate(
        ("Good evening, I am Heron. I had a quiet week.", "Hello from me too.", "Hi all.")
    ):
        await found.says(n, text)
        await found.does(n + 1, "release")
    await found.does(3, "hide", "off_topic")
    await found.says(0, "Some people here do go on about their stairs.")
    await found.reports(1, 4, "unkind")
    clinic.clock.advance(minutes=1)
    await found.reports(3, 2, "other")
    await found.says(1, "Write to me at wren@example.com, I can send you the leaflet.")
    await found.says(3, "New here. My breathing is worse at night, and I wonder whether others know that.")
    await found.says(4, "Me too.")
    said = turn.Inbound(
        clinic.service.id, found.members[2].id, clinic.house.ids.new(), text="I only said hi."
    )
    await peers.appeal(clinic.house, said, found.room, 3)
    await clinic.settle()
    return found


def card(visit: Visit, heading: str) -> Locator:
    return visit.page.locator("[data-queue] > li").filter(has=visit.page.get_by_role("heading", name=heading))


def head(visit: Visit, heading: str) -> Locator:
    return visit.page.get_by_role("heading", name=heading).get_by_role("link")


async def at_queue(there: Visit, clinic: Clinic, host: StaffMember) -> Page:
    await there.begin(viewport=WIDE)
    await sit_down(there, clinic, host)
    await there.page.goto(there.base + QUEUE)
    return there.page


async def press(there: Visit, key: str) -> None:
    """Once the page listens to keys, which it says by showing what they do."""
    await expect(there.page.locator(".keys-help")).to_be_visible()
    await there.page.keyboard.press(key)


async def test_one_key_for_each_decision(there: Visit, clinic: Clinic, evening: Evening) -> None:
    other = await colleague(clinic, "host")
    page = await at_queue(there, clinic, other)
    await press(there, "s")  # nowhere in the list: nothing happens
    await press(there, "j")
    await expect(head(there, "Reported: Heron")).to_be_focused()
    await press(there, "j")
    await expect(head(there, "Reported: Wren")).to_be_focused()
    await press(there, "k")
    await expect(head(there, "Reported: Heron")).to_be_focused()
    await press(there, "3")  # no reasons are open: nothing happens
    await press(there, "h")
    await expect(card(there, "Reported: Heron").get_by_role("button", name="Off topic")).to_be_focused()
    await press(there, "3")
    await expect(page.get_by_text("The post is hidden.")).to_be_visible()
    await expect(head(there, "Reported: Wren")).to_be_focused()
    assert "hidden" in await page.title()
    await press(there, "l")
    await expect(page.get_by_text("It is left as it is.")).to_be_visible()
    await expect(head(there, "Asked for another look: Finch")).to_be_focused()
    for _ in range(2):
        await press(there, "j")
    await expect(head(there, "Held: Otter")).to_be_focused()
    await press(there, "l")  # held: it is shown or hidden, never left
    await press(there, "w")
    await expect(page.get_by_text("Their own team is asked to look")).to_be_visible()
    await expect(head(there, "Held: Otter")).to_be_focused()
    await press(there, "s")
    await expect(page.get_by_text("The post is shown to the group.")).to_be_visible()
    await expect(head(there, "Held: Robin")).to_be_focused()
    await press(there, "h")
    await press(there, "0")
    await expect(page.get_by_text("The post is hidden.")).to_be_visible()
    state = await evening.state()
    assert [state.posts[seq].status for seq in (4, 5, 6, 7)] == ["hidden", "held", "shown", "hidden"]
    every = await clinic.house.record.peers.cases(
        clinic.service.id, evening.room, Looker(other.id, clinic.clock.now())
    )
    assert [c.reason for c in every if c.seq == 7] == ["illegal"]
    assert [a.line for a in await clinic.alerts() if a.line == evening.members[3].id]


async def test_to_pause_somebody_asks_for_a_reason_first(
    there: Visit, clinic: Clinic, evening: Evening
) -> None:
    page = await at_queue(there, clinic, clinic.host)
    await page.keyboard.press("j")
    await page.keyboard.press("t")
    why = card(there, "Reported: Heron").get_by_label("For what reason?")
    await expect(why).to_be_focused()
    await page.keyboard.press("s")  # typing in a field: no key decides anything
    assert (await evening.state()).members[evening.members[0].id].paused is None
    await why.select_option("unkind")
    await page.get_by_role("button", name="Yes, pause them for 14 days").click()
    await expect(page.get_by_text("They are paused, and told why")).to_be_visible()
    await expect(head(there, "Reported: Heron")).to_be_focused()  # the post itself still waits
    paused = (await evening.state()).members[evening.members[0].id].paused
    assert paused is not None and paused.why == "strike"


async def test_keys_are_listed_and_can_be_switched_off(
    there: Visit, clinic: Clinic, evening: Evening
) -> None:
    page = await at_queue(there, clinic, clinic.host)
    await page.keyboard.press("?")
    await expect(page.get_by_text("I am worried: ask their own team to look")).to_be_visible()
    await page.get_by_label("Use these keys on this device").uncheck()
    await page.reload()
    await head(there, "Held: Otter").focus()
    await page.keyboard.press("s")
    await page.keyboard.press("j")
    await expect(head(there, "Held: Otter")).to_be_focused()
    assert (await evening.state()).posts[6].status == "held"
    await page.get_by_text("Keys", exact=True).click()
    await page.get_by_label("Use these keys on this device").check()
    await head(there, "Held: Otter").focus()
    await page.keyboard.press("s")
    await expect(page.get_by_text("The post is shown to the group.")).to_be_visible()


async def test_what_comes_meanwhile_is_told_and_moves_nothing(
    there: Visit, clinic: Clinic, evening: Evening
) -> None:
    await there.begin(viewport=NARROW)
    await sit_down(there, clinic, clinic.host)
    page = there.page
    await page.goto(there.base + QUEUE)
    link = page.get_by_role("status").get_by_role("link")
    await expect(link).to_have_text("Look for more")
    await head(there, "Held: Otter").focus()
    stood = await head(there, "Held: Otter").bounding_box()
    await evening.reports(1, 1, "other")
    await expect(link).to_have_text("1 more waits: show it", timeout=25_000)
    await expect(link).to_be_in_viewport()
    await expect(head(there, "Held: Otter")).to_be_focused()
    assert await head(there, "Held: Otter").bounding_box() == stood
    assert await there.findings() == []
    await link.press("Enter")
    await expect(card(there, "Reported: Heron")).to_have_count(2)
    await expect(link).to_have_text("Look for more")


COUNT_EVENTS = """
let changes = 0;
window.EventSource = class extends EventSource {
  constructor(url) {
    super(url);
    this.addEventListener("changed", () => (document.documentElement.dataset.changes = changes += 1));
  }
};
"""


async def test_what_comes_while_the_queue_is_asked_is_counted_too(
    there: Visit, clinic: Clinic, evening: Evening
) -> None:
    await there.begin(viewport=WIDE)
    await sit_down(there, clinic, clinic.host)
    page = there.page
    await page.add_init_script(COUNT_EVENTS)
    await page.goto(there.base + QUEUE)
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def as_it_was(route: Route) -> None:
        response = await route.fetch()
        asked.set()
        await go_on.wait()
        await route.fulfill(response=response)

    await page.route(there.base + QUEUE, as_it_was, times=1)
    await evening.reports(1, 1, "other")
    await asyncio.wait_for(asked.wait(), 25)
    await evening.says(5, "Hello, this is my first post.")
    await expect(page.locator("html")).to_have_attribute("data-changes", re.compile("[2-9]"))
    go_on.set()
    link = page.get_by_role("status").get_by_role("link")
    await expect(link).to_have_text("2 more wait: show them")


async def test_whoever_is_signed_out_meanwhile_is_led_to_sign_in(
    there: Visit, clinic: Clinic, evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "KEEP_ALIVE_S", 0.2)
    page = await at_queue(there, clinic, clinic.host)
    await sign_out_everywhere(clinic.house, clinic.host, clinic.host)
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=25_000)


async def test_a_post_is_hidden_without_a_script(there: Visit, clinic: Clinic, evening: Evening) -> None:
    await there.begin(viewport=WIDE, java_script_enabled=False)
    await sit_down(there, clinic, clinic.host)
    page = there.page
    await page.goto(there.base + QUEUE)
    await expect(page.get_by_text("Keys", exact=True)).to_be_hidden()
    await expect(page.get_by_role("link", name="Look for more")).to_be_visible()
    held = card(there, "Held: Otter")
    await held.get_by_text("Hide", exact=True).click()
    await held.get_by_role("button", name="Medical advice").click()
    await expect(page.get_by_text("The post is hidden.")).to_be_visible()
    assert (await evening.state()).posts[6].status == "hidden"


async def test_the_tab_key_leads_to_each_button(there: Visit, clinic: Clinic, evening: Evening) -> None:
    page = await at_queue(there, clinic, clinic.host)
    await tab_to(page, head(there, "Reported: Heron"))
    await tab_to(page, card(there, "Reported: Heron").get_by_role("button", name="Leave the post of Heron"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("It is left as it is.")).to_be_visible()


@pytest.mark.parametrize(
    ("window", "scheme"),
    [(WIDE, "light"), (TABLET, "dark"), (NARROW, "light")],
    ids=["wide", "tablet", "narrow"],
)
async def test_every_page_of_groups_is_accessible(
    there: Visit, clinic: Clinic, evening: Evening, window: dict[str, int], scheme: str
) -> None:
    house, service = clinic.house, clinic.service.id
    other = await colleague(clinic, "host")
    heron = evening.members[0].id
    note = NoteByHost(clinic.host.id, "Was short with others twice this week.", heron)
    await room_turns.tell_room(house, service, evening.room, note)
    handing = HandRoomOver(other.id, clinic.host.id, "Two posts from tonight still wait. Wren is fine.")
    await room_turns.tell_room(house, service, evening.room, handing)
    await there.begin(viewport=window, color_scheme=scheme)
    await sit_down(there, clinic, clinic.host)
    place = f"/desk/groups/{evening.room}"
    found = []
    for path in (
        QUEUE,
        "/desk/groups",
        f"{place}/members",
        f"{place}/members/{handle_of(evening.room, heron)}",
        f"{place}/health",
        "/desk/groups/health",
        place,
    ):
        found += await look(there, path)
    await there.page.goto(there.base + QUEUE)
    for each in await there.page.locator("summary").all():
        if await each.is_visible() and await each.text_content() != "More":
            await each.click()
    assert await there.findings() == []
    assert not found, "\n".join(found)
