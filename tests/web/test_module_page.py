"""The module that a patient is in, to be read where there is no connection."""

from __future__ import annotations

from clinic import Clinic
from talker import Door


async def test_no_module_no_page(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    assert (await door.get("/v1/module", patient.token)).body == {"page": None}
    assert (await door.get("/v1/module")).status == 401


async def test_the_module_that_is_open_is_a_page_until_it_is_over(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd", name="Marmaduke")
    await patient.chooses("Something that may help")
    await patient.chooses("Breathlessness and worry")
    answer = await door.get("/v1/module", patient.token)
    page = answer.body["page"]
    assert page["title"] == "Breathlessness and worry"
    assert "999" in page["urgent"]["text"]
    assert all(s["title"] and s["lines"] for s in page["sections"])
    assert "Marmaduke" not in answer.raw
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Encoding"] == "gzip"


async def test_it_is_in_the_words_that_the_patient_reads(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd", language="pl")
    polish = clinic.house.shelf.library.texts["pl"]
    await patient.chooses(polish["menu_module"])
    await patient.chooses("Duszność i niepokój")
    page = (await door.get("/v1/module", patient.token)).body["page"]
    assert (page["lang"], page["title"]) == ("pl", "Duszność i niepokój")
