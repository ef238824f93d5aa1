"""Joining with an invitation, coming back, being remembered by choice, signing out."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect
from stage import ASKED, READING, TOKEN, Stage
from test_widget_looks import TOO_WIDE
from visit import Visit

from bot.web.answers import Choosable

CODE = "ABCD-1234"


def bodies(stage: Stage, path: str) -> list[dict[str, Any]]:
    return [body for called, body, _ in stage.calls if called == path]


async def test_the_code_of_a_link_is_taken_out_of_the_address(visit: Visit) -> None:
    await visit.open(f"/chat#invite={CODE}")
    await expect(visit.page.get_by_label("Your invitation code")).to_have_value(CODE)
    assert visit.page.url == f"{visit.base}/chat"


async def test_a_code_never_travels_in_an_address(visit: Visit, stage: Stage) -> None:
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    await visit.open(f"/chat#invite={CODE}")
    await visit.join()
    await stage.greeted()
    assert [url for url in asked if "ABCD" in url.split("#")[0] or TOKEN in url] == []


async def test_joining_sends_what_was_agreed_to_with_the_versions_of_its_words(
    visit: Visit, stage: Stage
) -> None:
    await visit.open()
    await visit.join(CODE, "Yes to groups")
    await stage.greeted()
    (body,) = bodies(stage, "join")
    assert body == {
        "invite": CODE,
        "adult": True,
        "consents": {"care": True, "groups": True, "evaluation": False},
        "versions": {"care": "1", "groups": "1", "evaluation": "1"},
        "conditions": ["copd"],
        "language": "en",
        "nation": "england",
    }
    assert stage.hellos[0].token == TOKEN


async def test_it_says_who_reads_and_when_before_anything_is_agreed_to(visit: Visit) -> None:
    await visit.open()
    await visit.join_until("What this is", CODE)
    await expect(visit.page.get_by_text("Step 3 of 6")).to_be_visible()
    await expect(visit.page.locator("form").get_by_text(READING)).to_be_visible()


async def test_joining_may_give_a_name_and_a_way_back(visit: Visit, stage: Stage) -> None:
    await visit.open()
    await visit.join_until("About you", CODE)
    await visit.page.get_by_label("What shall we call you?").fill("Sam")
    await visit.page.get_by_label("Long-term pain").check()
    await visit.page.get_by_label("Where do you live?").select_option(label="Wales")
    await visit.step("Coming back")
    await visit.page.get_by_label("Your e-mail address").fill("sam@example.org")
    await visit.page.get_by_label("Choose a PIN").fill("2468")
    await visit.button("Start").click()
    await stage.greeted()
    (body,) = bodies(stage, "join")
    assert (body["name"], body["contact"], body["pin"]) == ("Sam", "sam@example.org", "2468")
    assert (body["conditions"], body["nation"]) == (["copd", "pain"], "wales")


async def test_nothing_is_lost_on_the_way_back_and_forth(visit: Visit, stage: Stage) -> None:
    await visit.open()
    await visit.join_until("About you", CODE, "Yes to groups")
    await visit.page.get_by_label("What shall we call you?").fill("Sam")
    for title in ("What you agree to", "What this is", "Your age", "Welcome"):
        await visit.button("Back").press("Enter")
        await expect(visit.page.get_by_role("heading", name=title, exact=True)).to_be_focused()
    await expect(visit.page.get_by_label("Your invitation code")).to_have_value(CODE)
    await visit.step("Your age")
    await expect(visit.page.get_by_label("Yes", exact=True)).to_be_checked()
    await visit.step("What this is")
    await visit.step("What you agree to")
    await expect(visit.page.get_by_label("Yes to groups")).to_be_checked()
    await visit.step("About you")
    await expect(visit.page.get_by_label("What shall we call you?")).to_have_value("Sam")


async def test_what_is_missing_is_named_and_the_first_gets_the_keyboard(visit: Visit, stage: Stage) -> None:
    await visit.open()
    await visit.button("Next").click()
    invite = visit.page.get_by_label("Your invitation code")
    await expect(invite).to_be_focused()
    await expect(invite).to_have_attribute("aria-invalid", "true")
    await expect(visit.page.get_by_text("Write your invitation code.").first).to_be_visible()
    assert stage.calls == []


async def test_each_step_asks_for_what_it_needs(visit: Visit, stage: Stage) -> None:
    await visit.open()
    await visit.join_until("Your age", CODE)
    await visit.button("Next").click()
    await expect(visit.page.get_by_text("Choose yes or no.").first).to_be_visible()
    await visit.page.get_by_label("Yes", exact=True).check()
    await visit.step("What this is")
    await visit.step("What you agree to")
    await visit.button("Next").click()
    await expect(visit.page.get_by_text("Tick this box if you agree.").first).to_be_visible()
    await expect(visit.page.get_by_label("Yes, my team may look after me here")).to_be_focused()
    await visit.page.get_by_label("Yes, my team may look after me here").check()
    await visit.step("About you")
    await visit.page.get_by_label("COPD (a lung condition)").uncheck()
    await visit.button("Next").click()
    await expect(visit.page.get_by_text("Choose at least one.").first).to_be_visible()
    assert bodies(stage, "join") == []


async def test_an_address_without_a_pin_is_asked_about(visit: Visit, stage: Stage) -> None:
    await visit.open()
    await visit.join_until("Coming back", CODE)
    await visit.page.get_by_label("Your e-mail address").fill("sam@example.org")
    await visit.button("Start").click()
    await expect(visit.page.get_by_label("Choose a PIN")).to_be_focused()
    assert bodies(stage, "join") == []


async def test_somebody_under_18_is_told_where_to_turn_and_nothing_else_is_sent(
    visit: Visit, stage: Stage
) -> None:
    stage.answers["join"] = (
        403,
        {"code": "under_18", "text": "This is for adults. Ring Childline on 0800 1111."},
    )
    await visit.open()
    await visit.join_until("Your age", CODE)
    await visit.page.get_by_label("No", exact=True).check()
    await visit.button("Next").click()
    answer = visit.page.locator(".form-answer.under_18")
    await expect(answer).to_contain_text("Childline on 0800 1111")
    await expect(answer).to_be_focused()
    assert bodies(stage, "join") == [{"invite": CODE, "adult": False, "consents": {}}]


async def test_a_refused_invitation_keeps_what_was_filled_in(visit: Visit, stage: Stage) -> None:
    stage.answers["invitation"] = (410, {"code": "expired_invite", "text": "We do not know this code."})
    await visit.open()
    await visit.page.get_by_label("Your invitation code").fill(CODE)
    await visit.button("Next").click()
    await expect(visit.page.get_by_text("We do not know this code.")).to_be_visible()
    await expect(visit.page.get_by_label("Your invitation code")).to_have_value(CODE)


async def test_words_that_changed_meanwhile_are_read_and_answered_again(visit: Visit, stage: Stage) -> None:
    stage.answers["join"] = (409, {"code": "consents_changed", "text": "Please read it again."})
    await visit.open()
    await visit.join(CODE, "Yes to groups")
    await expect(visit.page.get_by_text("Please read it again.")).to_be_visible()
    await expect(visit.page.get_by_label("Yes to groups")).not_to_be_checked()
    del stage.answers["join"]
    await visit.page.get_by_label("Yes, my team may look after me here").check()
    await visit.step("About you")
    await visit.step("Coming back")
    await visit.button("Start").press("Enter")
    await stage.greeted()
    assert [body["consents"]["groups"] for body in bodies(stage, "join")] == [True, False]


async def test_without_an_invitation_one_may_come_where_a_service_takes_that(
    visit: Visit, stage: Stage
) -> None:
    stage.asked = ASKED.but(self_referral=(Choosable(id="valley", name="Valley Clinic"),))
    await visit.open()
    await visit.button("I have no invitation").press("Enter")
    await expect(visit.page.get_by_role("heading", name="Your age")).to_be_focused()
    await expect(visit.page.get_by_text("Step 1 of 5")).to_be_visible()
    await visit.page.get_by_label("Yes", exact=True).check()
    await visit.step("What this is")
    await expect(visit.page.get_by_text("Until then nobody reads")).to_be_visible()
    await visit.step("What you agree to")
    await visit.page.get_by_label("Yes, my team may look after me here").check()
    await visit.step("About you")
    await visit.page.get_by_label("What shall we call you?").fill("Robin")
    await visit.page.get_by_label("Long-term pain").check()
    await visit.step("Coming back")
    await visit.button("Start").click()
    await expect(visit.page.get_by_label("Your e-mail address")).to_be_focused()
    await visit.page.get_by_label("Your e-mail address").fill("robin@example.org")
    await visit.page.get_by_label("Choose a PIN").fill("2468")
    await visit.button("Start").click()
    await stage.greeted()
    (body,) = bodies(stage, "refer")
    assert (body["name"], body["conditions"], body["contact"]) == ("Robin", ["pain"], "robin@example.org")


async def test_where_nobody_takes_people_without_an_invitation_it_is_not_offered(visit: Visit) -> None:
    await visit.open()
    await visit.join_until("Your age", CODE)
    await expect(visit.button("I have no invitation")).to_have_count(0)


@pytest.mark.parametrize(
    "title", ["Welcome", "Your age", "What this is", "What you agree to", "About you", "Coming back"]
)
async def test_each_step_fits_a_small_phone_and_axe_finds_nothing(visit: Visit, title: str) -> None:
    await visit.page.set_viewport_size({"width": 320, "height": 640})
    await visit.open(f"/chat#invite={CODE}")
    if title != "Welcome":
        await visit.join_until(title)
    assert await visit.findings() == []
    assert await visit.page.evaluate(TOO_WIDE) == []
    if folder := os.environ.get("JOINING_PICTURES"):
        await visit.page.screenshot(
            path=Path(folder) / f"{title.replace(' ', '-').lower()}.png", full_page=True
        )


async def test_coming_back_always_gets_the_same_answer(visit: Visit, stage: Stage) -> None:
    stage.answers["return"] = (202, {"text": "If we know this address, we have sent a link."})
    await visit.open()
    await visit.button("I have been here before").click()
    await visit.page.get_by_label("Your e-mail address").fill("sam@example.org")
    await visit.button("Send me a link").click()
    await expect(visit.page.get_by_text("If we know this address, we have sent a link.")).to_be_visible()
    assert stage.calls[0][:2] == ("return", {"contact": "sam@example.org"})


async def test_the_link_back_asks_for_the_pin(visit: Visit, stage: Stage) -> None:
    await visit.open("/chat#return=WXYZ")
    await visit.page.get_by_label("Your PIN").fill("2468")
    assert visit.page.url == f"{visit.base}/chat"
    await visit.button("Carry on").click()
    await stage.greeted()
    assert stage.calls[0][:2] == ("return/confirm", {"code": "WXYZ", "proof": "2468"})


async def stored(visit: Visit) -> dict[str, list[str]]:
    return await visit.page.evaluate(
        """async () => ({
          session: Object.values(sessionStorage), local: Object.values(localStorage),
          databases: (await indexedDB.databases()).map((one) => one.name),
          caches: await caches.keys(), cookies: document.cookie ? [document.cookie] : [],
        })"""
    )


async def test_only_the_token_is_kept_in_the_browser_and_only_for_the_tab(visit: Visit, stage: Stage) -> None:
    await visit.open()
    await visit.join(CODE)
    await stage.greeted()
    await visit.write("something private")
    await stage.heard()
    kept = await stored(visit)
    assert kept == {"session": [TOKEN], "local": [], "databases": [], "caches": [], "cookies": []}


async def test_being_remembered_on_the_device_is_a_choice(visit: Visit, stage: Stage) -> None:
    await visit.open()
    await visit.join_until("Coming back", CODE)
    await visit.page.get_by_label("Remember me on this device").check()
    await visit.button("Start").click()
    await stage.greeted()
    assert (await stored(visit))["local"] == [TOKEN]
    again = await visit.context.new_page()
    await again.goto(f"{visit.base}/chat")
    await stage.greeted(2)
    assert stage.hellos[1].token == TOKEN


async def test_a_reload_carries_on_in_the_same_tab(visit: Visit, stage: Stage) -> None:
    stage.keep("Hello again.")
    await visit.signed_in()
    await visit.page.reload()
    await stage.greeted(2)
    await expect(visit.log.get_by_text("Hello again.")).to_be_visible()


async def test_signing_out_leaves_nothing_behind(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await stage.say("Something private.")
    await visit.message(1).wait_for()
    await visit.page.locator("summary").click()
    await visit.button("Sign out of this device").click()
    await expect(visit.page.get_by_role("heading", name="Welcome")).to_be_visible()
    await expect(visit.page.get_by_text("Something private.")).to_have_count(0)
    assert (await stored(visit))["session"] == []
    assert [(path, auth) for path, _, auth in stage.calls] == [("sign-out", f"Bearer {TOKEN}")]


async def test_on_a_shared_device_silence_is_warned_of_and_then_signs_out(visit: Visit, stage: Stage) -> None:
    await visit.page.clock.install()
    await visit.open()
    await visit.join_until("Coming back", CODE)
    await visit.page.get_by_label("Other people use it too").check()
    await visit.button("Start").click()
    await stage.greeted()
    assert bodies(stage, "join")[0]["shared"] is True
    assert (await stored(visit))["local"] == []
    await stage.say("Something private.")
    await visit.message(1).wait_for()
    await visit.page.clock.fast_forward(13 * 60 * 1000 + 2000)
    await expect(visit.page.locator(".notice")).to_contain_text("You will be signed out in 2 minutes")
    await visit.page.clock.fast_forward(2 * 60 * 1000)
    await expect(visit.page.get_by_role("heading", name="Welcome")).to_be_visible()
    await expect(visit.page.get_by_text("Something private.")).to_have_count(0)
    assert (await stored(visit))["session"] == []
    assert bodies(stage, "sign-out") == [{}]
