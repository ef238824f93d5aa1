"""How this looks and sounds: letters, space, calm, voices of the device, less data."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.async_api import expect
from scenes import (
    Scene,
    chat,
    exercise_running,
    group,
    help_open,
    join,
    module_page,
    picture_to_ask_for,
    question,
    scale,
    settings,
)
from stage import TOKEN, Stage
from test_widget_languages import CUT_OFF
from test_widget_looks import TOO_SMALL, TOO_WIDE
from visit import Visit

from bot.core.shown import Choice, PictureShown, Signpost, Urgent

TITLE = "How this looks and sounds"
SMALL = {"width": 320, "height": 640}
SIZE = "(one) => parseFloat(getComputedStyle(one).fontSize)"

# Voices as a browser has them: one that is there at once, one on the internet, and what they were asked to say.
VOICES = """
window.said = [];
const voices = [
  { name: "Own", lang: "en-GB", localService: true, default: true },
  { name: "Net", lang: "en-US", localService: false, default: false },
  { name: "Net pl", lang: "pl-PL", localService: false, default: false },
  { name: "Własny", lang: "cy_GB", localService: true, default: false },
];
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => voices,
  addEventListener: () => null,
  speak: (one) => { window.said.push([one.text, one.voice && one.voice.name, one.lang]); window.last = one; if (one.onstart) one.onstart(); },
  cancel: () => window.said.push(["", "stop", ""]),
} });
"""


async def in_settings(visit: Visit, stage: Stage) -> None:
    await chat(visit, stage)
    await visit.chooses_in_menu(TITLE)
    await visit.page.get_by_role("heading", name=TITLE).wait_for()


async def larger(visit: Visit) -> None:
    """Letters twice as large on a device that remembers it."""
    await visit.remembered(TOKEN)
    await visit.page.add_init_script(
        """localStorage.setItem("bounceback wishes", JSON.stringify({ size: 3, space: 1 }))"""
    )


async def kept(visit: Visit) -> dict[str, Any]:
    return json.loads(await visit.page.evaluate("JSON.stringify({ ...localStorage })"))


async def test_letters_grow_after_something_was_said(visit: Visit, stage: Stage) -> None:
    await chat(visit, stage)
    await visit.write("Hello there.")
    await stage.heard()
    await visit.chooses_in_menu(TITLE)
    await visit.page.get_by_label("Twice as large").check()
    await visit.page.locator(".frame[data-large]").wait_for()


async def test_letters_grow_at_once_and_shrink_again(visit: Visit, stage: Stage) -> None:
    await in_settings(visit, stage)
    label = visit.page.get_by_text("No movement")
    usual = await label.evaluate(SIZE)
    await visit.page.get_by_label("Twice as large").check()
    await expect(label).to_have_css("font-size", f"{usual * 2:g}px")
    await visit.page.get_by_label("Usual", exact=True).check()
    await expect(label).to_have_css("font-size", f"{usual:g}px")


async def test_letters_grow_where_sheets_are_linked(visit: Visit, stage: Stage) -> None:
    await visit.page.add_init_script("delete ShadowRoot.prototype.adoptedStyleSheets")
    await test_letters_grow_at_once_and_shrink_again(visit, stage)


@pytest.mark.parametrize(
    "scene",
    [join, chat, question, scale, group, help_open, exercise_running, settings, module_page],
    ids=lambda scene: scene.__name__,
)
async def test_twice_as_large_with_more_space_nothing_is_cut_off_at_320_px(
    visit: Visit, stage: Stage, scene: Scene
) -> None:
    await larger(visit)
    await visit.page.set_viewport_size(SMALL)
    await scene(visit, stage)
    await visit.page.locator(".frame[data-large]").wait_for()
    assert await visit.page.evaluate(TOO_WIDE) == []
    assert await visit.page.evaluate(TOO_SMALL) == []
    assert await visit.page.evaluate(CUT_OFF) == []
    assert await visit.findings() == []
    help_now = visit.page.locator(".help-button:visible, .help button").first
    await help_now.scroll_into_view_if_needed()
    await expect(help_now).to_be_in_viewport()


async def test_nothing_is_kept_unless_they_are_remembered(visit: Visit, stage: Stage) -> None:
    await in_settings(visit, stage)
    await visit.page.get_by_label("Very large").check()
    await visit.page.locator(".frame[data-large]").wait_for()
    assert await kept(visit) == {}
    await expect(visit.page.get_by_text("This lasts until you close the page.")).to_be_visible()


async def test_where_they_are_remembered_numbers_are_kept_and_no_words(visit: Visit, stage: Stage) -> None:
    await visit.remembered(TOKEN)
    await in_settings(visit, stage)
    await visit.page.get_by_label("Very large").check()
    await visit.page.get_by_label("No movement").check()
    held = json.loads((await kept(visit))["bounceback wishes"])
    assert held == {"size": 2, "space": 0, "calm": 1, "light": 0, "play": 0, "aloud": 0}
    await visit.page.reload()
    await visit.page.locator(".frame[data-large][data-calm]").wait_for()
    await visit.chooses_in_menu("Sign out of this device")
    await expect(visit.page.locator(".frame")).not_to_have_attribute("data-calm", "")
    assert "bounceback wishes" not in await kept(visit)


async def test_calm_ends_all_movement(visit: Visit, stage: Stage) -> None:
    await visit.page.emulate_media(reduced_motion="no-preference")
    await in_settings(visit, stage)
    await visit.page.get_by_label("No movement").check()
    await visit.button("Back to my chat").click()
    moving = "(one) => getComputedStyle(one).animationName"
    await expect(visit.page.locator(".frame[data-calm]")).to_be_visible()
    assert await visit.message(1).evaluate(moving) == "none"


async def test_simple_words_are_asked_for_in_the_chat(visit: Visit, stage: Stage) -> None:
    await in_settings(visit, stage)
    await visit.button("Use simple words").click()
    [said] = await stage.heard()
    assert said.choice == "0.menu:easy"
    await visit.page.locator(".history").wait_for()


# -- read aloud


async def test_only_voices_of_the_device_are_asked(visit: Visit, stage: Stage) -> None:
    await visit.page.add_init_script(VOICES)
    await in_settings(visit, stage)
    await visit.page.get_by_label("A button under each message").check()
    await visit.button("Back to my chat").click()
    lines = (Signpost(text="Ring", number="999"),)
    await stage.say("Dzień dobry.", lang="pl", urgent=Urgent(kind="crisis", lines=lines))
    await stage.say("Shall we?", choices=(Choice(id="6.yes", label="Yes"),))
    play = visit.message(6).get_by_role("button", name="Read aloud")
    await play.click()
    assert await visit.page.evaluate("said") == [
        ["", "stop", ""],
        ["Shall we?", "Own", "en-GB"],
        ["Yes", "Own", "en-GB"],
    ]
    await expect(visit.message(6).get_by_role("button", name="Stop reading")).to_be_visible()
    await expect(visit.message(5).get_by_role("button", name="Read aloud")).to_be_hidden()
    await visit.page.evaluate("last.onend()")
    await expect(play).to_be_visible()
    assert await visit.findings() == []


async def test_new_messages_are_read_each_in_its_own_language(visit: Visit, stage: Stage) -> None:
    await visit.page.add_init_script(VOICES)
    await in_settings(visit, stage)
    await visit.page.get_by_label("Read new messages aloud").check()
    await visit.button("Back to my chat").click()
    await stage.say("Bore da.", lang="cy")
    lines = (Signpost(text="Ring", number="999"),)
    await stage.say("Dzień dobry.", lang="pl", urgent=Urgent(kind="crisis", lines=lines))
    await visit.message(6).wait_for()
    said = [one for one in await visit.page.evaluate("said") if one[1] != "stop"]
    assert said == [["Bore da.", "Własny", "cy_GB"], ["Ring 999", "Own", "en-GB"]]


async def test_where_the_device_has_no_voice_it_says_so(visit: Visit, stage: Stage) -> None:
    await visit.page.add_init_script(VOICES.replace("localService: true", "localService: false"))
    await in_settings(visit, stage)
    await expect(visit.page.get_by_text("has no voice of its own in English")).to_be_visible()
    await expect(visit.page.get_by_label("Read new messages aloud")).to_be_hidden()
    assert await visit.page.evaluate("said") == []


async def test_leaving_ends_what_is_being_read(visit: Visit, stage: Stage) -> None:
    await visit.page.add_init_script(VOICES)
    stage.attributes = f'open token="{TOKEN}" leave-url="/elsewhere"'
    await visit.open("/host")
    await stage.greeted()
    await visit.chooses_in_menu(TITLE)
    await visit.page.get_by_label("A button under each message").check()
    stops = "window.speechSynthesis.cancel = () => fetch('/v1/stopped', { method: 'POST', body: '{}', keepalive: true })"
    await visit.page.evaluate(stops)
    await visit.page.locator(".leave:visible").click()
    await visit.page.wait_for_url("**/elsewhere")
    assert "stopped" in [path for path, *_ in stage.calls]


# -- less data


async def test_a_picture_waits_until_it_is_asked_for(visit: Visit, stage: Stage) -> None:
    asked: list[tuple[str, str]] = []
    await picture_to_ask_for(visit, stage)
    visit.page.on("request", lambda request: asked.append((request.method, request.url.rpartition("/")[2])))
    await expect(visit.page.get_by_text("A path up a hill")).to_be_visible()
    button = visit.page.get_by_role("button", name="Load the picture (1 KB)")
    await expect(button).to_be_visible()
    assert ("GET", "icon.svg") not in asked
    await button.press("Enter")
    await expect(visit.page.get_by_role("img", name="A path up a hill")).to_be_visible()


async def test_save_data_is_honoured(visit: Visit, stage: Stage) -> None:
    await visit.page.add_init_script(
        "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"
    )
    await visit.signed_in()
    await stage.say("Look.", picture=PictureShown(source="/widget/icon.svg", description="A path"))
    await expect(visit.page.get_by_role("button", name="Load the picture")).to_be_visible()


# -- films


CAPTIONS = """WEBVTT

00:00.000 --> 00:02.000
Breathe in <i>slowly</i>.

2
00:02.000 --> 00:05.000
And out,
twice as long.
"""


async def test_a_film_shows_its_captions_and_they_can_be_read(visit: Visit, stage: Stage) -> None:
    await visit.page.route("**/walk.vtt", lambda route: route.fulfill(body=CAPTIONS, content_type="text/vtt"))
    await visit.signed_in()
    film = PictureShown(source="/media/walk.mp4", description="A walk", captions="/media/walk.vtt")
    await stage.say("Look.", picture=film)
    track = visit.page.locator("video track[kind=captions]")
    await track.wait_for(state="attached")
    assert await track.evaluate("(one) => [one.default, one.track.mode, one.label]") == [
        True,
        "showing",
        "Captions",
    ]
    await visit.page.get_by_text("Read what is said").press("Enter")
    await expect(visit.page.get_by_text("Breathe in slowly.")).to_be_visible()
    await expect(visit.page.get_by_text("And out, twice as long.")).to_be_visible()
    assert await visit.findings() == []
