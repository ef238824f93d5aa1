"""What the team sees of a patient's days: goals with their ratings, the diary, plans; and the end of the programme."""

from __future__ import annotations

import re

from clinic import Patient
from desk_client import Page, Site, at_desk


def page_of(patient: Patient) -> str:
    return f"/desk/patients/{patient.id}"


def part(page: Page, id_: str) -> str:
    html = re.search(rf'<section class="card" aria-labelledby="{id_}".*?</section>', page.html, re.DOTALL)
    assert html, f"no section {id_}"
    return Page(200, "<body>" + html[0], "", {}).words


async def writes_down(patient: Patient, entry: str, *said: str) -> None:
    for key in ("menu:more", "menu:diary", f"diary:{entry}"):
        await patient.presses(key)
    for words in said:
        await patient.says(words)


async def test_the_diary_is_a_sentence_and_a_table_with_their_own_words(site: Site) -> None:
    patient = await site.clinic.join("copd")
    await writes_down(patient, "peak_flow", "320")
    site.clinic.clock.advance(minutes=1)
    await writes_down(patient, "peak_flow", "350")
    await writes_down(patient, "activity", "fed the ducks", "20")
    async with at_desk(site, site.clinic.therapist) as desk:
        said = part(await desk.opens(page_of(patient)), "diary")
        printed = part(await desk.opens(page_of(patient) + "/print"), "diary")
    assert "Peak flow: 350 L/min at the last of 2. They go from 320 to 350 L/min." in said
    assert "What I did: 20 min." in said and "fed the ducks" in said
    assert "fed the ducks" in printed


async def test_goals_stand_with_how_they_go_and_how_they_ended(site: Site) -> None:
    patient = await site.clinic.join("copd")
    for key in ("menu:more", "menu:goals", "menu:goal"):
        await patient.presses(key)
    await patient.says("walk to the gate")
    goal = (await patient.state()).goals[-1].id
    for step in ("goal.rate", "goal.done"):
        for key in ("menu:more", "menu:goals", f"goals:{goal}", step):
            await patient.presses(key)
        if step == "goal.rate":
            await patient.answers(6)
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(page_of(patient))
    assert "walk to the gate 2 March. Done on 2 March" in part(page, "goals")
    assert "How it goes, in their own view, 0 to 10: 6 on 2 March." in part(page, "goals")
    assert "Said how it goes with a goal: 6 out of 10." in part(page, "timeline")


async def test_a_plan_that_is_shared_stands_under_its_own_name(site: Site) -> None:
    patient = await site.clinic.join("copd")
    for key in ("menu:more", "menu:plans", "plan:well"):
        await patient.presses(key)
    await patient.says("my allotment")
    for _ in range(4):
        await patient.presses("skip")
    await patient.chooses("Yes")
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(page_of(patient))
    assert "Their plan for staying well" in page.words
    assert "my allotment" in part(page, "plan-well")
    assert "Let the team read their plan for staying well." in part(page, "timeline")


async def test_who_finishes_is_discharged_in_other_words(site: Site) -> None:
    patient = await site.clinic.join("copd")
    page = page_of(patient)
    async with at_desk(site, site.clinic.therapist) as desk:
        form = await desk.opens(f"{page}/end")
        asked = await desk.sends(f"{page}/end", form.token, how="discharged", finished="yes")
        assert "one button asks duty" in asked.words
        assert 'name="finished" value="yes"' in asked.html
        await desk.sends(f"{page}/end", asked.token, how="discharged", finished="yes", sure="yes")
        shown = await desk.opens(page)
    assert "Finished the programme, and discharged" in part(shown, "timeline")
    assert (await patient.state()).finished


async def test_nobody_finishes_by_dying(site: Site) -> None:
    patient = await site.clinic.join("copd")
    page = page_of(patient)
    async with at_desk(site, site.clinic.therapist) as desk:
        form = await desk.opens(f"{page}/end")
        await desk.sends(f"{page}/end", form.token, how="died", finished="yes", sure="yes")
    assert not (await patient.state()).finished


async def test_the_wish_to_come_back_stands_in_words(site: Site) -> None:
    patient = await site.clinic.join("copd")
    page = page_of(patient)
    async with at_desk(site, site.clinic.therapist) as desk:
        form = await desk.opens(f"{page}/end")
        await desk.sends(f"{page}/end", form.token, how="discharged", finished="yes", sure="yes")
        await patient.catches_up()
        await patient.presses("menu:back_again")
        shown = await desk.opens(page)
    assert "they would like to come back" in part(shown, "alerts")
