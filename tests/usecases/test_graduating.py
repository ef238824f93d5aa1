"""The end of the programme: looking back, finishing, reading on, and coming back."""

from __future__ import annotations

import pytest
from clinic import Clinic, Patient

from bot.core.inputs import EndCare, TakeBack
from bot.core.state import ModuleRun
from bot.usecases.care import end_care, take_back


@pytest.fixture
async def sam(clinic: Clinic) -> Patient:
    return await clinic.join("copd")


async def checks_in(sam: Patient, points: int) -> None:
    await sam.presses("menu:check_in")
    await sam.fills_in(*[points] * 8, 0)
    await sam.chooses("Send my answers")
    await sam.fills_in(*[points] * 7)
    await sam.chooses("Send my answers")


async def finish(sam: Patient, *, finished: bool = True) -> None:
    clinic = sam.clinic
    ending = EndCare("discharged", clinic.therapist.id, finished=finished)
    await end_care(clinic.house, clinic.service.id, sam.id, ending)
    await sam.catches_up()


def keys(sam: Patient) -> list[str]:
    return [c.id.partition(".")[2] for c in sam.last.shown.choices]


async def test_after_the_weeks_the_chat_looks_back_and_nothing_ends(clinic: Clinic, sam: Patient) -> None:
    await checks_in(sam, 2)
    clinic.clock.advance(weeks=25)
    await checks_in(sam, 1)
    seen = len(sam.seen)
    clinic.clock.advance(weeks=1, hours=1)
    await clinic.work()
    await sam.catches_up()
    said = " ".join(m.shown.text for m in sam.seen[seen:])
    assert "26 weeks" in said
    assert "16 at first and 8 at the last check-in, out of 27. That is clearly better." in said
    assert "Nothing ends by itself" in said
    assert "plan:well" in keys(sam)
    assert (await sam.state()).status == "joined"


async def test_it_waits_for_what_is_open(clinic: Clinic, sam: Patient) -> None:
    clinic.clock.advance(weeks=26, hours=-1)
    await sam.presses("menu:check_in")
    clinic.clock.advance(hours=2)
    await clinic.work()
    assert not any("26 weeks" in m.shown.text for m in await sam.catches_up())


async def test_who_has_finished_reads_on_and_keeps_their_plans(sam: Patient) -> None:
    await finish(sam)
    state = await sam.state()
    assert (state.status, state.finished) == ("discharged", True)
    assert {"menu:library", "menu:plans", "menu:back_again", "wrong"} <= set(keys(sam))
    await sam.presses("menu:library")
    await sam.presses("menu:answers")
    page = next(key for key in keys(sam) if key.startswith("start:"))
    await sam.presses(page)
    assert isinstance((await sam.state()).top, ModuleRun)


async def test_nothing_is_asked_that_nobody_would_read(sam: Patient) -> None:
    await finish(sam)
    await sam.presses("menu:library")
    await sam.presses("menu:modules")
    library = sam.clinic.house.shelf.library
    pages = [key.removeprefix("start:") for key in keys(sam) if key.startswith("start:")]
    kinds = {part.kind for page in pages for step in library.modules[page].steps for part in step.parts}
    assert not kinds & {"check_in", "tell", "when"}
    await sam._send(choice=f"{sam.last.seq}.menu:check_in")
    assert (await sam.state()).runs == ()


async def test_an_ordinary_discharge_leaves_what_it_always_left(sam: Patient) -> None:
    await finish(sam, finished=False)
    assert "menu:library" not in keys(sam)
    assert "menu:back_again" not in keys(sam)


async def test_they_are_still_heard_when_words_ring(sam: Patient) -> None:
    await finish(sam)
    await sam.says("i want to die")
    assert any(shown.urgent for shown in sam.bot_said())
    assert [a.concern for a in await sam.alerts()] == ["risk"]


async def test_coming_back_is_one_button_and_the_teams_to_decide(clinic: Clinic, sam: Patient) -> None:
    await finish(sam)
    await sam.presses("menu:back_again")
    [alert] = await sam.alerts()
    assert (alert.concern, alert.level) == ("asked-for-a-person", "soon")
    assert alert.evidence[0].rule == "patient:wants_back"
    assert (await sam.state()).status == "discharged"
    await take_back(clinic.house, clinic.service.id, sam.id, TakeBack(clinic.therapist.id))
    await sam.catches_up()
    state = await sam.state()
    assert (state.status, state.finished) == ("joined", False)
    assert "menu:check_in" in keys(sam)


async def test_the_weeks_are_counted_anew_for_whoever_came_back(clinic: Clinic, sam: Patient) -> None:
    clinic.clock.advance(weeks=20)
    await finish(sam)
    await take_back(clinic.house, clinic.service.id, sam.id, TakeBack(clinic.therapist.id))
    await sam.catches_up()
    for weeks, told in ((20, False), (7, True)):
        clinic.clock.advance(weeks=weeks)
        await clinic.work()
        assert any("26 weeks" in m.shown.text for m in await sam.catches_up()) == told


async def test_a_service_may_leave_only_the_plan_and_says_so(clinic: Clinic, sam: Patient) -> None:
    clinic.house.shelf._know([clinic.service.model_copy(update={"reading_after": False})])
    await finish(sam)
    assert "you can go on reading" not in " ".join(m.shown.text for m in sam.seen[-4:])
    assert "menu:library" not in keys(sam) and "menu:plan" in keys(sam)
