"""A patient's own safety plan: written, looked at, changed, brought out; shown to the team only where they said so."""

from __future__ import annotations

import pytest
from clinic import Clinic, Patient
from sqlalchemy import text

from bot.adapters.postgres.engine import Database
from bot.core.facts import PlanPartWritten, facts_as_json
from bot.core.state import PlanRun, SafetyRun
from bot.ports import Looker
from bot.usecases.looking import open_alert, open_patient
from bot.usecases.own_plan import plan_of

PARTS = {
    "signs": "pacing about at night, cobalt otter",
    "helps": "loud music",
    "people": "my sister Ana, 07700 900000",
    "places": "the bench by the canal",
    "professionals": "my GP",
}
CRISIS = "i want to die"


@pytest.fixture
async def sam(clinic: Clinic) -> Patient:
    return await clinic.join("copd")


async def writes(sam: Patient, share: str = "No") -> None:
    await sam.chooses("My safety plan")
    for words in PARTS.values():
        await sam.says(words)
    await sam.chooses(share)


async def theirs(sam: Patient) -> dict[str, str]:
    parts = await plan_of(sam.clinic.house, sam.clinic.service.id, sam.id)
    return {part.part: part.text for part in parts}


async def seen_by_team(sam: Patient) -> tuple[list[str], str]:
    """The plan on the patient's page, and all that stands in the conversation there."""
    house, service = sam.clinic.house, sam.clinic.service.id
    looker = Looker(sam.clinic.therapist.id, sam.clinic.clock.now())
    opened = await open_patient(house, service, sam.id, looker, last_messages=100)
    assert opened is not None
    said = [m.shown.text + " ".join(line.answer for line in m.shown.read_back) for m in opened.messages]
    return [part.text for part in opened.plan], " ".join(said)


async def test_five_parts_are_asked_one_at_a_time_in_their_own_words(sam: Patient) -> None:
    await sam.chooses("My safety plan")
    asked = []
    for words in PARTS.values():
        question = sam.last.shown.question
        assert question is not None and question.kind == "text"
        asked.append(question.item)
        await sam.says(words)
    assert asked == [f"plan.{part}" for part in PARTS]
    assert sam.last.shown.text == "May your team read your plan?"
    await sam.chooses("No")
    assert await theirs(sam) == PARTS


async def test_parts_may_be_skipped_and_finished_later(sam: Patient) -> None:
    await sam.chooses("My safety plan")
    await sam.chooses("Skip this one")
    await sam.says(PARTS["helps"])
    await sam.chooses("Finish later")
    assert await theirs(sam) == {"helps": PARTS["helps"]}
    assert (await sam.state()).runs == ()


async def test_a_plan_of_nothing_is_none(sam: Patient) -> None:
    await sam.chooses("My safety plan")
    for _ in PARTS:
        await sam.chooses("Skip this one")
    assert "there is no plan yet" in sam.bot_said()[0].text
    assert await theirs(sam) == {}


async def test_it_is_looked_at_and_one_part_is_changed_or_taken_out(sam: Patient) -> None:
    await writes(sam)
    await sam.chooses("My safety plan")
    assert {line.answer for line in sam.last.shown.read_back} == set(PARTS.values())
    await sam.presses("change.plan.helps")
    assert any(PARTS["helps"] in shown.text for shown in sam.bot_said())
    await sam.says("quiet music")
    await sam.presses("change.plan.places")
    await sam.chooses("Take this part out")
    await sam.presses("change.plan.people")
    await sam.chooses("Leave it as it is")
    await sam.chooses("Done")
    changed = {**PARTS, "helps": "quiet music"}
    del changed["places"]
    assert await theirs(sam) == changed


async def test_its_words_are_sealed_and_facts_hold_ids(sam: Patient, database: Database) -> None:
    await writes(sam)
    facts = await sam.facts()
    assert sum(isinstance(f, PlanPartWritten) for f in facts) == len(PARTS)
    assert "otter" not in facts_as_json(tuple(facts))
    assert "otter" not in (await sam.state()).json()
    async with database.reading() as c:
        sql = "SELECT body FROM word WHERE service_id = :s AND owner_id = :l AND kind = 'plan'"
        rows = await c.execute(text(sql), {"s": sam.clinic.service.id, "l": sam.id})
        bodies = [row[0] for row in rows]
    assert len(bodies) == len(PARTS)
    assert not any(b"otter" in body for body in bodies)


