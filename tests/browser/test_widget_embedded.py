"""In a page of somebody else: closed at first, quiet, and without a token in any address."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from playwright.async_api import expect
from stage import TOKEN, WEB, Stage
from visit import Visit

from bot.web.shipped import lean

STATIC = WEB / "static"
START_LIMIT = 15 * 1024
TALK_LIMIT = 20 * 1024
PART_LIMIT, GROUP_LIMIT = 7 * 1024, 18 * 1024
PAGE_ONLY = {"page.css", "chat-page.js", "icon.svg", "chat-worker.js", "push-worker.js"}


async def test_closed_it_opens_no_socket(visit: Visit, stage: Stage) -> None:
    stage.attributes = 'token="t"'
    await visit.open("/host")
    await visit.page.wait_for_load_state("networkidle")
    assert stage.hellos == []
    await visit.button("Talk to Bounceback").click()
    [hello] = await stage.greeted()
    assert hello.token == "t"


async def test_it_opens_and_closes_by_its_attribute(visit: Visit, stage: Stage) -> None:
    await visit.open("/host")
    chat = visit.page.locator("bounceback-chat")
    await chat.evaluate("(chat) => (chat.open = true)")
    await expect(visit.page.get_by_role("heading", name="Welcome")).to_be_visible()
    await visit.page.locator("summary").click()
    await visit.button("Close the chat").click()
    await expect(chat).not_to_have_attribute("open", "")
    assert await visit.focused() == "Talk to Bounceback"


async def test_the_token_may_come_from_the_page(visit: Visit, stage: Stage) -> None:
    await visit.open("/host")
    await visit.page.evaluate(
        """() => {
          const chat = document.querySelector("bounceback-chat");
          chat.getToken = async () => "from-the-page";
          chat.open = true;
        }"""
    )
    [hello] = await stage.greeted()
    assert hello.token == "from-the-page"


async def test_on_another_origin_it_signs_in_with_a_ticket(visit: Visit, stage: Stage) -> None:
    stage.attributes = f'open token="{TOKEN}" server="http://localhost:{stage.port}"'
    stage.policy = None
    await visit.open("/host")
    [hello] = await stage.greeted()
    assert (hello.ticket, hello.token) == ("t" * 43, None)
    assert stage.calls == [("ticket", {}, f"Bearer {TOKEN}")]


async def test_its_events_tell_the_page_what_happens_and_no_words(visit: Visit, stage: Stage) -> None:
    stage.attributes = 'token="t"'
    await visit.open("/host")
    await visit.page.evaluate(
        """() => {
          window.heard = [];
          for (const name of ["bounceback:message", "bounceback:state"])
            document.body.addEventListener(name, (event) => window.heard.push(event.detail));
        }"""
    )
    await visit.button("Talk to Bounceback").click()
    await stage.greeted()
    await stage.say("Private.")
    await visit.message(1).wait_for()
    assert await visit.page.evaluate("window.heard") == [
        {"state": "connecting"},
        {"state": "online"},
        {"seq": 1, "from": "bot"},
    ]


async def test_taken_out_of_the_page_it_hangs_up(visit: Visit, stage: Stage) -> None:
    stage.attributes = 'open token="t"'
    await visit.open("/host")
    await stage.greeted()
    await visit.page.evaluate("document.querySelector('bounceback-chat').remove()")
    await stage.left()
    assert stage.sockets == []


# -- what it weighs


def imported(path: Path, seen: set[Path]) -> set[Path]:
    """The file and everything it imports before it runs."""
    if path not in seen:
        seen.add(path)
        for name in re.findall(r'^import [^;]*?"(\./[^"]+)";', path.read_text(), re.MULTILINE):
            imported((path.parent / name).resolve(), seen)
    return seen


def gzipped(paths: set[Path]) -> int:
    """As they travel."""
    return sum(len(gzip.compress(lean(path.read_text()).encode(), 9)) for path in paths)


START = imported(STATIC / "widget.js", set()) | {STATIC / "widget" / "widget.css"}
TALK = (
    imported(STATIC / "widget" / "chat.js", set())
    | {STATIC / "widget" / name for name in ("chat.css", "parts.css")}
) - START
PARTS = sorted(
    path
    for path in (STATIC / "widget").iterdir()
    if path.suffix in (".js", ".css") and path.name not in PAGE_ONLY and path not in START | TALK
)


def test_at_the_start_it_weighs_no_more_than_15_kb() -> None:
    assert gzipped(START) <= START_LIMIT


def test_a_conversation_weighs_no_more_than_20_kb_on_top() -> None:
    assert gzipped(TALK) <= TALK_LIMIT


@pytest.mark.parametrize("path", PARTS, ids=lambda path: path.name)
def test_what_somebody_opens_besides_weighs_no_more_than_7_kb_each(path: Path) -> None:
    """A group more, and what is opened in it as much as anything else."""
    of_group = imported(STATIC / "widget" / "group.js", set())
    if path in of_group:
        assert gzipped(of_group - START - TALK) <= GROUP_LIMIT
    else:
        assert gzipped(imported(path, set()) - START - TALK - of_group) <= PART_LIMIT


def test_no_html_is_ever_made_from_text() -> None:
    scripts = (STATIC / "widget.js", *(STATIC / "widget").glob("*.js"))
    makers = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function"
    assert [path.name for path in scripts if re.search(makers, path.read_text())] == []
