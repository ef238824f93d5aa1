"""A change of content: whom it touches, who moves on at once, and the way back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from clinic import Clinic, Patient
from desk_scene import joins_group, posts
from sqlalchemy import text

from bot.adapters.postgres.engine import Database
from bot.core.errors import Misuse
from bot.core.library import Library, Say
from bot.core.state import ModuleRun
from bot.usecases import ways_in
from bot.usecases.own_rooms import rooms_of
from bot.usecases.publish import publish, release_named, touched_by

MODULE = "copd/breathlessness-and-worry"
CRISIS_HEARD = "risk"
SORRY = "This part has been changed since you were here"
NEW = "A sentence that was not there before."


@pytest.fixture
async def shelf(clinic: Clinic, library: Library, database: Database) -> AsyncIterator[Clinic]:
    """What is published belongs to no service: the shipped library is in force again afterwards, and not urgently."""
    yield clinic
    await publish(clinic.house, library, "tests")
    async with database.transaction() as c:
        await c.execute(text("UPDATE release_pointer SET urgent_at = NULL"))
        await c.execute(text("UPDATE release SET put_at = '2026-01-01'"))  # each test has a clock of its own


def with_more(library: Library, step_id: str) -> Library:
    """The same with one sentence more in a step of the module."""
    module = library.modules[MODULE]
    steps = tuple(
        step.model_copy(update={"parts": (*step.parts, Say(text=NEW))}) if step.id == step_id else step
        for step in module.steps
    )
    changed = module.model_copy(update={"steps": steps})
    return library.model_copy(update={"modules": {**library.modules, MODULE: changed}})


async def asked_first(clinic: Clinic) -> Patient:
    """Somebody in the module's first step, with its question on the screen."""
    patient = await clinic.join("copd")
    await patient.chooses("Something that may help")
    await patient.chooses("Breathlessness and worry")
    return patient


def said(patient: Patient) -> str:
    return "\n".join(shown.text for shown in patient.bot_said())


async def test_who_stands_in_a_step_that_changed_urgently_begins_again(
    shelf: Clinic, library: Library
) -> None:
    patient = await asked_first(shelf)
    shelf.clock.advance(seconds=1)
    await publish(shelf.house, with_more(library, "a-safety-question-first"), "tests", urgent=True)
    await patient.answers(0)
    assert SORRY in said(patient)
    (run,) = (await patient.state()).runs
    assert isinstance(run, ModuleRun)
    assert (run.step, run.release) == ("a-safety-question-first", shelf.house.shelf.library.release)
    await patient.answers(0)
    assert SORRY not in said(patient)


async def test_without_urgency_a_step_is_finished_as_it_was_begun(shelf: Clinic, library: Library) -> None:
    patient = await asked_first(shelf)
    await publish(shelf.house, with_more(library, "a-safety-question-first"), "tests")
    await patient.answers(0)
    assert SORRY not in said(patient)
    assert NEW not in said(patient)


async def test_a_step_that_an_urgent_change_left_as_it_was_goes_on(shelf: Clinic, library: Library) -> None:
    patient = await asked_first(shelf)
    shelf.clock.advance(seconds=1)
    await publish(shelf.house, with_more(library, "getting-help"), "tests", urgent=True)
    await patient.answers(0)
    assert SORRY not in said(patient)


async def test_a_half_filled_questionnaire_stays_as_it_was_shown(shelf: Clinic, library: Library) -> None:
    patient = await shelf.join("copd")
    await patient.chooses("Check how I am")
    shelf.clock.advance(seconds=1)
    await publish(shelf.house, with_more(library, "getting-help"), "tests", urgent=True)
    await patient.answers(1)
    assert patient.last.shown.progress is not None and patient.last.shown.progress.at == 2


async def test_another_process_hears_of_the_urgency(shelf: Clinic, library: Library) -> None:
    shelf.clock.advance(seconds=1)
    changed = with_more(library, "getting-help")
    await shelf.house.record.releases.publish(changed, "elsewhere", shelf.clock.now(), urgent=True)
    assert await shelf.house.shelf.refresh()
    assert library.release in shelf.house.shelf.overtaken
    assert changed.release not in shelf.house.shelf.overtaken


async def test_a_change_names_whom_it_touches(shelf: Clinic, library: Library) -> None:
    before = (await touched_by(shelf.house, with_more(library, "getting-help"))).inside.get(MODULE, 0)
    await asked_first(shelf)
    touched = await touched_by(shelf.house, with_more(library, "getting-help"))
    assert touched.inside == {MODULE: before + 1}
    assert [change.told() for change in touched.changes] == [
        f"module {MODULE} changed: #getting-help changed"
    ]
    assert (await touched_by(shelf.house, library)).changes == ()


def without(library: Library, group: str) -> Library:
    return library.model_copy(update={"groups": {k: g for k, g in library.groups.items() if g.id != group}})


async def test_a_change_of_a_group_names_who_is_in_it(shelf: Clinic, library: Library) -> None:
    copd = library.groups["copd"]
    other = copd.model_copy(update={"rules": (*copd.rules, "Be on time.")})
    changed = library.model_copy(update={"groups": {**library.groups, "copd": other}})
    patient = await shelf.join("copd")
    before = (await touched_by(shelf.house, changed)).members.get("copd", 0)
    await joins_group(shelf, patient, "Wren")
    await shelf.settle()
    touched = await touched_by(shelf.house, changed)
    assert (touched.members, touched.left_behind) == ({"copd": before + 1}, {})
    assert [change.told() for change in touched.changes] == ["group copd changed: rules"]


