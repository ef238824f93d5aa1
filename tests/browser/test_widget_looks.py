"""Every state, in every way of looking at it: no axe finding, room to press, nothing cut off."""

import pytest
from playwright.async_api import expect
from scenes import SCENES, Scene, chat, exercise_running, group, question, scale
from stage import Stage
from visit import Visit

PHONE, SMALL, ZOOMED = ({"width": w, "height": h} for w, h in ((420, 760), (320, 640), (320, 256)))
LOOKS: dict[str, tuple[dict[str, str], dict[str, int]]] = {
    "light": ({"color_scheme": "light"}, PHONE),
    "dark": ({"color_scheme": "dark"}, PHONE),
    "forced colours": ({"forced_colors": "active"}, PHONE),
    "320 px": ({}, SMALL),
    "400 % zoom": ({}, ZOOMED),
}

TOO_SMALL = """() => {
  const root = document.querySelector("bounceback-chat")?.shadowRoot || document;
  const pressed = "button, summary, a[href], input, textarea";
  return Array.from(root.querySelectorAll(pressed)).map((one) => {
    const label = one.labels && one.labels[0] && one.type !== "text" ? one.labels[0] : one;
    const box = (["radio", "checkbox"].includes(one.type) ? label : one).getBoundingClientRect();
    return [one.textContent || one.id, Math.round(box.width), Math.round(box.height)];
  }).filter(([, width, height]) => width && (width < 44 || height < 44));
}"""

TOO_WIDE = """() => {
  const root = document.querySelector("bounceback-chat")?.shadowRoot;
  const inside = root ? Array.from(root.querySelectorAll(".history, .place, .panel, .help")) : [];
  return [document.scrollingElement, ...inside].filter((one) => one.scrollWidth > one.clientWidth + 1).map(
    (one) => `${one.className || one.tagName} ${one.scrollWidth} > ${one.clientWidth}`);
}"""


async def look(visit: Visit, name: str) -> None:
    media, size = LOOKS[name]
    await visit.page.emulate_media(**{"color_scheme": "light", "forced_colors": "none", **media})
    await visit.page.set_viewport_size(size)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
async def test_axe_finds_nothing_in_any_look_and_nothing_is_cut_off(
    visit: Visit, stage: Stage, scene: Scene
) -> None:
    await scene(visit, stage)
    found: list[str] = []
    for name in LOOKS:
        await look(visit, name)
        wrong = [
            *await visit.findings(colours=bool(LOOKS[name][0])),
            *await visit.page.evaluate(TOO_WIDE),
            *await visit.page.evaluate(TOO_SMALL),
        ]
        found += [f"{name}: {one}" for one in wrong]
    assert found == []


@pytest.mark.parametrize(
    "scene", [question, scale, group, exercise_running], ids=lambda scene: scene.__name__
)
async def test_at_400_percent_everything_can_be_reached(visit: Visit, stage: Stage, scene: Scene) -> None:
    await scene(visit, stage)
    await look(visit, "400 % zoom")
    for control in (visit.button("Send"), visit.button("Get help now")):
        await control.scroll_into_view_if_needed()
        await expect(control).to_be_in_viewport(ratio=0.9)
    assert await visit.page.evaluate(TOO_WIDE) == []


async def test_a_chosen_answer_is_seen_in_forced_colours(visit: Visit, stage: Stage) -> None:
    await question(visit, stage)
    await look(visit, "forced colours")
    paint = "(label) => getComputedStyle(label).backgroundColor"
    chosen = await visit.page.locator("label", has_text="Several days").evaluate(paint)
    other = await visit.page.locator("label", has_text="Not at all").evaluate(paint)
    assert chosen != other


async def test_whatever_holds_the_keyboard_is_outlined(visit: Visit, stage: Stage) -> None:
    await chat(visit, stage)
    bare: set[str] = set()
    for _ in range(10):
        await visit.page.keyboard.press("Tab")
        style = await visit.page.evaluate(
            """() => {
              const held = document.querySelector("bounceback-chat").shadowRoot.activeElement;
              return held ? [held.className, getComputedStyle(held).outlineWidth] : ["", "3px"];
            }"""
        )
        if style[1] != "3px":
            bare.add(style[0])
    assert bare == set()


async def test_the_keyboard_alone_reaches_everything(visit: Visit, stage: Stage) -> None:
    await chat(visit, stage)
    seen = []
    for _ in range(9):
        await visit.page.keyboard.press("Tab")
        seen.append(await visit.focused())
    wanted = [
        "Get help now",
        "Leave this site",
        "More",
        "Your conversation",
        "Check how I am",
        "I feel breathless now",
    ]
    assert [name for name in seen if name in wanted] == wanted
    assert "Write a message" in seen
    assert "Send" in seen


async def test_without_adopted_sheets_a_link_dresses_it(visit: Visit, stage: Stage) -> None:
    await visit.page.add_init_script("delete ShadowRoot.prototype.adoptedStyleSheets")
    await chat(visit, stage)
    sheets = await visit.page.evaluate(
        """() => Array.from(document.querySelector("bounceback-chat").shadowRoot.querySelectorAll("link"),
          (link) => new URL(link.href).pathname).sort()"""
    )
    assert sheets == ["/widget/chat.css", "/widget/parts.css", "/widget/widget.css"]
    colour = await visit.button("Get help now").evaluate("(one) => getComputedStyle(one).backgroundColor")
    assert colour == "rgb(156, 43, 31)"


async def test_with_adopted_sheets_there_is_no_style_element(visit: Visit, stage: Stage) -> None:
    await chat(visit, stage)
    found = (
        "document.querySelector('bounceback-chat').shadowRoot.querySelectorAll('style, link, [style]').length"
    )
    assert await visit.page.evaluate(found) == 0


async def test_the_page_around_it_sets_its_colours_and_parts(visit: Visit, stage: Stage) -> None:
    await visit.open("/host")
    await visit.page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync("bounceback-chat { --bb-accent: rgb(0, 94, 184) } bounceback-chat::part(launcher) { text-transform: uppercase }");
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    look = await visit.button("Talk to Bounceback").evaluate(
        "(one) => [getComputedStyle(one).backgroundColor, getComputedStyle(one).textTransform]"
    )
    assert look == ["rgb(0, 94, 184)", "uppercase"]
