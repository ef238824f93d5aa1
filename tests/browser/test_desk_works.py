"""The desk in a real browser: alerts that appear by themselves, the keyboard alone, and no script at all."""

from __future__ import annotations

from clinic import PASSWORD, Clinic
from desk_scene import CRISIS
from desk_visit import sit_down
from playwright.async_api import Locator, Page, expect
from visit import Visit


async def tab_to(page: Page, wanted: Locator) -> None:
    """With the Tab key alone, and visibly: what has the keyboard has an outline."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await wanted.evaluate("(one) => one === document.activeElement"):
            assert await wanted.evaluate("(one) => getComputedStyle(one).outlineStyle") == "solid"
            return
    raise AssertionError("the Tab key does not lead there")


async def test_an_alert_appears_without_a_reload(there: Visit, clinic: Clinic) -> None:
    patient = await clinic.join("copd", name="Sam")
    await sit_down(there, clinic, clinic.therapist)
    await there.page.goto(there.base + "/desk")
    await there.page.evaluate("window.untouched = true")
    await expect(there.page.get_by_text("No open alerts.")).to_be_visible()
    await patient.says(CRISIS)
    await expect(there.page.get_by_role("link", name="Thoughts of suicide or self-harm: Sam")).to_be_visible()
    await expect(
        there.page.get_by_role("status").filter(has_text="The list has changed: 1 open")
    ).to_be_visible()
    assert await there.page.title() == "(1) Alerts · Bounceback desk"
    assert await there.page.evaluate("window.untouched") is True


async def test_the_keyboard_stays_where_it_was(there: Visit, clinic: Clinic) -> None:
    first, second = await clinic.join(name="Sam"), await clinic.join(name="Kit")
    await first.says(CRISIS)
    await sit_down(there, clinic, clinic.therapist)
    await there.page.goto(there.base + "/desk")
    held = there.page.get_by_role("link", name="Sam")
    await held.focus()
    await second.says(CRISIS)
    await expect(there.page.get_by_role("link", name="Kit")).to_be_visible()
    await expect(held).to_be_focused()


async def test_from_signing_in_to_a_resolved_alert_with_the_keyboard_alone(
    there: Visit, clinic: Clinic
) -> None:
    patient = await clinic.join("copd", name="Sam")
    await patient.says(CRISIS)
    page = there.page
    await page.goto(there.base + "/desk")
    for label, text in (
        ("Service", clinic.service.slug),
        ("E-mail", clinic.therapist.email),
        ("Password", PASSWORD),
    ):
        await tab_to(page, page.get_by_label(label))
        await page.keyboard.type(text)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Alerts")).to_be_visible()
    await tab_to(page, page.get_by_role("link", name="Thoughts of suicide or self-harm: Sam"))
    await page.keyboard.press("Enter")
    await tab_to(page, page.get_by_role("button", name="Acknowledge"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("You have acknowledged this alert.")).to_be_visible()
    await tab_to(page, page.get_by_label("I have been in contact with them"))
    await page.keyboard.press("Space")
    await tab_to(page, page.get_by_label("Note for colleagues"))
    await page.keyboard.type("Spoke for ten minutes.")
    await tab_to(page, page.get_by_role("button", name="Resolve"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("The alert is resolved.")).to_be_visible()
    await expect(page.get_by_text("Spoke for ten minutes.")).to_be_visible()
    (alert,) = await patient.alerts()
    assert (alert.state, alert.outcome) == ("resolved", "contacted")


async def test_one_key_for_what_is_done_most(there: Visit, clinic: Clinic) -> None:
    first, second = await clinic.join(name="Sam"), await clinic.join(name="Kit")
    await first.says(CRISIS)
    clinic.clock.advance(minutes=1)
    await second.says(CRISIS)
    page = there.page
    await sit_down(there, clinic, clinic.therapist)
    await page.goto(there.base + "/desk")
    sam, kit = page.get_by_role("link", name="Sam"), page.get_by_role("link", name="Kit")
    await page.keyboard.press("a")  # nowhere in the list: nothing happens
    await tab_to(page, sam)
    await page.keyboard.press("j")
    await expect(kit).to_be_focused()
    await page.keyboard.press("k")
    await expect(sam).to_be_focused()
    await page.keyboard.press("a")
    await expect(page.get_by_text("You have acknowledged this alert.")).to_be_visible()
    assert {a.id: a.state for a in await clinic.alerts()} == {
        (await first.alerts())[0].id: "acknowledged",
        (await second.alerts())[0].id: "open",
    }
    await page.goto(there.base + "/desk")
    await tab_to(page, page.get_by_role("link", name="Kit"))
    await page.keyboard.press("r")
    await expect(page.get_by_role("heading", name="What you do")).to_be_visible()
    assert page.url.endswith("#resolve")


async def test_everything_works_without_a_script(there: Visit, clinic: Clinic) -> None:
    patient = await clinic.join("copd", name="Sam")
    await patient.says(CRISIS)
    await there.begin(java_script_enabled=False)
    await sit_down(there, clinic, clinic.therapist)
    page = there.page
    await page.goto(there.base + "/desk")
    await page.get_by_role("link", name="Sam").click()
    await page.get_by_role("link", name="See it in the chat").click()
    await expect(page.locator("li.bubble:target")).to_contain_text(CRISIS)
    await page.get_by_label("Message to Sam").fill("I am here.")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator("li.bubble.team")).to_contain_text("I am here.")
    await patient.catches_up()
    assert patient.last.shown.text == "I am here."


async def test_a_link_that_is_shown_once_can_be_copied(there: Visit, clinic: Clinic) -> None:
    await sit_down(there, clinic, clinic.therapist)
    await there.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = there.page
    await page.goto(there.base + "/desk/invite")
    await page.get_by_label("COPD").check()
    await page.get_by_role("button", name="Make an invitation").click()
    await page.get_by_role("button", name="Copy").first.click()
    await expect(page.get_by_text("The link is copied.")).to_be_visible()
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied == await page.get_by_label("Link").input_value()
    assert copied.startswith(f"{there.base}/chat#invite=")


async def test_a_link_in_a_mail_opens_the_alert_for_somebody_signed_in(there: Visit, clinic: Clinic) -> None:
    """Coming from another site the browser holds the strict cookie back; our own page asks once more."""
    patient = await clinic.join("copd", name="Sam")
    await patient.says(CRISIS)
    (alert,) = await patient.alerts()
    await sit_down(there, clinic, clinic.therapist)
    elsewhere = there.base.replace("127.0.0.1", "localhost")
    await there.page.goto(f"{elsewhere}/urgent")
    await there.page.evaluate(
        """(to) => {
          const link = document.createElement("a");
          link.href = to;
          link.textContent = "Open it here";
          document.body.prepend(link);
        }""",
        f"{there.base}/desk/alerts/{alert.id}",
    )
    await there.page.get_by_role("link", name="Open it here").click()
    await expect(there.page.get_by_role("button", name="Acknowledge")).to_be_visible()
