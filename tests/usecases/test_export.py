"""A whole record, handed over: nothing of theirs is missing, nothing of somebody else's is in it, and FHIR can read it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from clinic import Clinic, Patient
from desk_scene import joins_group, posts
from fhir.resources.R4B.bundle import Bundle

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.erasing import EMPTIED, ERASED, OTHERS, PSEUDONYMOUS
from bot.core import facts as f
from bot.core.errors import Refused
from bot.core.inputs import Resolve
from bot.core.record import Told, bundle_of, document_of
from bot.core.record.codes import LOCAL, LOINC
from bot.core.values import WordId
from bot.ports import Looker
from bot.usecases.change import hand_in
from bot.usecases.erasing import erase
from bot.usecases.export import FORMS, export

CANARY = "quetzalcoatl"
NOTE = "only for colleagues"

# What stands in the files, table by table; or why not.
FROM = {
    "journal": "all of it: what happened, fact by fact",
    "word": "all of it, but what colleagues write to one another about an alert",
    "reminder": "a row each",
    "reminder_sent": "the ways of each reminder",
    "audit": "who looked, day by day",
    "message": "folded from the journal, its words from word",
    "score": "folded from the journal",
    "module_run": "folded from the journal",
    "alert": "folded from the journal: what it was about and when; who was told is the team's",
    "evidence": "folded from the journal: by which rule is the team's",
    "person": "folded from the journal",
    "line": "the state is folded from the journal; the key opens the words",
    "post": "their own stand in the journal as they were offered",
    "member": "their own stand in the journal",
    "room": "of a group",
    "reaction": "a button pressed under somebody else's post: of a group",
    "moderation": "what hosts decided; what was decided about them they were told in the chat, which is there",
    "host_note": "hosts' own words, of a group",
    "timer": "what is still to come: folded from the journal",
    "outbox": "promises of the service's own",
    "heard": "fingerprints, by which a message sent twice is known",
    "screen_mark": "what staff say of the screen's rules",
    "delivery": "letters to staff",
    "notice": "news to staff",
    "session": "hashes of chance",
    "invite": "hashes of chance",
    "reach": "devices and numbers by which they are reminded: addresses of chance, which nobody else may have",
    "reminder_wish": "whether reminders name the service: what they chose stands in the chat",
    "diary": "folded from the journal, its words from word",
    "wrong_code": "of a service",
    "schedule_late": "of a service",
    "login_hint": "an index of the address, which stands there itself",
}


def test_of_every_table_with_rows_of_patients_it_is_said_whether_it_is_in_the_files() -> None:
    of_patients = {*ERASED, *EMPTIED, *PSEUDONYMOUS, *OTHERS}
    assert set(FROM) == of_patients
    assert of_patients <= set(s.metadata.tables)


async def lived(clinic: Clinic) -> Patient:
    """A week of everything, with the canary in each kind of words."""
    patient = await clinic.join(name=f"{CANARY} name", contact=f"{CANARY}@post.example", pin="4711")
    await patient.chooses("Check how I am")
    await patient.fills_in(*[1] * 8, 0)
    await patient.chooses("Send my answers")
    await patient.fills_in(None, *[2] * 6)
    await patient.chooses("Send my answers")
    await patient.chooses("More for me")
    await patient.chooses("My goals")
    await patient.chooses("Set a small goal")
    await patient.says(f"{CANARY} goal")
    await patient.chooses("More for me")
    await patient.chooses("My diary")
    await patient.chooses("A note")
    await patient.says(f"{CANARY} note")
    await patient.chooses("My safety plan")
    for part in range(5):
        await patient.says(f"{CANARY} part {part}")
    await patient.chooses("No")
    room = await joins_group(clinic, patient, f"{CANARY[:8]} of old")
    await posts(clinic, patient, room, f"{CANARY} post")
    await patient.chooses("More for me")
    await patient.chooses("My record")
    await patient.chooses("Something in it is wrong")
    await patient.chooses("Something else")
    await patient.says(f"{CANARY} wrong")
    await patient.says(f"hello {CANARY}")
    await patient.says("i want to kill myself")
    alert = next(a for a in await patient.alerts() if a.state != "resolved" and a.concern == "risk")
    done = Resolve(alert.id, clinic.therapist.id, "contacted", NOTE)
    await hand_in(clinic.house, clinic.service.id, patient.id, done)
    return patient


async def files_of(clinic: Clinic, patient: Patient, by: Looker | None = None) -> dict[str, str]:
    made = await export(clinic.house, clinic.service.id, patient.id, by)
    return {file.form: file.body.decode() for file in made}


async def test_every_word_and_every_fact_is_in_the_files(clinic: Clinic) -> None:
    patient = await lived(clinic)
    files = await files_of(clinic, patient)
    told = json.loads(files["json"])
    facts = await patient.facts()
    assert len(told["happened"]) == len(facts)
    held = await clinic.house.record.holdings.of(clinic.service.id, patient.id, None)
    assert held is not None
    wrapped = (await clinic.house.record.reading.keys(clinic.service.id, [patient.id]))[patient.id]
    key = clinic.house.vault.open_key(patient.id, *wrapped)
    for word in held.words:
        text = clinic.house.vault.unseal(key, word)
        if word.kind == "resolve_note":
            assert text == NOTE and NOTE not in files["json"]
            continue
        if word.kind in ("heard", "shown"):
            text = json.loads(text)["text"]
        assert json.dumps(text, ensure_ascii=False)[1:-1] in files["json"], word.kind
    for said in ("name", "goal", "part 4", "post", "wrong"):
        assert f"{CANARY} {said}" in files["html"]
    assert NOTE not in files["html"] and "<script" not in files["html"]
    assert [row["what"] for row in told["alerts"]].count("closed") == 1
    skipped = next(score for score in told["scores"] if score["measure"] == "gad7")
    assert skipped["answers"][0]["answer"] is None and skipped["total"] is None


async def test_of_an_alert_only_what_it_was_about_is_told(clinic: Clinic) -> None:
    patient = await lived(clinic)
    told = json.loads((await files_of(clinic, patient))["json"])
    raised = [row for row in told["happened"] if row["type"] == "alert_raised"]
    assert raised and all(set(row) == {"at", "type", "concern"} for row in raised)


async def test_the_bundle_is_fhir_and_points_at_nothing_outside(clinic: Clinic) -> None:
    patient = await lived(clinic)
    raw = json.loads((await files_of(clinic, patient))["fhir"])
    Bundle.model_validate(raw)
    urls = [entry["fullUrl"] for entry in raw["entry"]]
    assert len(set(urls)) == len(urls)
    assert set(_references(raw)) <= set(urls)
    resources = [entry["resource"] for entry in raw["entry"]]
    canonicals = {f"{q['url']}|{q['version']}" for q in _of(resources, "Questionnaire")}
    assert {r["questionnaire"] for r in _of(resources, "QuestionnaireResponse")} <= canonicals
    phq9 = next(q for q in _of(resources, "Questionnaire") if q["name"] == "phq9")
    assert phq9["code"][0]["code"] == "44249-1"
    third = phq9["item"][2]
    assert third["text"] == "Trouble falling or staying asleep, or sleeping too much"
    assert third["code"][0]["display"] == f"{third['text']} in last 2 weeks [Reported.PHQ]"
    total = next(o for o in _of(resources, "Observation") if o["code"]["coding"][0]["code"] == "44261-6")
    assert (total["valueQuantity"]["value"], total["code"]["coding"][1]["code"]) == (8, "720433000")
    gad7 = next(r for r in _of(resources, "QuestionnaireResponse") if "/gad7|" in r["questionnaire"])
    assert "answer" not in gad7["item"][0]
    assert gad7["item"][1]["answer"][0]["valueCoding"]["code"] == "LA6570-1"
    assert not any(o["code"]["coding"][0]["code"] == "70274-6" for o in _of(resources, "Observation"))
    assert [goal["description"]["text"] for goal in _of(resources, "Goal")] == [f"{CANARY} goal"]


async def test_a_goal_of_the_bundle_began_on_the_day_of_their_own_clock(clinic: Clinic) -> None:
    clinic.clock.set(datetime(2026, 7, 12, 23, 30, tzinfo=UTC))
    patient = await clinic.join()
    for said in ("More for me", "My goals", "Set a small goal"):
        await patient.chooses(said)
    await patient.says("to the end of the garden")
    raw = json.loads((await files_of(clinic, patient))["fhir"])
    [goal] = _of([entry["resource"] for entry in raw["entry"]], "Goal")
    assert goal["startDate"] == "2026-07-13"


def _of(resources: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [r for r in resources if r["resourceType"] == kind]


def _references(of: Any) -> list[str]:
    if isinstance(of, dict):
        here = [of["reference"]] if isinstance(of.get("reference"), str) else []
        return here + [found for each in of.values() for found in _references(each)]
    return [found for each in of for found in _references(each)] if isinstance(of, list) else []


async def test_a_measure_without_codes_has_local_ones(clinic: Clinic) -> None:
    patient = await clinic.join()
    skeleton = f.ScoreRecorded(
        score_id=clinic.house.ids.new(),
        measure="wsas",
        measure_version="1",
        items={"1": 3, "2": None},
        total=None,
        complete=False,
        at=clinic.clock.now(),
    )
    told = Told("Valley Clinic", patient.id, clinic.clock.now(), [(clinic.clock.now(), [skeleton])], {})
    library = clinic.house.shelf.library
    raw = bundle_of(document_of(told, library), library)
    Bundle.model_validate(raw)
    form = next(r["resource"] for r in raw["entry"] if r["resource"]["resourceType"] == "Questionnaire")
    assert {code["system"] for item in form["item"] for code in item["code"]} == {LOCAL}


async def test_a_line_of_the_diary_is_an_observation_with_its_unit(clinic: Clinic) -> None:
    patient = await clinic.join("diabetes")
    at, word = clinic.clock.now(), WordId(clinic.house.ids.new())
    lines = [("pain", 4, "", None), ("glucose", 6.5, "mmol/L", word), ("temperature", 38.1, "°C", None)]
    lines += [("note", None, "", word), ("note", None, "", WordId(clinic.house.ids.new()))]
    kept = [
        f.DiaryKept(entry=clinic.house.ids.new(), kind=kind, at=at, number=number, unit=unit, word=said)
        for kind, number, unit, said in lines
    ]
    told = Told("Valley Clinic", patient.id, at, [(at, kept)], {word: ("diary", CANARY)})
    library = clinic.house.shelf.library
    raw = bundle_of(document_of(told, library), library)
    Bundle.model_validate(raw)
    seen = [entry["resource"] for entry in raw["entry"] if entry["resource"]["resourceType"] == "Observation"]
    codes = [(o["code"]["coding"][0]["system"], o["code"]["coding"][0]["code"]) for o in seen]
    assert codes == [(LOINC, "72514-3"), (LOINC, "14743-9"), (LOINC, "8310-5"), (LOCAL, "diary.note")]
    quantities = [(q["value"], q["code"]) for o in seen if (q := o.get("valueQuantity"))]
    assert quantities == [(4, "{score}"), (6.5, "mmol/L"), (38.1, "Cel")]
    assert seen[1]["note"] == [{"text": CANARY}]
    assert seen[3]["valueString"] == CANARY


async def test_the_teams_copy_is_one_look_and_leaves_out_a_plan_that_is_not_shared(clinic: Clinic) -> None:
    patient = await lived(clinic)
    before = await clinic.house.record.audit.own(clinic.service.id, patient.id, most=50)
    files = await files_of(clinic, patient, Looker(clinic.therapist.id, clinic.clock.now()))
    after = await clinic.house.record.audit.own(clinic.service.id, patient.id, most=50)
    assert [look.what for look in after[: len(after) - len(before)]] == ["patient.export"]
    assert f"{CANARY} part" not in "".join(files.values())
    assert f"{CANARY} goal" in files["json"]


async def test_nothing_is_left_to_hand_over_after_erasure(clinic: Clinic) -> None:
    patient = await clinic.join()
    await erase(clinic.house, clinic.service.id, patient.id, "operator:cli")
    with pytest.raises(Refused, match="not_found"):
        await export(clinic.house, clinic.service.id, patient.id, None)


def test_every_kind_of_fact_is_told_of() -> None:
    """By construction: whatever a fact is, it stands in ``happened``. This names what is told in a section besides."""
    assert len(get_args(f.Fact)) > 60
    assert set(FORMS) == {"html", "json", "fhir"}
    assert re.fullmatch(r"https://\S+", LOCAL)
