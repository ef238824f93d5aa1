"""Joining with an invitation, coming back, being remembered by choice, signing out."""

from playwright.async_api import expect
from stage import TOKEN, Stage
from visit import Visit


async def fill_in(visit: Visit, *, adult: str = "Yes") -> None:
    await visit.page.get_by_label("Your invitation code").fill("ABCD-1234")
    await visit.page.get_by_label(adult, exact=True).check()
    await visit.page.get_by_label("My care team may see").check()


async def test_the_code_of_a_link_is_taken_out_of_the_address(visit: Visit) -> None:
    await visit.open("/chat#invite=ABCD-1234")
    await expect(visit.page.get_by_label("Your invitation code")).to_have_value("ABCD-1234")
    assert visit.page.url == f"{visit.base}/chat"


async def test_a_code_never_travels_in_an_address(visit: Visit, stage: Stage) -> None:
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    await visit.open("/chat#invite=ABCD-1234")
    await fill_in(visit)
    await visit.button("Start").click()
    await stage.greeted()
    assert [url for url in asked if "ABCD" in url.split("#")[0] or TOKEN in url] == []


async def test_joining_sends_what_was_agreed_to(visit: Visit, stage: Stage) -> None:
    await visit.open()
    await fill_in(visit)
    await visit.page.get_by_label("I may join groups").check()
    await visit.button("Start").click()
    await stage.greeted()
    assert stage.calls[0][:2] == (
        "join",
        {
            "invite": "ABCD-1234",
            "adult": True,
            "consents": {"care": True, "groups": True, "evaluation": False},
        },
    )
    assert stage.hellos[0].token == TOKEN


async def test_joining_may_give_a_name_and_a_way_back(visit: Visit, stage: Stage) -> None:
    await visit.open()
    await fill_in(visit)
    await visit.page.get_by_label("What shall we call you?").fill("Sam")
    await visit.page.get_by_label("Your e-mail address").fill("sam@example.org")
    await visit.page.get_by_label("Choose a PIN").fill("2468")
    await visit.button("Start").click()
    await stage.greeted()
    body = stage.calls[0][1]
    assert (body["name"], body["contact"], body["pin"]) == ("Sam", "sam@example.org", "2468")


async def test_what_is_missing_is_named_and_the_first_gets_the_keyboard(visit: Visit, stage: Stage) -> None:
    await visit.open()
    await visit.button("Start").click()
    invite = visit.page.get_by_label("Your invitation code")
    await expect(invite).to_be_focused()
    await expect(invite).to_have_attribute("aria-invalid", "true")
    await expect(visit.page.get_by_text("Write your invitation code.").first).to_be_visible()
    await expect(visit.page.get_by_text("Tick this box if you agree.").first).to_be_visible()
    assert stage.calls == []


async def test_an_address_without_a_pin_is_asked_about(visit: Visit, stage: Stage) -> None:
    await visit.open()
    await fill_in(visit)
    await visit.page.get_by_label("Your e-mail address").fill("sam@example.org")
    await visit.button("Start").click()
    await expect(visit.page.get_by_label("Choose a PIN")).to_be_focused()
    assert stage.calls == []


async def test_somebody_under_18_is_told_where_to_turn(visit: Visit, stage: Stage) -> None:
    stage.answers["join"] = (
        403,
        {"code": "under_18", "text": "This is for adults. Ring Childline on 0800 1111."},
    )
    await visit.open()
    await fill_in(visit, adult="No")
    await visit.button("Start").click()
    answer = visit.page.locator(".form-answer.under_18")
    await expect(answer).to_contain_text("Childline on 0800 1111")
    await expect(answer).to_be_focused()


async def test_a_refused_invitation_keeps_what_was_filled_in(visit: Visit, stage: Stage) -> None:
    stage.answers["join"] = (404, {"code": "not_found", "text": "We do not know this code."})
    await visit.open()
    await fill_in(visit)
    await visit.button("Start").click()
    await expect(visit.page.get_by_text("We do not know this code.")).to_be_visible()
    await expect(visit.page.get_by_label("Your invitation code")).to_have_value("ABCD-1234")


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
    await fill_in(visit)
    await visit.button("Start").click()
    await stage.greeted()
    await visit.write("something private")
    await stage.heard()
    kept = await stored(visit)
    assert kept == {"session": [TOKEN], "local": [], "databases": [], "caches": [], "cookies": []}


async def test_being_remembered_on_the_device_is_a_choice(visit: Visit, stage: Stage) -> None:
    await visit.open()
    await fill_in(visit)
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
