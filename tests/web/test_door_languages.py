"""In whose language the doors speak: a patient's own where there is one, and English with no error where there is not."""

from __future__ import annotations

import pytest
from clinic import Clinic, text_of
from talker import Door

from bot.core.library import Library
from bot.usecases import ways_in
from bot.usecases.ways_in import Invitation


async def invited(clinic: Clinic, language: str) -> Invitation:
    return await clinic.invite("copd", language=language)


async def test_an_invitation_opens_the_page_in_the_patients_language(clinic: Clinic) -> None:
    polish, english, unknown = [(await invited(clinic, of)).url(clinic.house) for of in ("pl", "en", "xx")]
    assert polish.endswith("&lang=pl")
    assert "lang" not in english + unknown


async def test_a_way_back_comes_as_a_letter_in_the_patients_language(
    clinic: Clinic, library: Library
) -> None:
    await clinic.join("copd", language="pl", contact="kasia@example.org", pin="4821")
    await ways_in.ask_return(clinic.house, "kasia@example.org")
    [letter] = clinic.post_box.to("kasia@example.org")[-1:]
    text = text_of(letter)
    assert "Oto twój link" in text
    assert "&lang=pl" in text.replace("\n", "")


@pytest.mark.parametrize("language", ["pl", "xx", "en"])
async def test_the_widgets_own_words_in_a_language(door: Door, library: Library, language: str) -> None:
    reply = await door.get(f"/v1/texts/{language}")
    assert reply.status == 200
    told, texts = reply.body["lang"], reply.body["texts"]
    assert told == ("pl" if language == "pl" else "en")
    wanted = library.texts["pl"].items() if told == "pl" else ()
    assert texts == {key: text for key, text in wanted if key.startswith("widget_")}


async def test_an_odd_language_is_no_address(door: Door) -> None:
    assert (await door.get("/v1/texts/..%2Fen")).status == 404


async def test_before_joining_the_caller_names_the_language(
    clinic: Clinic, door: Door, library: Library
) -> None:
    body = {"invite": "nowhere.at-all", "adult": True, "consents": {"care": True}}

    async def refusal(language: str) -> tuple[str, str | None]:
        reply = await door.post("/v1/join", body, Accept_Language=language)
        assert reply.code == "expired_invite"
        return reply.body["text"], reply.body.get("lang")

    english = library.say("expired_invite")
    assert await refusal("pl") == (library.say("expired_invite", "pl"), "pl")
    assert await refusal("pl-PL,en;q=0.5") == (library.say("expired_invite", "pl"), "pl")
    for odd in ("xx", "*", "", "en-GB", ";;;", "p" * 4_000):
        assert await refusal(odd) == (english, None)


async def test_words_of_a_crisis_stay_in_english_at_the_door(
    clinic: Clinic, door: Door, library: Library
) -> None:
    invitation = await invited(clinic, "pl")
    body = {"invite": invitation.code, "adult": False, "consents": {}}
    reply = await door.post("/v1/join", body, Accept_Language="pl")
    assert (reply.body["text"], reply.body.get("lang")) == (library.say("under_18"), None)


async def test_signed_in_it_is_the_patients_own_language_whatever_the_browser_says(
    clinic: Clinic, door: Door, library: Library
) -> None:
    patient = await clinic.join("copd", language="pl")
    there = (await door.get("/v1/availability", patient.token, **{"Accept-Language": "de"})).body
    assert there["lang"] == "pl"
    assert there["reading"].startswith(library.say("team_reads", "pl").partition("{")[0])
    assert all(line.get("lang") is None for line in there["urgent"]["lines"]), "where to turn is in English"
    unknown = await clinic.join("copd", language="xx")
    assert (await door.get("/v1/availability", unknown.token)).body["lang"] == "en"
    empty = await door.say(patient.token, " ")
    assert (empty.body["text"], empty.body["lang"]) == (library.say("empty", "pl"), "pl")


@pytest.mark.parametrize("way", ["token", "ticket"])
async def test_a_socket_speaks_the_patients_language(
    clinic: Clinic, door: Door, library: Library, way: str
) -> None:
    patient = await clinic.join("copd", language="pl")
    secret = patient.token
    if way == "ticket":
        secret = (await door.post("/v1/ticket", {}, patient.token)).body["ticket"]
    async with door.socket() as line:
        welcome = await line.hello(**{way: secret})
        assert welcome["reading"].startswith("Twój zespół")
        await line.say("  ")
        nack = await line.refusal()
    assert (nack["text"], nack["lang"]) == (library.say("empty", "pl"), "pl")


async def test_a_patient_of_an_unknown_language_talks_in_english(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd", language="tlh")
    messages = await door.read(patient.token)
    assert {m["lang"] for m in messages} == {"en"}
    assert messages[0]["text"].startswith("Hello Sam.")
