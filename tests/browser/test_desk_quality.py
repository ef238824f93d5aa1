"""Marks and the pages of alert quality in a browser: accessible, inside a narrow screen, and without scripts."""

from __future__ import annotations

import pytest
from clinic import Clinic, Patient
from desk_scene import CRISIS, colleague
from desk_visit import sit_down
from pictures import picture
from playwright.async_api import expect
from test_desk_looks import NARROW, WIDE, look
from visit import Visit

from bot.ports import Looker
from bot.usecases import marking

QUIET = "the weather was dull and i stayed in, and my sister came by with the shopping"


async def scene(clinic: Clinic) -> Patient:
    """Hits that were judged and some that were not, two that were missed, and a day's silence to look at."""
    by = Looker(clinic.therapist.id, clinic.clock.now())
    for n, said in enumerate((CRISIS, "i want to kill myself", CRISIS, "i took an overdose of my tablets")):
        patient = await clinic.join("copd", name=f"Sam {n}")
        await patient.says(said)
        for alert in await patient.alerts():
            for piece in alert.evidence:
                if n < 3 and marking.is_hit(piece):
                    verdict = "false_alarm" if n == 2 else "right"
                    await marking.mark_hit(
                        clinic.house, clinic.service.id, alert.id, piece.seq or 0, piece.rule, verdict, by
                    )
    last = patient
    for n in range(4):
        patient = await clinic.join("heart", name=f"Alex {n}")
        seq = (await patient.says(f"{QUIET} ({n})")).seq
        if n < 2:
            concern = ("risk", "safeguarding")[n]
            await marking.mark_missed(clinic.house, clinic.service.id, patient.id, seq, concern, by)
    clinic.clock.advance(days=1)
    return last


@pytest.mark.parametrize(("window", "scheme"), [(WIDE, "light"), (NARROW, "dark")], ids=["wide", "narrow"])
async def test_its_pages_are_accessible(
    there: Visit, clinic: Clinic, window: dict[str, int], scheme: str
) -> None:
    member = await colleague(clinic, "clinician", "lead")
    await there.begin(viewport=window, color_scheme=scheme)
    await sit_down(there, clinic, member)
    found = await look(there, "/desk/quality")
    found += await look(there, "/desk/quality/sample")
    last = await scene(clinic)
    await sit_down(there, clinic, member)
    (alert,) = await last.alerts()
    name = "narrow" if window is NARROW else "wide"
    for path in (
        "/desk/quality",
        "/desk/quality/sample",
        f"/desk/patients/{last.id}",
        f"/desk/alerts/{alert.id}",
    ):
        found += await look(there, path)
        for summary in await there.page.locator(".missed summary, figure summary").all():
            await summary.click()
        found += await look_here(there, f"{path} unfolded")
        await picture(there.page, f"{name}{path.partition('desk/')[2].replace('/', '-')[:16]}", whole=True)
    assert not found, "\n".join(found)


async def look_here(visit: Visit, what: str) -> list[str]:
    return [f"{what}: {one}" for one in await visit.findings()]


async def test_a_message_is_marked_as_missed_without_scripts(there: Visit, clinic: Clinic) -> None:
    patient = await clinic.join("copd", name="Sam")
    await patient.says(QUIET)
    await there.begin(viewport=NARROW, java_script_enabled=False)
    await sit_down(there, clinic, clinic.therapist)
    page = there.page
    await page.goto(f"{there.base}/desk/patients/{patient.id}")
    await page.get_by_text("The screen missed this").click()
    await page.get_by_label("It should have rung for").select_option("safeguarding")
    await page.get_by_role("button", name="Mark as missed").click()
    await expect(page.get_by_role("heading", level=1, name="Safeguarding")).to_be_visible()
    await expect(page.get_by_text("This is the alert that stands for it")).to_be_visible()
    await page.get_by_role("button", name="Acknowledge").click()
    (alert,) = await patient.alerts()
    assert alert.state == "acknowledged"
