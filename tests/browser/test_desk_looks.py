"""Every page of the desk: axe finds nothing, nothing runs off a narrow screen, and targets can be hit."""

from __future__ import annotations

import pytest
import pytest_asyncio
from clinic import Clinic
from desk_scene import Scene, busy_day
from desk_visit import sit_down
from visit import Visit

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
PAGES = (
    "/desk",
    "/desk?show=all",
    "/desk/alerts/{alert}",
    "/desk/alerts/{rang}",
    "/desk/alerts/{post}",
    "/desk/patients",
    "/desk/patients/{sam}",
    "/desk/invite",
    "/desk/groups",
    "/desk/groups/{room}",
    "/desk/nowhere",
)

# Wider than the window, or a target smaller than a finger. Links inside a sentence are exempt, as WCAG has it.
TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
TOO_SMALL = """() => Array.from(document.querySelectorAll("a, button, summary, input, select, textarea"))
  .filter((one) => one.checkVisibility() && one.type !== "hidden" && !one.closest(".skip"))
  .map((one) => [one, (one.closest("label") || one).getBoundingClientRect()])
  .filter(([one, box]) => box.height < 43.5 || box.width < 24)
  .filter(([one]) => !(one.matches("p a, dd a") && one.parentElement.textContent.trim() !== one.textContent.trim()))
  .map(([one, box]) => `${one.outerHTML.slice(0, 90)} ${Math.round(box.width)}x${Math.round(box.height)}`)"""


@pytest_asyncio.fixture
async def scene(clinic: Clinic) -> Scene:
    return await busy_day(clinic)


async def addresses(clinic: Clinic, scene: Scene) -> list[str]:
    alerts = {a.line: a.id for a in await clinic.alerts()}
    names = {
        "alert": alerts[scene.sam.id],
        "rang": alerts[scene.alex.id],
        "post": alerts[scene.room],
        "sam": scene.sam.id,
        "room": scene.room,
    }
    return [page.format(**names) for page in PAGES]


async def look(visit: Visit, path: str) -> list[str]:
    await visit.page.goto(visit.base + path)
    found = await visit.findings()
    if await visit.page.evaluate(TOO_WIDE):
        found.append("wider than the window")
    found += [f"too small: {one}" for one in await visit.page.evaluate(TOO_SMALL)]
    return [f"{path}: {one}" for one in found]


@pytest.mark.parametrize(("window", "scheme"), [(WIDE, "light"), (NARROW, "dark")], ids=["wide", "narrow"])
async def test_every_page_is_accessible(
    there: Visit, clinic: Clinic, scene: Scene, window: dict[str, int], scheme: str
) -> None:
    await there.begin(viewport=window, color_scheme=scheme)
    found = await look(there, "/desk/sign-in")
    await sit_down(there, clinic, clinic.therapist)
    for path in await addresses(clinic, scene):
        found += await look(there, path)
    assert not found, "\n".join(found)
