"""A patient reads who opened their own record: who and when, day by day, and nothing of why."""

from __future__ import annotations

from clinic import Clinic
from desk_client import Site, at_desk, looks
from desk_scene import CRISIS, colleague
from talker import Door

from bot.adapters.postgres.engine import Database
from bot.core.values import LineId
from bot.ports import Looker
from bot.usecases import people
from bot.usecases.looking import open_patient


async def opens(clinic: Clinic, patient: LineId, by: Looker) -> None:
    assert await open_patient(clinic.house, clinic.service.id, patient, by, last_messages=5)


def looker(clinic: Clinic, who: str = "therapist") -> Looker:
    return Looker(who=getattr(clinic, who).id, at=clinic.clock.now())


async def test_nobody_has_looked_at_first(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join()
    answer = await door.get("/v1/looks", patient.token)
    assert answer.body == {"lang": "en", "days": []}
    assert answer.headers["Cache-Control"] == "no-store"
    assert (await door.get("/v1/looks")).status == 401


async def test_each_day_says_who_and_when_the_newest_first(clinic: Clinic, door: Door) -> None:
    patient, other = await clinic.join(name="Sam"), await clinic.join(name="Alex")
    await opens(clinic, patient.id, looker(clinic))
    clinic.clock.advance(days=1, minutes=14)
    await opens(clinic, patient.id, looker(clinic, "duty"))
    await opens(clinic, patient.id, looker(clinic))
    clinic.clock.advance(hours=5)
    await opens(clinic, patient.id, looker(clinic))
    await opens(clinic, other.id, looker(clinic))
    assert (await door.get("/v1/looks", patient.token)).body["days"] == [
        {
            "day": "On Tuesday 3 March 2026",
            "lines": [
                "Duty from your team opened your record at 10:14.",
                "Therapist from your team opened your record 2 times, from 10:14 to 15:14.",
            ],
        },
        {
            "day": "On Monday 2 March 2026",
            "lines": ["Therapist from your team opened your record at 10:00."],
        },
    ]


async def test_an_alert_a_page_and_a_list_look_alike_or_not_at_all(
    site: Site, clinic: Clinic, door: Door, database: Database
) -> None:
    """Whoever reads over a patient's shoulder learns that the record was opened, and no more."""
    patient = await clinic.join()
    await patient.says("my husband hits me")
    (alert,) = await patient.alerts()
    async with at_desk(site, clinic.therapist) as desk:
        for page in ("/desk", "/desk/patients", "/desk/inbox", f"/desk/alerts/{alert.id}"):
            assert (await desk.opens(page)).status == 200
    before = await looks(database, clinic.service.id)
    answer = await door.get("/v1/looks", patient.token)
    [day] = answer.body["days"]
    assert day["lines"] == ["Therapist from your team opened your record at 10:00."]
    assert "alert" not in str(answer.body) and str(alert.id) not in str(answer.body)
    assert await looks(database, clinic.service.id) == before


async def test_who_has_left_keeps_their_name_and_who_runs_the_service_has_none(
    clinic: Clinic, door: Door
) -> None:
    patient = await clinic.join(language="pl")
    gone = await colleague(clinic, "duty")
    await opens(clinic, patient.id, Looker(who=gone.id, at=clinic.clock.now()))
    await opens(clinic, patient.id, Looker(who=gone.id, at=clinic.clock.now(), role="operator"))
    await people.leave(clinic.house, gone, None)
    answer = (await door.get("/v1/looks", patient.token)).body
    assert answer["lang"] == "pl"
    [day] = answer["days"]
    assert day["day"] == "W poniedziałek 2 marca 2026"
    assert day["lines"] == [
        "duty z twojego zespołu: wgląd w twoje zapisy o 10:00.",
        "Osoba, która prowadzi tę usługę: wgląd w twoje zapisy o 10:00.",
    ]


async def test_words_of_crisis_add_no_look(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join()
    await patient.says(CRISIS)
    await clinic.work()
    assert (await door.get("/v1/looks", patient.token)).body["days"] == []
