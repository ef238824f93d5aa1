"""Where people stop, and what helped: for editors, in numbers that pick nobody out."""

from __future__ import annotations

import pytest
from clinic import Clinic
from desk_client import Page, Site, at_desk, looks, nobody
from desk_scene import colleague, finishes_breathing, six_who_breathe
from sqlalchemy import text

from bot.adapters.postgres.engine import Database
from bot.core.library import Library
from bot.ports import ModuleWalked, StepReached
from bot.web.desk.module_steps import sentence_of, shown, steps_of

READING = "/desk/content/reading"
BREATHING = "copd/breathlessness-and-worry"


async def opened(site: Site, *roles: str, path: str = READING) -> Page:
    async with at_desk(site, await colleague(site.clinic, *roles)) as desk:
        return await desk.opens(path)


def counted(*steps: StepReached, people: int = 6, runs: int = 6, finished: int = 4) -> ModuleWalked:
    return ModuleWalked(BREATHING, "en", people, runs, finished, 3, 1, 0, steps)


# -- whose page it is ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["editor", "lead"])
async def test_editors_and_leads_open_it(site: Site, role: str) -> None:
    page = await opened(site, role)
    assert page.status == 200
    assert '<a href="/desk/content" aria-current="true">Content</a>' in page.html


@pytest.mark.parametrize("role", ["therapist", "clinician", "duty", "host", "admin"])
async def test_to_everybody_else_it_is_not_there(site: Site, role: str) -> None:
    page = await opened(site, role)
    assert page.status == 404


async def test_who_is_signed_out_signs_in_and_comes_back_to_it(site: Site) -> None:
    async with nobody(site) as desk:
        page = await desk.opens(READING)
        assert page.location == f"/desk/sign-in?next={READING}"
        form = await desk.opens(page.location)
        assert f'name="next" value="{READING}"' in form.html


async def test_an_editor_sees_no_page_of_any_patient_and_leaves_no_look(
    site: Site, clinic: Clinic, database: Database
) -> None:
    patient = await clinic.join("copd")
    await patient.says("I want to end my life")
    (alert,) = await patient.alerts()
    room = clinic.service.rooms["copd"]
    before = await looks(database, clinic.service.id)
    async with at_desk(site, await colleague(clinic, "editor")) as desk:
        for path in (
            f"/desk/patients/{patient.id}",
            "/desk/patients",
            f"/desk/alerts/{alert.id}",
            "/desk/invite",
            "/desk/events",
            "/desk/groups",
            f"/desk/groups/{room}",
        ):
            page = await desk.opens(path)
            assert page.status == 404, path
            assert "Sam" not in page.words
        token = (await desk.opens(READING)).token
        for act in (f"patients/{patient.id}/take-over", f"alerts/{alert.id}/acknowledge", "invite"):
            assert (await desk.sends(f"/desk/{act}", token)).status == 404, act
    assert await looks(database, clinic.service.id) == before
    assert (await patient.alerts())[0].state == "open"


# -- what it says -------------------------------------------------------------------------------------


async def test_it_counts_six_people_step_by_step(site: Site, clinic: Clinic) -> None:
    await six_who_breathe(clinic)
    said = (await opened(site, "editor")).words
    assert "Of 6 people who began, 5 finished. Most stopped at “Breathe with me” (1)." in said
    assert "A safety question first 6 came here" in said
    assert "Breathe with me 6 came here, 1 stopped" in said
    assert "It got worse 5 came here" in said
    assert "When to use it 0 came here" in said
    assert "Of 4 answers, 3 said yes, 1 a little and 0 no." in said
    assert "made up by the simulator" not in said


async def test_fewer_than_five_people_are_only_named_as_such(site: Site, clinic: Clinic) -> None:
    for n in range(4):
        patient = await clinic.join("copd", name=f"Sam {n}")
        await finishes_breathing(patient)
        await patient.chooses("No")
        await finishes_breathing(patient)
    said = (await opened(site, "editor")).words
    assert "Fewer than 5 people so far" in said and "Breathlessness and worry" in said
    assert "came here" not in said
    assert "said yes" not in said


async def test_people_of_the_simulator_are_shown_as_such_where_there_are_no_others(
    site: Site, clinic: Clinic, database: Database
) -> None:
    await six_who_breathe(clinic)
    async with database.transaction() as c:
        await c.execute(
            text("UPDATE person SET simulated = true WHERE service_id = :s"), {"s": clinic.service.id}
        )
    said = (await opened(site, "editor")).words
    assert "These people are made up by the simulator. None of them is real." in said
    assert "Of 6 people who began" in said
    await clinic.join("copd", name="Real")
    said = (await opened(site, "editor")).words
    assert "made up" not in said
    assert "people who began" not in said


async def test_a_period_leaves_out_what_began_before(site: Site, clinic: Clinic) -> None:
    await six_who_breathe(clinic)
    clinic.clock.advance(days=40)
    async with at_desk(site, await colleague(clinic, "editor")) as desk:
        for days, there in (("30", False), ("90", True), ("all", True), ("nonsense", True)):
            page = await desk.opens(f"{READING}?days={days}")
            assert ("Of 6 people who began" in page.words) is there, days


def test_a_step_that_is_gone_is_named_by_its_id_behind_the_others(library: Library) -> None:
    module = library.modules[BREATHING]
    walked = counted(StepReached("an-old-step", 0, 4, 2), StepReached(module.steps[0].id, 6, 6, 0))
    bars = steps_of(walked, module)
    assert [b.name for b in bars] == [*(s.title for s in module.steps), "an-old-step"]
    assert (bars[-1].gone, bars[-1].reached, bars[-1].stopped) == (True, 4, 2)
    assert [(p.look, p.x, p.width) for p in bars[-1].pieces] == [
        ("solid", 0.0, 33.33),
        ("pale", 33.33, 33.33),
    ]
    assert shown(walked, library.model_copy(update={"modules": {}})).title == BREATHING


def test_the_sentence_says_what_is_true_of_people_and_of_times(library: Library) -> None:
    module = library.modules[BREATHING]
    first, second = module.steps[0], module.steps[1]

    def said(walked: ModuleWalked, followed_up: int = 0) -> str:
        return sentence_of(walked, steps_of(walked, module), followed_up)

    calm = counted(StepReached(first.id, 6, 6, 0), finished=6)
    assert said(calm) == "Of 6 people who began, 6 finished. Nobody stopped on the way."
    on = counted(StepReached(first.id, 6, 6, 1))
    assert said(on).endswith(f"Most stopped at “{first.title}” (1). 1 is still on the way.")
    again = counted(StepReached(first.id, 6, 6, 1), StepReached(second.id, 2, 5, 3), runs=8)
    assert said(again, 2) == (
        "Begun 8 times (2 of them from a later message) by 6 people, and finished 4 times. "
        f"Most stopped at “{second.title}” (3)."
    )
