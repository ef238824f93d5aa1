"""A patient's own record over HTTP: their curves, what their team sees, and the whole of it as a file."""

from __future__ import annotations

import json

from clinic import Clinic
from talker import Door


async def test_the_page_of_ones_own_record(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join(name="Sam")
    assert (await door.get("/v1/record")).status == 401
    empty = (await door.get("/v1/record", patient.token)).body
    assert (empty["charts"], empty["erasing"]) == ([], "")
    assert any("name you gave" in sentence for sentence in empty["team"])
    await patient.chooses("Check how I am")
    await patient.fills_in(*[1] * 8, 0)
    await patient.chooses("Send my answers")
    (chart,) = (await door.get("/v1/record", patient.token)).body["charts"]
    assert chart["measure"] == "phq9" and chart["points"][0]["total"] == 8
    assert chart["bands"][0] == {"low": 0, "high": 4, "name": "few signs of low mood"}


async def test_the_whole_of_it_as_a_file(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join(name="Sam")
    for form, start in (("html", "<!doctype html>"), ("json", "{"), ("fhir", "{")):
        file = (await door.post("/v1/export", {"form": form}, patient.token)).body
        assert file["text"].startswith(start) and "Sam" in file["text"]
    assert json.loads(file["text"])["resourceType"] == "Bundle"
    assert (await door.post("/v1/export", {"form": "pdf"}, patient.token)).status == 400
    assert (await door.post("/v1/export", {"form": "json"})).status == 401
    looks = await clinic.house.record.audit.own(clinic.service.id, patient.id, most=5)
    assert looks == [], "nobody else has looked"


async def test_not_again_and_again(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join()
    said = [(await door.post("/v1/export", {"form": "json"}, patient.token)).status for _ in range(13)]
    assert said == [200] * 12 + [429]
