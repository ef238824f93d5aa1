"""One patient's page: what came of it, what happened, what is new, their goals, and the page on paper."""

from __future__ import annotations

import re

import pytest
from clinic import Clinic, Patient
from desk_client import Page, Site, at_desk, looks
from desk_scene import CALM, CRISIS, FINE, check_in, elsewhere, long_story, worsening
from sqlalchemy import delete, func, select

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.core.inputs import EndCare
from bot.ports import Looker, StaffMember
from bot.usecases.care import end_care


def page_of(patient: Patient) -> str:
    return f"/desk/patients/{patient.id}"


def part(page: Page, id_: str) -> str:
    """The words of one section."""
    html = re.search(rf'<section class="card" aria-labelledby="{id_}".*?</section>', page.html, re.DOTALL)
    assert html, f"no section {id_}"
    return Page(200, "<body>" + html[0], "", {}).words


async def seen_by_therapist(site: Site, patient: Patient, query: str = "") -> Page:
    async with at_desk(site, site.clinic.therapist) as desk:
        return await desk.opens(page_of(patient) + query)


# -- what came of it ----------------------------------------------------------------------------------


async def test_the_outcome_is_said_in_words_with_its_rule_set_and_numbers(site: Site) -> None:
    said = part(await seen_by_therapist(site, await long_story(site.clinic)), "outcome")
    assert "So far, not finished yet: reliably worse." in said
    assert (
        "A case at the first score Yes PHQ-9 10 (10 or more is a case), GAD-7 5 (8 or more is a case)."
        in said
    )
    assert "Recovered No A case at first; at the last score PHQ-9 16, GAD-7 5." in said
    assert "Reliable improvement No PHQ-9 10 to 16 (6 points or more are reliable), GAD-7 5 to 5" in said
    assert "Reliable deterioration Yes" in said
    assert "Finished Not finished yet Their care here goes on. 1 day with a colleague in the chat" in said
    assert "rule set nhs-talking-therapies, version 1." in said


async def test_one_check_in_is_no_outcome_yet(site: Site) -> None:
    patient = await site.clinic.join()
    assert 'id="outcome"' not in (await seen_by_therapist(site, patient)).html
    await check_in(patient, (2, 2, 2, 2, 2, 0, 0, 0, 0))
    said = part(await seen_by_therapist(site, patient), "outcome")
    assert "not known, since it needs two whole scores of each measure" in said
    assert "Recovered Not known yet There is no second PHQ-9 and GAD-7 yet." in said


async def test_whoever_recovered_and_has_left_is_told_as_such(site: Site) -> None:
    clinic = site.clinic
    patient = await clinic.join()
    await check_in(patient, (2, 2, 2, 2, 2, 2, 2, 0, 0))
    clinic.clock.advance(days=14)
    await check_in(patient, FINE, CALM)
    await end_care(
        clinic.house, clinic.service.id, patient.id, EndCare("discharged", clinic.therapist.id, "")
    )
    said = part(await seen_by_therapist(site, patient), "outcome")
    assert "At the end of care: recovered, and reliably so." in said
    assert "Finished No, by what is known here 0 days with a colleague in the chat" in said


# -- along the curves ---------------------------------------------------------------------------------


async def test_marks_below_the_curve_stand_in_a_sentence_a_legend_and_a_table_too(site: Site) -> None:
    page = await seen_by_therapist(site, await long_story(site.clinic))
    said = part(page, "scores")
    assert "Along the curves: 1 module begun, 1 finished; a colleague in the chat on 1 day; 2 alerts." in said
    assert "module finished a colleague was in the chat alert raised" in said
    assert "9 March A colleague was in the chat" in said
    assert "5 March Finished: Breathlessness and worry" in said
    assert page.html.count('class="lane"') == 6, "three rows of marks below each of two curves"
    assert '<path class="sign"' in page.html


async def test_a_quick_answer_is_no_module(site: Site) -> None:
    patient = await site.clinic.join("copd")
    await check_in(patient)
    await patient.says("how do I use my inhaler")
    page = await seen_by_therapist(site, patient)
    assert "begun" not in part(page, "scores")


# -- what happened ------------------------------------------------------------------------------------


async def test_the_day_on_which_they_joined_stands_with_who_they_are(site: Site) -> None:
    patient = await site.clinic.join("copd")
    joined = site.clinic.clock.now()
    site.clinic.clock.advance(days=20)
    day = f"{joined.day} {joined:%B}"
    assert f"Status Joined Joined on {day}" in part(await seen_by_therapist(site, patient), "person")


async def test_what_happened_stands_in_one_list_newest_first(site: Site) -> None:
    said = part(await seen_by_therapist(site, await long_story(site.clinic)), "timeline")
    wanted = (
        "Thoughts of suicide or self-harm : Raised: somebody must look now.",
        "GAD-7: 5 of 21 (mild).",
        "PHQ-9 score needs a look : Raised",
        "PHQ-9: 16 of 27 (moderately severe).",
        "Therapist handed the chat back to the bot.",
        "Therapist took over in the chat.",
        "Finished “Breathlessness and worry”.",
        "Set a goal, in “Breathlessness and worry”.",
        "Began “Breathlessness and worry”.",
        "PHQ-9: 10 of 27 (moderate).",
        "Joined.",
    )
    places = [said.find(text) for text in wanted]
    assert -1 not in places, (said, places)
    assert places == sorted(places)