async def test_erased_words_leave_no_plan(sam: Patient, database: Database) -> None:
    await writes(sam)
    async with database.transaction() as c:
        sql = "DELETE FROM word WHERE service_id = :s AND owner_id = :l"
        await c.execute(text(sql), {"s": sam.clinic.service.id, "l": sam.id})
    assert await theirs(sam) == {}


async def test_the_team_does_not_see_what_is_not_shared(sam: Patient) -> None:
    await writes(sam)
    await sam.chooses("My safety plan")
    plan, said = await seen_by_team(sam)
    assert plan == []
    assert not [words for words in PARTS.values() if words in said]


async def test_the_team_sees_what_is_shared_until_it_is_not(sam: Patient) -> None:
    await writes(sam, share="Yes")
    plan, said = await seen_by_team(sam)
    assert plan == list(PARTS.values())
    assert PARTS["signs"] in said
    await sam.chooses("My safety plan")
    await sam.chooses("Stop showing it to my team")
    await sam.chooses("Done")
    plan, said = await seen_by_team(sam)
    assert plan == []
    assert PARTS["signs"] not in said


async def test_a_look_at_a_shared_plan_is_one_audit_row(sam: Patient, database: Database) -> None:
    await writes(sam, share="Yes")

    async def rows() -> int:
        async with database.reading() as c:
            sql = "SELECT count(*) FROM audit WHERE service_id = :s"
            return int((await c.execute(text(sql), {"s": sam.clinic.service.id})).scalar() or 0)

    before = await rows()
    assert (await seen_by_team(sam))[0]
    assert await rows() == before + 1


async def test_what_rings_in_it_is_kept_heard_and_seen_by_the_team(clinic: Clinic, sam: Patient) -> None:
    await sam.chooses("My safety plan")
    await sam.says("when i start to think that i want to die")
    assert any(shown.urgent for shown in sam.bot_said())
    (alert,) = await sam.alerts()
    assert (alert.concern, alert.level) == ("risk", "now")
    opened = await open_alert(
        clinic.house,
        clinic.service.id,
        await _whole(clinic, alert.id),
        Looker(clinic.therapist.id, clinic.clock.now()),
    )
    assert any("want to die" in m.shown.text for around in opened.around.values() for m in around)
    assert await theirs(sam) == {"signs": "when i start to think that i want to die"}
    await sam.chooses("No")
    await sam.chooses("By phone")
    await sam.chooses("Go on")
    assert sam.last.shown.question is not None and sam.last.shown.question.item == "plan.helps"


async def _whole(clinic: Clinic, alert: object):  # type: ignore[no-untyped-def]
    return await clinic.house.record.ledger.one(clinic.service.id, alert, None)  # type: ignore[arg-type]


async def test_it_is_brought_out_in_a_crisis_before_the_question(sam: Patient) -> None:
    await writes(sam)
    await sam.says(CRISIS)
    said = [shown.text for shown in sam.bot_said()]
    at = said.index("You made a plan for moments like this. Here it is.")
    assert all(words in said[at + 1] for words in PARTS.values())
    assert said[-1] == "Are you having thoughts of ending your life?"
    assert PARTS["signs"] not in (await seen_by_team(sam))[1]


async def test_it_opens_from_the_safety_dialogue_which_stands_below(sam: Patient) -> None:
    await sam.says(CRISIS)
    await sam.chooses("No")
    await sam.chooses("By phone")
    await sam.chooses("My safety plan")
    assert [type(run) for run in (await sam.state()).runs] == [SafetyRun, PlanRun]
    await sam.chooses("Finish later")
    assert isinstance((await sam.state()).top, SafetyRun)
    assert "My safety plan" in [c.label for c in sam.last.shown.choices]


async def test_it_opens_from_get_help_now_over_whatever_is_open(sam: Patient) -> None:
    await sam.presses("menu:check_in")
    await sam.answers(1)
    await sam._send(choice="0.menu:plan")
    await sam.chooses("Finish later")
    assert sam.last.shown.progress is not None and sam.last.shown.progress.at == 2


async def test_emphasis_in_their_words_stays_as_they_wrote_it(sam: Patient) -> None:
    await sam.chooses("My safety plan")
    await sam.says("*stars* and {braces}")
    await sam.chooses("Finish later")
    await sam.says(CRISIS)
    assert any("\\*stars\\* and {braces}" in shown.text for shown in sam.bot_said())
    await sam.presses("menu:plan")
    await sam.presses("change.plan.signs")
    assert any("{braces}" in shown.text for shown in sam.bot_said())
