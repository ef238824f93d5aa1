"""Always there: Get help now, Leave this site, and who reads this."""

import re

import pytest
from playwright.async_api import expect
from stage import READING, Stage
from visit import Visit

LEAVE = 'leave-url="/elsewhere"'


async def test_help_opens_with_numbers_to_press(visit: Visit) -> None:
    await visit.signed_in()
    await visit.button("Get help now").click()
    panel = visit.page.get_by_role("dialog", name="Get help now")
    assert await panel.get_by_role("link", name="Call 999").get_attribute("href") == "tel:999"


async def test_help_works_with_no_connection_at_all(visit: Visit) -> None:
    await visit.signed_in()
    await visit.context.set_offline(True)
    await visit.state("offline")
    await visit.button("Get help now").click()
    await expect(visit.page.get_by_role("link", name="Call 116 123")).to_be_visible()


async def test_help_is_there_before_anybody_joins(visit: Visit) -> None:
    await visit.open()
    await visit.page.get_by_role("heading", name="Welcome").wait_for()
    await expect(visit.button("Get help now")).to_be_visible()
    await expect(visit.button("Leave this site")).to_be_visible()


async def test_help_is_there_while_the_widget_is_closed(visit: Visit) -> None:
    await visit.open("/host")
    await visit.button("Get help now").click()
    await visit.page.get_by_role("dialog", name="Get help now").wait_for()
    await visit.button("Close and go back").click()
    await expect(visit.button("Talk to Bounceback")).to_be_visible()


async def test_help_shows_the_lines_of_the_service_when_it_knows_them(visit: Visit, stage: Stage) -> None:
    stage.urgent = {"kind": "advice", "lines": [{"text": "Breathing Space", "number": "0800 83 85 87"}]}
    await visit.signed_in()
    await visit.button("Get help now").click()
    link = visit.page.get_by_role("link", name="Call 0800 83 85 87")
    assert await link.get_attribute("href") == "tel:0800838587"


async def test_help_keeps_the_keyboard_until_it_is_closed(visit: Visit) -> None:
    await visit.signed_in()
    await visit.button("Get help now").press("Enter")
    held = set()
    for _ in range(12):
        await visit.page.keyboard.press("Tab")
        held.add(
            await visit.page.evaluate(
                "document.querySelector('bounceback-chat').shadowRoot.activeElement.closest('.help') !== null"
            )
        )
    assert held == {True}


async def test_escape_closes_help_and_gives_the_keyboard_back(visit: Visit) -> None:
    await visit.signed_in()
    await visit.button("Get help now").press("Enter")
    await visit.page.keyboard.press("Escape")
    assert await visit.focused() == "Get help now"
    await expect(visit.page.get_by_role("dialog")).to_have_count(0)


async def test_an_unsent_message_offers_help_beside_it(visit: Visit) -> None:
    await visit.signed_in()
    await visit.context.set_offline(True)
    await visit.state("offline")
    await visit.write("I need somebody")
    await visit.page.get_by_role("button", name="If you need help now, do not wait for me.").click()
    await expect(visit.page.get_by_role("dialog", name="Get help now")).to_be_visible()


async def test_leave_this_site_replaces_the_page(visit: Visit, stage: Stage) -> None:
    stage.attributes = f"open {LEAVE}"
    await visit.open("/host")
    await visit.button("Leave this site").first.click()
    await visit.page.wait_for_url("**/elsewhere")
    await visit.page.go_back()
    assert "/host" not in visit.page.url


async def test_shift_three_times_leaves(visit: Visit, stage: Stage) -> None:
    stage.attributes = LEAVE
    await visit.open("/host")
    for _ in range(3):
        await visit.page.keyboard.press("Shift")
    await visit.page.wait_for_url("**/elsewhere")


