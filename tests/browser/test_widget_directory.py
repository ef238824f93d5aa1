"""People like me in a real browser: looked through, narrowed, and from a card into the chat; on a small screen and in the dark."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from clinic import Clinic, Patient
from pictures import picture
from playwright.async_api import Route, expect
from test_widget_clinic import sit_down
from test_widget_looks import TOO_SMALL, TOO_WIDE
from visit import Visit

from bot.usecases import peers
from bot.usecases.turn import Inbound

SMALL = {"width": 320, "height": 640}


async def opens(there: Visit) -> None:
    await there.page.locator("summary").first.press("Enter")
    await there.button("People like me").press("Enter")
    await expect(there.page.get_by_role("heading", name="People like me")).to_be_focused()


async def in_the_hour(clinic: Clinic) -> Patient:
    patient = await clinic.join("copd")
    look = Inbound(clinic.service.id, patient.id, clinic.house.ids.new())
    await peers.look_at(clinic.house, look, "thursday-hour")
    await patient.catches_up()
    await patient.chooses("Join the group")
    await patient.says("Robin")
    return patient


async def fits(there: Visit) -> None:
    assert await there.findings() == []
    assert await there.page.evaluate(TOO_SMALL) == []
    assert not await there.page.evaluate(TOO_WIDE)


async def test_from_the_list_into_the_chat_and_the_room(there: Visit, clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    await sit_down(there, patient)
    await opens(there)
    card = there.page.locator(".card", has=there.page.get_by_role("heading", name="Living with COPD"))
    await expect(card).to_contain_text("You see this because you live with COPD.")
    await expect(card).to_contain_text("A host looks in Mon–Fri, 8am to 8pm")
    await there.button("Look at “Living with COPD”").press("Enter")
    await expect(there.log.get_by_text("Are you happy with these rules?")).to_be_visible()
    await expect(there.log.get_by_text("Living with COPD", exact=True).first).to_be_visible()
    await there.button("Join the group").press("Enter")
    await there.write("Robin")
    await expect(there.button("Open the group")).to_be_visible()
    await opens(there)
    await expect(card).to_contain_text("You are in this group.")
    await there.button("Open “Living with COPD”").press("Enter")
    await expect(there.page.get_by_label("Write to the group")).to_be_visible()


async def narrows(there: Visit) -> None:
    filters = there.page.get_by_text("What would you like to have in common with them?")
    await expect(filters).to_be_visible()  # a key goes nowhere before the list has come
    await filters.press("Enter")


async def test_the_house_rules_in_force_stand_with_each_group(there: Visit, clinic: Clinic) -> None:
    await sit_down(there, await clinic.join("copd"))
    await opens(there)
    card = there.page.locator(".card", has=there.page.get_by_role("heading", name="Living with COPD"))
    await card.get_by_text("House rules of “Living with COPD”").press("Enter")
    rules = card.locator("details.rules li")
    assert await rules.all_inner_texts() == list(clinic.house.shelf.library.group("copd", "en").rules)
    await expect(rules.first).to_be_visible()
    assert await there.findings() == []


async def test_it_is_narrowed_by_what_one_would_like_and_the_button_keeps_the_keyboard(
    there: Visit, clinic: Clinic
) -> None:
    patient = await clinic.join("copd")
    await sit_down(there, patient)
    await opens(there)
    await narrows(there)
    cards, work = there.page.locator(".card"), there.button("Work")
    await expect(work).to_have_attribute("aria-pressed", "false")
    many = await cards.count()
    await work.press("Enter")
    await expect(work).to_have_attribute("aria-pressed", "true")
    await expect(there.page.get_by_text("because you chose “Work”")).to_be_visible()
    await expect(work).to_be_focused()
    assert 0 < await cards.count() < many
    await there.button("New to it").press("Enter")
    await expect(there.page.get_by_text("There is no group like that yet.")).to_be_visible()
    everything = there.page.get_by_role("button", name="All of them")
    for n in range(2):
        await everything.nth(n).press("Enter")
    await expect(cards).to_have_count(many)
    await there.button("An hour a week").press("Enter")
    await expect(there.page.get_by_text("because you chose “An hour a week”")).to_be_visible()
    await expect(cards).to_have_count(1)


async def test_how_many_are_left_is_seen_beside_the_button_that_was_pressed(
    there: Visit, clinic: Clinic
) -> None:
    await there.begin(viewport={"width": 320, "height": 640})
    await sit_down(there, await clinic.join("copd"))
    await opens(there)
    await narrows(there)
    await there.button("Work").press("Enter")
    await expect(there.page.locator(".directory .says")).to_be_in_viewport()


async def test_who_said_no_changes_it_in_the_chat(there: Visit, clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    for key in ("menu:more", "menu:choices", "stop:groups"):
        await patient.presses(key)
    await sit_down(there, patient)
    await opens(there)
    await expect(there.page.get_by_text("You have said no to groups")).to_be_visible()
    assert await there.findings() == []
    await there.button("Change this in my chat").press("Enter")
    await expect(there.log.get_by_text("You have said no to groups")).to_be_visible()
    await there.button("Yes to groups").last.press("Enter")
    await expect(there.log.get_by_text("You can join groups now.")).to_be_visible()
    await opens(there)
    await expect(there.page.get_by_role("heading", name="Living with COPD")).to_be_visible()


async def test_the_calendar_file_is_saved_and_no_address_names_anything(there: Visit, clinic: Clinic) -> None:
    patient = await in_the_hour(clinic)
    await sit_down(there, patient)
    await opens(there)
    asked: list[str] = []
    there.page.on("request", lambda request: asked.append(request.url))
    async with there.page.expect_download() as saving:
        await there.button("Put it in my calendar").press("Enter")
    saved = await saving.value
    assert saved.suggested_filename == "time-for-me.ics"
    text = Path(await saved.path()).read_bytes()
    assert text.startswith(b"BEGIN:VCALENDAR\r\n") and b"SUMMARY:Time for me\r\n" in text
    await expect(there.page.get_by_text("The calendar file is ready.")).to_be_visible()
    assert [url for url in asked if "thursday" in url or patient.token in url] == []


async def test_an_answer_that_comes_late_never_draws_over_a_newer_one(there: Visit, clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    await sit_down(there, patient)
    await opens(there)
    cards, late = there.page.locator(".card"), asyncio.Event()
    await expect(there.page.get_by_role("heading", name="Thursday hour")).to_be_visible()
    many = await cards.count()
    await narrows(there)

    async def hold(route: Route) -> None:
        answer = await route.fetch()
        await late.wait()
        await route.fulfill(response=answer)

    await there.page.route("**/v1/groups?theme=work", hold)
    await there.button("Work").press("Enter")
    await there.page.get_by_role("button", name="All of them").first.press("Enter")
    await expect(there.page.get_by_text(f"{many} groups")).to_be_visible()
    async with there.page.expect_event("requestfinished", lambda request: "theme=work" in request.url):
        late.set()
    await there.page.evaluate("new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))")
    await expect(cards).to_have_count(many)


async def test_what_cannot_be_had_is_tried_again(there: Visit, clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    await sit_down(there, patient)
    await there.page.route("**/v1/groups?*", lambda route: route.abort())
    await opens(there)
    await expect(there.page.get_by_text("The groups cannot be shown right now.")).to_be_visible()
    await there.page.unroute("**/v1/groups?*")
    await there.button("Try again").press("Enter")
    await expect(there.page.get_by_role("heading", name="Living with COPD")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_fits_a_small_screen(there: Visit, clinic: Clinic, scheme: str) -> None:
    patient = await in_the_hour(clinic)
    await there.begin(viewport=SMALL, color_scheme=scheme)
    await sit_down(there, patient)
    await opens(there)
    await expect(there.page.get_by_text("You are in this group.")).to_be_visible()
    await picture(there.page, f"directory-{scheme}")
    await fits(there)
    await there.page.get_by_role("heading", name="Thursday hour").scroll_into_view_if_needed()
    await picture(there.page, f"directory-{scheme}-session")
    await narrows(there)
    await there.button("New to it").press("Enter")
    await expect(there.page.locator(".says")).to_have_text("1 group")
    await picture(there.page, f"directory-{scheme}-narrowed")
    await fits(there)


async def test_without_a_script_it_fits_a_small_screen(there: Visit, clinic: Clinic) -> None:
    patient = await in_the_hour(clinic)
    await there.begin(viewport=SMALL)
    await there.context.add_cookies([{"name": "bounceback-plain", "value": patient.token, "url": there.base}])
    await there.page.goto(f"{there.base}/plain/people-like-me")
    await picture(there.page, "directory-plain")
    assert await there.findings() == []
    assert not await there.page.evaluate(TOO_WIDE)
