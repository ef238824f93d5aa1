"""From the invitation to the end of the first check-in with the keyboard alone; and every announcement of the way.

The forms are found as somebody finds them who only has Tab, Space and Enter: by what each thing is called. So the test
holds whatever the steps are in which they come.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any

from clinic import Clinic, Patient
from playwright.async_api import expect
from test_widget_clinic import Site
from visit import Visit

from bot.core.shown import Shown
from bot.core.values import LineId
from bot.usecases.conversation import messages_since

HELD = """() => {
  const held = document.querySelector("bounceback-chat").shadowRoot.activeElement;
  if (!held) return null;
  const label = held.getAttribute("aria-label") || (held.labels && held.labels[0] && held.labels[0].textContent);
  held.nr = held.nr || (window.nrs = (window.nrs || 0) + 1);
  return {
    nr: held.nr, name: (label || held.textContent).trim(), kind: held.type || held.tagName.toLowerCase(),
    chosen: Boolean(held.checked), used: held.getAttribute("aria-disabled") === "true",
    group: held.name || "", asks: Boolean(held.closest("form.question")), again: Boolean(held.closest(".chat")),
  };
}"""

# Whatever is put into the live region of the widget, from the first moment on; never the form's own problems.
LISTENING = """
window.announced = [];
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (how) {
  const root = attach.call(this, how);
  new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => {
    if (change.target.dataset && "announcer" in change.target.dataset) window.announced.push(node.textContent);
  }))).observe(root, { childList: true, subtree: true });
  return root;
};
"""

AGAIN = "Check how I am"
MOST_STOPS = 400
ON = re.compile("start|next|continue|carry on|go on|agree|join|done|send my answers|yes, send", re.IGNORECASE)
BACK = re.compile("back|before|later|skip|change|i have been|no\\b", re.IGNORECASE)


async def tabs(visit: Visit) -> dict[str, Any]:
    """One stop further; at the end of the page it begins again."""
    while True:
        await visit.page.keyboard.press("Tab")
        if held := await visit.page.evaluate(HELD):
            return dict(held)


async def joins(visit: Visit) -> None:
    """Says yes to what is asked, writes a name, and goes on, until the conversation is there."""
    done: set[int] = set()
    groups: set[str] = set()
    for _ in range(MOST_STOPS):
        if await visit.page.locator(".msg").count():
            return
        held = await tabs(visit)
        if held["nr"] in done:
            continue
        if held["kind"] in ("radio", "checkbox") and held["group"] not in groups:
            done.add(held["nr"])
            groups |= {held["group"]} - {""}
            if not held["chosen"]:
                await visit.page.keyboard.press("Space")
        elif held["kind"] == "text" and "call you" in held["name"]:
            done.add(held["nr"])
            await visit.page.keyboard.type("Sam")
        elif (
            held["kind"] in ("submit", "button") and ON.search(held["name"]) and not BACK.search(held["name"])
        ):
            await visit.page.keyboard.press("Enter")
            await settled(visit)
    raise AssertionError("the conversation was not reached")


async def settled(visit: Visit) -> None:
    """What was pressed has been answered: the page has drawn twice since, and waits for nothing."""
    await visit.page.wait_for_load_state("networkidle")
    drawn = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    await visit.page.evaluate(drawn)


async def presses(visit: Visit, name: str) -> None:
    """The button of this name that can still be pressed."""
    for _ in range(MOST_STOPS):
        held = await tabs(visit)
        if held["name"] == name and not held["used"]:
            await visit.page.keyboard.press("Enter")
            return
    raise AssertionError(f"'{name}' was not reached")


async def checks_in(visit: Visit, clinic: Clinic) -> None:
    """Gives the first answer to whatever is asked, until the menu is there again."""
    now = visit.page.locator(".msg:not(.used)")
    own = visit.page.locator(".msg.own")
    for _ in range(60):
        await now.locator("form.question, .choices:not(.quiet) button, .read-back").last.wait_for()
        before = await own.count()
        if await now.locator("form.question").count():
            held = await tabs(visit)
            while held["used"] or not held["asks"] or held["kind"] in ("submit", "button"):
                held = await tabs(visit)
            await visit.page.keyboard.press("Space")
            await presses(visit, "Next")
        elif await now.get_by_role("button", name="Send my answers").count():
            await presses(visit, "Send my answers")
        elif await now.get_by_role("button", name=AGAIN, exact=True).count():
            return
        else:
            await presses(visit, await now.locator(".choices button").first.inner_text())
        await expect(own).to_have_count(before + 1)
        await clinic.settle()
    raise AssertionError("the check-in has no end")


def beginning(shown: Shown) -> str:
    """How a message is announced: who says it, then its words as they are heard."""
    first = shown.question.stem or shown.question.text if shown.question and not shown.text else shown.text
    return re.sub(r"\*", "", first)


async def said_in_the_record(site: Site, patient: LineId) -> list[Shown]:
    seen = await messages_since(site.clinic.house, site.clinic.service.id, patient, 0)
    return [message.shown for message in seen if message.sender != "patient"]


async def heard_is_what_was_said(visit: Visit, site: Site, patient: LineId) -> None:
    """Each message of the bot once, in order, none missing, and nothing else."""
    await site.clinic.settle()
    said = await said_in_the_record(site, patient)
    async with asyncio.timeout(20):
        while len(heard := await visit.announced()) < len(said):
            await visit.page.evaluate("new Promise(requestAnimationFrame)")
    for told, shown in zip(heard, said, strict=True):
        who, _, words = told.partition("\n")
        assert who == "Bounceback:"
        assert beginning(shown) in words
        assert shown.question is None or re.sub(r"\*", "", shown.question.text) in words
        for line in shown.urgent.lines if shown.urgent else ():
            assert line.text in words
            assert line.number in words


async def test_from_the_invitation_to_the_end_of_the_first_check_in(there: Visit, site: Site) -> None:
    invitation = await site.clinic.invite("copd")
    await there.page.add_init_script(LISTENING)
    await there.open(f"/chat#invite={invitation.code}")
    await joins(there)
    await presses(there, AGAIN)
    await checks_in(there, site.clinic)
    patient = Patient(site.clinic, invitation.patient)
    assert (await patient.state()).scores
    await heard_is_what_was_said(there, site, invitation.patient)


async def test_what_is_announced_is_what_was_said_also_over_a_lost_connection(
    there: Visit, site: Site
) -> None:
    invitation = await site.clinic.invite("copd")
    await there.page.add_init_script(LISTENING)
    await there.open(f"/chat#invite={invitation.code}")
    await joins(there)
    await presses(there, AGAIN)
    patient = Patient(site.clinic, invitation.patient)
    question = there.page.locator(".msg:not(.used) form.question")
    await question.wait_for()
    await there.context.set_offline(True)
    await there.state("offline")
    await patient.catches_up()
    await patient.says("i want to die")
    await there.context.set_offline(False)
    await there.state("online")
    await expect(there.page.get_by_role("region", name="You can talk to somebody now").last).to_be_visible()
    await heard_is_what_was_said(there, site, invitation.patient)