async def test_a_kind_is_shown_alone_and_long_lists_have_pages(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = await long_story(site.clinic)
    modules = part(await seen_by_therapist(site, patient, "?what=modules"), "timeline")
    assert "Began “Breathlessness and worry”." in modules
    assert "PHQ-9: 16" not in modules and "Joined." not in modules
    monkeypatch.setattr("bot.web.desk.timeline.PAGE", 5)
    first = await seen_by_therapist(site, patient)
    assert "1 of 3 Older" in part(first, "timeline")
    last = part(await seen_by_therapist(site, patient, "?events=99"), "timeline")
    assert "Joined." in last and "Newer 3 of 3" in last
    unknown = await seen_by_therapist(site, patient, "?what=<b>&events=-1")
    assert "1 of 3 Older" in part(unknown, "timeline")


async def test_what_happened_holds_nobodys_words_and_not_whether_a_module_helped(site: Site) -> None:
    page = await seen_by_therapist(site, await long_story(site.clinic))
    said = part(page, "timeline")
    assert "A little" in page.words, "it stands in the chat, as they said it there"
    assert "little" not in said and "helped" not in said
    assert "ducks" not in said and CRISIS not in said and "Hello from your therapist" not in said


# -- goals --------------------------------------------------------------------------------------------


async def test_goals_stand_in_their_own_words_until_they_are_erased(site: Site, database: Database) -> None:
    patient = await long_story(site.clinic)
    said = part(await seen_by_therapist(site, patient), "goals")
    assert "Feed the ducks by the canal 5 March, in “Breathlessness and worry”" in said
    async with database.transaction() as c:
        word = s.word.c
        await c.execute(
            delete(s.word).where(
                word.service_id == site.clinic.service.id, word.owner_id == patient.id, word.kind == "goal"
            )
        )
    assert "This goal has been erased." in part(await seen_by_therapist(site, patient), "goals")


# -- what is new --------------------------------------------------------------------------------------


async def since(site: Site, patient: Patient, member: StaffMember) -> str:
    async with at_desk(site, member) as desk:
        page = await desk.opens(page_of(patient))
    found = re.search(r'<p class="since">(.*?)</p>', page.html)
    return found[1] if found else ""


async def test_what_is_new_since_somebody_was_here(site: Site) -> None:
    clinic = site.clinic
    patient = await clinic.join("copd", name="Sam")
    await check_in(patient, FINE)
    me = clinic.therapist
    assert await since(site, patient, me) == "", "they were never here"
    assert await since(site, patient, me) == "", "a moment later it is still the same visit"
    clinic.clock.advance(days=5)
    assert await since(site, patient, me) == "Since you were here on Monday at 10:00: nothing new."
    clinic.clock.advance(days=9)
    await check_in(patient, (2, 2, 2, 2, 2, 2, 2, 1, 0))
    await patient.says("Thank you for asking.")
    await patient.says(CRISIS)
    told = "Since you were here on 7 March: 1 check-in (PHQ-9 8 → 15, GAD-7 5 → 5), 2 messages, 2 alerts."
    assert await since(site, patient, me) == told
    clinic.clock.advance(minutes=10)
    assert await since(site, patient, me) == told, "as long as they stay"
    assert await since(site, patient, clinic.duty) == ""


async def test_a_page_that_lies_open_is_one_look_and_one_visit(site: Site, database: Database) -> None:
    patient = await site.clinic.join("copd", name="Sam")
    async with at_desk(site, site.clinic.therapist) as desk:
        await desk.opens(page_of(patient))
        for _ in range(3):
            site.clinic.clock.advance(minutes=4)
            await patient.says("hello")
            page = await desk.opens(page_of(patient), **{"Bounceback-Refreshed": "1"})
            assert 'class="since"' not in page.html
    assert await looks(database, site.clinic.service.id) == ["patient.open"]


# -- on paper -----------------------------------------------------------------------------------------


async def test_the_print_leaves_the_conversation_out_unless_it_is_asked_for(
    site: Site, database: Database
) -> None:
    patient = await long_story(site.clinic)
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(page_of(patient) + "/print")
        assert await looks(database, site.clinic.service.id) == ["patient.print"]
        with_messages = await desk.opens(page_of(patient) + "/print?with=messages")
    assert "Printed By Therapist on 17 March at 10:00" in page.words
    for text in ("COPD", "Owner Therapist", "Feed the ducks", "16 moderately severe", "reliably worse"):
        assert text in page.words, text
    assert "<details open>" in page.html and "<textarea" not in page.html
    assert "Hello from your therapist." not in page.words
    assert "Hello from your therapist." in with_messages.words


async def test_a_print_shows_the_safety_plan_only_where_it_is_shared(site: Site) -> None:
    patient = await worsening(site.clinic)
    async with at_desk(site, site.clinic.therapist) as desk:
        assert "Their safety plan" not in (await desk.opens(page_of(patient) + "/print")).words


async def test_another_services_patient_has_no_print_and_no_stream(site: Site, database: Database) -> None:
    patient = await site.clinic.join()
    other = await elsewhere(site.clinic)
    async with at_desk(site, other.therapist, other) as desk:
        for path in ("/print", "/events"):
            assert (await desk.opens(page_of(patient) + path)).status == 404
    assert await looks(database, other.service.id) == []


# -- one look, few statements -------------------------------------------------------------------------


async def test_what_happened_is_read_before_the_look_is_noted_and_with_it(
    clinic: Clinic, database: Database
) -> None:
    """The newest look is this one, and it is none of those before it."""
    patient = await long_story(clinic)
    by = Looker(clinic.therapist.id, clinic.clock.now())
    seen = await clinic.house.record.reading.patient(clinic.service.id, patient.id, by)
    assert seen is not None
    assert seen.history.here_before is None
    assert [h.at for h in seen.history.happened] == sorted(
        (h.at for h in seen.history.happened), reverse=True
    )
    read = select(func.count()).select_from(s.audit).where(s.audit.c.service_id == clinic.service.id)
    async with database.reading() as c:
        assert (await c.execute(read)).scalar_one() == 1
