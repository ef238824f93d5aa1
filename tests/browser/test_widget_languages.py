"""The widget in other languages: made-up ones that show what is cut off, hard-wired or the wrong way round."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect
from pseudo import accented, hebrew
from scenes import LINES, ROOM
from stage import READING, WEB, Stage
from test_widget_clinic import Site
from test_widget_looks import TOO_SMALL, TOO_WIDE
from visit import Visit, check_in

from bot.core.library import Library
from bot.core.library.guarded import is_crisis_text
from bot.core.shown import Answer, Chart, Choice, ExerciseShown, MoveShown, Point, ReadBack, Urgent

PICTURES = os.environ.get("PICTURES")
SAY = {"eo": accented, "he": hebrew}
SMALL = {"width": 320, "height": 640}

# All words of the page that somebody sees or hears, and the language each is in.
WORDS = """() => {
  const words = [];
  const langOf = (node) => (node.nodeType === 1 ? node : node.parentElement).closest("[lang]").lang;
  const walk = (node) => {
    if (node.nodeType === 3 && node.data.trim()) words.push([node.data.trim(), langOf(node)]);
    if (node.nodeType !== 1) return;
    for (const name of ["aria-label", "title", "alt", "placeholder"])
      if (node.getAttribute(name)) words.push([node.getAttribute(name), langOf(node)]);
    node.childNodes.forEach(walk);
  };
  walk(document.querySelector("bounceback-chat").shadowRoot.querySelector(".frame"));
  return words;
}"""

CUT_OFF = """() => Array.from(
  document.querySelector("bounceback-chat").shadowRoot.querySelectorAll("button, label, p, li, dt, dd, h2, h3, summary, .words, legend"))
  .filter((one) => one.offsetParent && !one.closest(".sr") && (one.scrollWidth > one.clientWidth + 1)
    && getComputedStyle(one).display !== "inline")
  .map((one) => `${one.tagName} ${one.scrollWidth} > ${one.clientWidth}: ${one.textContent.slice(0, 60)}`)"""


async def picture(visit: Visit, name: str) -> None:
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        await visit.page.screenshot(path=f"{PICTURES}/{name}.png")


async def look_at(visit: Visit, stage: Stage, library: Library, lang: str) -> None:
    """A patient of this language, whose server says nothing that helps in a crisis in it."""
    english = library.texts["en"]
    say = SAY[lang]
    own = {k: say(t) for k, t in english.items() if k.startswith("widget_") and not is_crisis_text(k, t)}
    stage.texts, stage.lang, stage.reading = {lang: own}, lang, say(READING)
    await visit.page.set_viewport_size(SMALL)
    await visit.signed_in()
    await visit.page.locator(f".frame[lang={lang}] .history").wait_for()
    await visit.state("online")


async def everything(stage: Stage, lang: str) -> None:
    """One message of each kind, each in a language that says so."""
    say: Any = SAY[lang]
    await stage.say(say("Hello. It is **good** to see you."), lang=lang)
    await stage.say(say("I have read what you wrote."), "team", name=say("Ade"), lang=lang)
    points = tuple(Point(on=f"2026-0{m}-03", total=21 - 2 * m, band=say("mild")) for m in range(3, 6))
    charts = (
        Chart(measure="phq9", title=say("How low"), low=0, high=27, sentence=say("It fell."), points=points),
    )
    await stage.say(say("Here you are."), charts=charts, lang=lang)
    moves = (MoveShown(do=say("Breathe in gently"), seconds=2), MoveShown(do=say("Breathe out"), seconds=64))
    buttons = (Choice(id="4.done", label=say("Done")), Choice(id="4.stop", label=say("Stop")))
    exercise = ExerciseShown(seconds=180, moves=moves)
    await stage.say(say("Breathe in. Breathe out."), exercise=exercise, choices=buttons, lang=lang)
    back = (
        ReadBack(item="phq9.1", text=say("Little interest"), answer=say("Several days")),
        ReadBack(item="phq9.2", text=say("Feeling down"), answer=""),
    )
    await stage.say(say("Is this right?"), read_back=back, lang=lang)
    options = tuple(
        Answer(value=n, label=say(label)) for n, label in enumerate(("Not at all", "Nearly every day"))
    )
    asked = check_in(6, stem=say("Over the last 2 weeks"), text=say("Trouble sleeping?"), options=options)
    asked["choices"] = (
        Choice(id="6.skip", label=say("Skip this one")),
        Choice(id="6.wrong", label="I need help", lang="en"),
    )
    await stage.say(**asked, lang=lang)


@pytest.mark.parametrize("lang", ["eo", "he"])
async def test_nothing_is_hard_wired_and_nothing_is_cut_off(
    visit: Visit, stage: Stage, library: Library, lang: str
) -> None:
    """At 320 px, some 40 % longer than English. What is in English says that it is."""
    stage.rooms = (ROOM.but(title=SAY[lang](ROOM.title)),)
    await look_at(visit, stage, library, lang)
    await everything(stage, lang)
    await visit.message(6).locator("form").wait_for()
    await visit.page.locator(".player").wait_for()
    await visit.page.locator(".part > .charts").wait_for()
    await picture(visit, f"{lang}-question")
    mark = re.compile("[áçéíñöšüýÁÉÍÑÖŠÜÝ\\[]" if lang == "eo" else "[\u05d0-\u05ea]")
    wrong = [
        f"{spoken}: {text}"
        for text, spoken in await visit.page.evaluate(WORDS)
        if not (_may_be_english(text, library) if spoken == "en" else mark.search(text) or _counts(text))
    ]
    assert wrong == []
    for place in (visit.message(1), visit.message(3), visit.message(4), visit.message(5), visit.message(6)):
        await place.scroll_into_view_if_needed()
        assert await visit.page.evaluate(CUT_OFF) == []
    assert await visit.page.evaluate(TOO_WIDE) == []
    assert await visit.page.evaluate(TOO_SMALL) == []
    assert await visit.findings() == []
    await visit.message(4).scroll_into_view_if_needed()
    await picture(visit, f"{lang}-exercise")
    await visit.message(1).scroll_into_view_if_needed()
    await picture(visit, f"{lang}-first")


def _may_be_english(text: str, library: Library) -> bool:
    """What helps in a crisis, and the lines that are there without any connection."""
    crisis = {words for key, words in library.texts["en"].items() if is_crisis_text(key, words)}
    built_in = (WEB / "static" / "widget" / "texts.js").read_text()
    return text in crisis or text in built_in or bool(re.fullmatch(r"(Call|Text) [\d ]+|I need help", text))


def _counts(text: str) -> bool:
    """Numbers, and days and lengths of time, which come from the browser."""
    told = r"\W?\d+ \w+\.?( \d+ \w+)?\W?|\w+ \d+(, \d+)?"
    return not re.search("[a-zA-Z]", text) or bool(re.fullmatch(told, text))


async def test_the_page_to_join_follows_the_invitation(visit: Visit, stage: Stage, library: Library) -> None:
    stage.texts = {"eo": {k: accented(t) for k, t in library.texts["en"].items() if k.startswith("widget_")}}
    await visit.page.set_viewport_size(SMALL)
    await visit.open("/chat#invite=here.abc&lang=eo")
    form = visit.page.locator(".frame[lang=eo] form")
    await form.wait_for()
    assert await visit.page.evaluate("document.documentElement.lang") == "eo"
    assert await form.locator("input").first.input_value() == "here.abc"
    spoken = await visit.page.evaluate(WORDS)
    words = [text for text, lang in spoken if lang == "eo" and re.search("[a-zA-Z]", text)]
    assert [text for text in words if not text.startswith("[")] == []
    assert await visit.page.evaluate(CUT_OFF) == []
    assert await visit.page.evaluate(TOO_WIDE) == []
    assert await visit.findings() == []
    await picture(visit, "eo-join")
    await form.locator("button[type=submit]").click()
    await form.locator("input[type=radio]").first.wait_for()
    await form.locator("button[type=submit]").click()
    problem = visit.page.locator(".problem:visible").first
    await expect(problem).to_contain_text("[")


async def test_a_language_that_the_service_does_not_speak_is_english(visit: Visit, stage: Stage) -> None:
    await visit.open("/chat#invite=here.abc&lang=zz")
    await visit.button("Next").wait_for()
    await visit.page.locator(".frame[lang=en]").wait_for()
    assert await visit.page.evaluate("document.documentElement.lang") == "en"


async def test_the_patients_own_language_wins_over_that_of_the_page(
    visit: Visit, stage: Stage, library: Library
) -> None:
    await look_at(visit, stage, library, "he")
    assert await visit.page.evaluate("document.documentElement.lang") == "he"
    greeted = len(stage.hellos)
    await stage.say(hebrew("Hello"), lang="he")
    await visit.message(1).wait_for()
    assert len(stage.hellos) == greeted, "and there is one conversation, not two"
    assert len(stage.sockets) == 1


# -- from right to left -------------------------------------------------------------------------------

SIDES = """(one) => {
  const box = one.getBoundingClientRect();
  const around = one.closest(".log").getBoundingClientRect();
  return [box.left - around.left, around.right - box.right];
}"""


async def test_a_conversation_from_right_to_left_is_mirrored(
    visit: Visit, stage: Stage, library: Library
) -> None:
    stage.keep(hebrew("How are you?"), lang="he")
    stage.keep("not so well", "patient", lang="he")
    await look_at(visit, stage, library, "he")
    await visit.message(2).wait_for()
    left, right = await visit.message(1).locator(".bubble").evaluate(SIDES)
    assert right < left, "what the bot says begins at the right"
    left, right = await visit.message(2).locator(".bubble").evaluate(SIDES)
    assert left < right, "and one's own words stand at the left"
    send, box = visit.page.locator("button[type=submit]:visible"), visit.box
    send_at, box_at = await send.bounding_box(), await box.bounding_box()
    assert send_at
    assert box_at
    assert send_at["x"] < box_at["x"], "the button to send follows the box"
    own = visit.message(2).locator(".words")
    assert await own.evaluate("(one) => getComputedStyle(one).direction") == "ltr", "typed in English"
    assert await visit.findings() == []
    await picture(visit, "he-mirrored")


async def test_one_message_from_right_to_left_in_an_english_chat(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await visit.page.set_viewport_size(SMALL)
    choices = (
        Choice(id="2.a", label=hebrew("Yes, with pleasure")),
        Choice(id="2.b", label="Call 999 (now)", lang="en"),
    )
    await stage.say("Hello, how are you?")
    await stage.say(f"{hebrew('Call')} 999 (NHS) {hebrew('if it is bad')}.", lang="he", choices=choices)
    await visit.message(2).wait_for()
    directions = await visit.message(2).evaluate(
        """(one) => Array.from(one.querySelectorAll(".words, .choices span"),
          (words) => [words.lang, words.dir, getComputedStyle(words).direction])"""
    )
    assert directions == [["he", "rtl", "rtl"], ["he", "rtl", "rtl"], ["en", "ltr", "ltr"]]
    # A full stop at the end of a line from right to left stands at its left.
    ends = (
        await visit.message(2)
        .locator(".words")
        .evaluate(
            """(one) => {
          const text = one.firstChild, range = document.createRange();
          const at = (n) => { range.setStart(text, n); range.setEnd(text, n + 1); return range.getBoundingClientRect(); };
          const [first, last, digits] = [at(0), at(text.data.length - 1), text.data.indexOf("999")];
          return [first.right, last.left, at(digits).left, at(digits + 2).left];
        }"""
        )
    )
    assert ends[0] > ends[1], "it begins at the right"
    assert ends[2] < ends[3], "and its numbers read from left to right"
    assert await visit.findings() == []
    await picture(visit, "mixed")


async def test_where_to_turn_stays_english_and_readable_in_a_chat_from_right_to_left(
    visit: Visit, stage: Stage, library: Library
) -> None:
    await look_at(visit, stage, library, "he")
    await stage.say("I am glad you told me.", urgent=Urgent(kind="crisis", lines=LINES))
    card = visit.page.locator(".urgent")
    await card.wait_for()
    starts = await card.evaluate(
        """(one) => Array.from(one.querySelectorAll("h3, li > span"), (part) => {
          const range = document.createRange();
          range.selectNodeContents(part);
          return Math.round(range.getBoundingClientRect().left);
        })"""
    )
    assert len(set(starts)) == 1, "all of it begins at the left"
    langs = await card.evaluate(
        "(one) => Array.from(one.querySelectorAll('h3, li > span, a'), (part) => [part.lang, part.dir])"
    )
    assert {tuple(pair) for pair in langs} == {("en", "ltr")}
    await picture(visit, "he-urgent")
    await visit.page.locator(".help-button:visible").click()
    panel = visit.page.get_by_role("dialog")
    await expect(panel).to_be_visible()
    assert await panel.evaluate("(one) => [one.lang, one.dir]") == ["en", "ltr"]
    assert await visit.findings() == []
    await picture(visit, "he-help")


# -- the English of the widget ------------------------------------------------------------------------


def test_the_widgets_english_is_that_of_the_texts(library: Library) -> None:
    """It stands in both: here for a page without a connection, there for whoever translates."""
    held = {}
    for path in (WEB / "static" / "widget").glob("*.js"):
        for part, body in re.findall(r'textsOf\("(\w+)", \{\n(.*?)\n\}\);', path.read_text(), re.DOTALL):
            for name, text in re.findall(r'^  "?([\w-]+)"?:\s+"((?:[^"\\]|\.)*)",?$', body, re.MULTILINE):
                snake = re.sub("[A-Z]", lambda m: f"_{m[0].lower()}", name).replace("-", "_")
                held[f"widget_{part}_{snake}"] = text
            assert len(re.findall(r"^  \"?[\w-]+\"?:", body, re.MULTILINE)) == sum(
                key.startswith(f"widget_{part}_") for key in held
            ), path.name
    assert {key: text for key, text in held.items() if text} == {
        key: text for key, text in library.texts["en"].items() if key.startswith("widget_")
    }


# -- the real server ----------------------------------------------------------------------------------


async def test_a_polish_invitation_leads_into_a_polish_conversation(
    there: Visit, site: Site, library: Library
) -> None:
    invitation = await site.clinic.invite("copd", language="pl")
    polish = library.texts["pl"]
    await there.page.set_viewport_size(SMALL)
    await there.open(invitation.url(site.clinic.house).removeprefix(site.url))
    form = there.page.locator(".frame[lang=pl] form")
    for step in ("age", "about", "consents", "you", "back"):
        await form.get_by_role("button", name=polish["widget_entry_next"], exact=True).click()
        title = polish[f"widget_entry_{step}_title"] if step in ("age", "about", "you") else ""
        await form.get_by_role("heading", name=title or polish[f"widget_entry_{step}"]).wait_for()
        if step == "age":
            await form.get_by_label(polish["widget_entry_yes"], exact=True).check(force=True)
        if step == "consents":
            await form.get_by_label(polish["choice_give_care"], exact=True).check(force=True)
    await form.get_by_role("button", name=polish["widget_entry_start"], exact=True).click()
    first = there.page.locator(".msg .words").first
    await expect(first).to_have_text(re.compile("^Cześć"))
    assert await first.get_attribute("lang") == "pl"
    assert await there.page.evaluate("document.documentElement.lang") == "pl"
    await expect(there.page.locator(".reading")).to_contain_text("Twój zespół")
    await there.button(polish["menu_module"]).click()
    await there.button("Duszność i niepokój").click()
    question = there.page.get_by_text("Is any of these happening to you now?").last
    await question.wait_for()
    assert await question.get_attribute("lang") == "en"
    assert await there.findings() == []
    await picture(there, "pl-module")
    await there.page.reload()
    await there.page.locator(".frame[lang=pl] .history").wait_for()