async def test_a_group_that_is_taken_away_says_who_is_left_behind_and_keeps_their_room(
    shelf: Clinic, library: Library
) -> None:
    patient = await shelf.join("copd")
    room = await joins_group(shelf, patient, "Wren")
    await shelf.settle()
    gone = without(library, "copd")
    touched = await touched_by(shelf.house, gone)
    assert touched.members == {} and touched.left_behind["copd"] >= 1
    await publish(shelf.house, gone, "tests")
    state = await patient.state()
    [own] = (await rooms_of(shelf.house, shelf.service, patient.id, state, "en")).rooms
    assert (own.seen.id, own.group, own.title) == (room, None, shelf.service.name)
    await posts(shelf, patient, room, "Is anybody still here?")
    assert CRISIS_HEARD not in [alert.concern for alert in (await patient.state()).alerts.values()]
    await posts(shelf, patient, room, "I want to kill myself tonight")
    assert CRISIS_HEARD in [alert.concern for alert in (await patient.state()).alerts.values()]


def with_other_words(library: Library, consent: str) -> Library:
    policy = library.policy.consents
    assert policy is not None
    asked = tuple(c.model_copy(update={"version": "9"}) if c.name == consent else c for c in policy.asked)
    consents = policy.model_copy(update={"asked": asked})
    return library.model_copy(update={"policy": library.policy.model_copy(update={"consents": consents})})


async def test_who_had_said_yes_to_older_words_is_asked_once_more_behind_a_page(
    shelf: Clinic, library: Library
) -> None:
    invitation = await shelf.invite("copd")
    asked = ways_in.Joining(code=invitation.code, adult=True, consents={"care": True, "evaluation": True})
    patient = Patient(shelf, invitation.patient, await ways_in.join(shelf.house, asked))
    await shelf.settle()
    await patient.catches_up()
    shelf.clock.advance(seconds=1)
    await publish(shelf.house, with_other_words(library, "evaluation"), "tests")
    for key in ("menu:library", "menu:answers"):
        await patient.presses(key)
    page = next(c.id for c in patient.last.shown.choices if ".start:" in c.id)
    await patient.presses(page.partition(".")[2])
    await patient.presses("enough")
    assert "What it means has changed since then" in said(patient)
    await patient.presses("give:evaluation")
    profile = (await patient.state()).profile
    assert profile.answered["evaluation"] == profile.asked_again["evaluation"] == "9"
    assert profile.consents["evaluation"] is True


async def test_a_release_is_found_by_the_beginning_of_its_name(shelf: Clinic, library: Library) -> None:
    await publish(shelf.house, with_more(library, "getting-help"), "tests")
    assert (await release_named(shelf.house, library.release[:6])).release == library.release
    for name in ("", library.release[:3], "zzzzzz"):
        with pytest.raises(Misuse, match="bounceback releases"):
            await release_named(shelf.house, name)


async def test_back_to_an_earlier_release(shelf: Clinic, library: Library) -> None:
    await publish(shelf.house, with_more(library, "getting-help"), "tests")
    await publish(shelf.house, await release_named(shelf.house, library.release[:12]), "tests")
    pointer = await shelf.house.record.releases.pointer()
    assert pointer is not None and pointer.release == library.release
    assert shelf.house.shelf.library == library


async def test_what_is_put_in_force_again_after_an_urgent_release_is_not_overtaken_by_it(
    shelf: Clinic, library: Library
) -> None:
    shelf.clock.advance(seconds=1)
    await publish(shelf.house, with_more(library, "a-safety-question-first"), "tests", urgent=True)
    assert library.release in shelf.house.shelf.overtaken
    shelf.clock.advance(seconds=1)
    await publish(shelf.house, library, "tests, rollback")
    patient = await asked_first(shelf)
    shelf.clock.advance(seconds=1)
    await publish(shelf.house, with_more(library, "a-safety-question-first"), "tests")
    assert library.release not in shelf.house.shelf.overtaken
    await patient.answers(0)
    assert SORRY not in said(patient)


async def test_a_release_of_another_version_leaves_the_last_good_one_in_force(
    shelf: Clinic, library: Library, database: Database
) -> None:
    """As after an upgrade, until this version has published its own."""
    patient = await asked_first(shelf)
    unread = "INSERT INTO release VALUES ('of-old', '{\"pages\": 1}', now(), 'somebody', now()) ON CONFLICT DO NOTHING"
    async with database.transaction() as c:
        await c.execute(text(unread))
        await c.execute(text("UPDATE release_pointer SET release_hash = 'of-old', n = n + 1"))
    assert not await shelf.house.shelf.refresh()
    await patient.answers(0)
    assert shelf.house.shelf.library == library
    await publish(shelf.house, library, "tests")
    assert await shelf.house.shelf.refresh() is False
    assert (await shelf.house.record.releases.pointer()) == shelf.house.shelf.pointer