async def test_capital_letters_do_not_leave(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await visit.box.focus()
    for letter in "ABCD":
        await visit.page.keyboard.press(f"Shift+{letter}")
    assert await visit.box.input_value() == "ABCD"
    assert visit.page.url.endswith("/chat")


async def test_leaving_asks_nothing_even_with_something_unsent(visit: Visit, stage: Stage) -> None:
    stage.acknowledges = False
    await visit.signed_in()
    await visit.page.locator("bounceback-chat").evaluate(
        "(chat) => chat.setAttribute('leave-url', '/elsewhere')"
    )
    await visit.write("hello")
    await stage.heard()
    asked: list[str] = []
    visit.page.on("dialog", lambda dialog: asked.append(dialog.type))
    await visit.button("Leave this site").click()
    await visit.page.wait_for_url("**/elsewhere")
    assert asked == []


async def test_by_default_it_leaves_for_the_weather(visit: Visit) -> None:
    await visit.signed_in()
    await visit.context.route(re.compile("^https:"), lambda route: route.abort())
    async with visit.page.expect_event("request", lambda request: request.is_navigation_request()) as left:
        await visit.button("Leave this site").click()
    assert (await left.value).url == "https://www.bbc.co.uk/weather"


@pytest.mark.parametrize("path", ["/chat", "/host"])
async def test_who_reads_this_and_when_is_known_before_signing_in(
    visit: Visit, stage: Stage, path: str
) -> None:
    stage.attributes = "open"
    await visit.open(path)
    await expect(visit.page.get_by_text(READING)).to_be_visible()


async def test_the_urgent_page_needs_no_script(visit: Visit) -> None:
    await visit.begin(java_script_enabled=False)
    await visit.page.goto(visit.base + "/urgent")
    await expect(visit.page.get_by_role("link", name="Call 999")).to_be_visible()


async def test_the_chat_page_leads_to_help_without_any_script(visit: Visit) -> None:
    await visit.begin(java_script_enabled=False)
    await visit.page.goto(visit.base + "/chat")
    assert await visit.page.get_by_role("link", name="Get help now").get_attribute("href") == "/urgent"


# -- one's own safety plan, below the numbers ---------------------------------------------------------

PLAN = {
    "lang": "en",
    "parts": [
        {"title": "My warning signs", "text": "I stop answering the phone"},
        {"title": "People I can turn to", "text": "my sister Ana\n07700 900000"},
    ],
}


async def test_help_shows_ones_own_plan_below_the_numbers(visit: Visit, stage: Stage) -> None:
    stage.plan = PLAN
    await visit.signed_in()
    await visit.button("Get help now").click()
    panel = visit.page.get_by_role("dialog", name="Get help now")
    await expect(panel.get_by_text("my sister Ana")).to_be_visible()
    told = await panel.inner_text()
    assert told.index("Call 999") < told.index("My warning signs")


async def test_a_plan_leaves_nothing_in_the_browsers_storage(visit: Visit, stage: Stage) -> None:
    stage.plan = PLAN
    await visit.signed_in()
    await visit.button("Get help now").click()
    await visit.page.get_by_text("my sister Ana").wait_for()
    kept = await visit.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "Ana" not in kept
    await visit.button("Close and go back").click()
    assert await visit.page.get_by_text("my sister Ana").count() == 0


async def test_help_says_so_where_the_plan_cannot_be_shown(visit: Visit, stage: Stage) -> None:
    stage.plan = None
    await visit.signed_in()
    await visit.button("Get help now").click()
    await visit.page.get_by_text("Your safety plan cannot be shown right now.").wait_for()
    await expect(visit.page.get_by_role("link", name="Call 999")).to_be_visible()
    stage.plan = PLAN
    await visit.button("Try again").click()
    await visit.page.get_by_text("my sister Ana").wait_for()


async def test_offline_the_plan_of_this_visit_is_still_there(visit: Visit, stage: Stage) -> None:
    stage.plan = PLAN
    await visit.signed_in()
    await visit.button("Get help now").click()
    await visit.page.get_by_text("my sister Ana").wait_for()
    await visit.button("Close and go back").click()
    await visit.context.set_offline(True)
    await visit.state("offline")
    await visit.button("Get help now").click()
    await visit.page.get_by_text("You are offline. This is your plan as it was").wait_for()
    await expect(visit.page.get_by_text("my sister Ana")).to_be_visible()


async def test_before_signing_in_no_plan_is_asked_for(visit: Visit) -> None:
    await visit.open()
    await visit.button("Get help now").click()
    await visit.page.get_by_role("dialog", name="Get help now").wait_for()
    await expect(visit.page.get_by_role("heading", name="My safety plan")).to_have_count(0)


async def test_a_plan_is_begun_from_the_panel_in_the_chat(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await visit.button("Get help now").click()
    await visit.button("Make my safety plan").click()
    [said] = await stage.heard(1)
    assert said.choice == "0.menu:plan"
    await expect(visit.page.get_by_role("dialog")).to_have_count(0)


async def test_a_plan_is_printed_alone_and_with_the_numbers(visit: Visit, stage: Stage) -> None:
    stage.plan = PLAN
    await visit.signed_in()
    await visit.page.evaluate(
        """() => {
          const grow = document.body.append.bind(document.body);
          document.body.append = (frame) => {
            grow(frame);
            frame.contentWindow.print = () => (window.printed = frame.contentDocument.body.innerText);
          };
        }"""
    )
    await visit.button("Get help now").click()
    await visit.button("Print my safety plan").click()
    printed = await visit.page.evaluate("window.printed")
    assert "I stop answering the phone" in printed and "999" in printed
    assert "Get help now" not in printed
