"""The conversation as pages and forms: what is shown, what can be answered, and what counts once."""

from __future__ import annotations

from uuid import uuid4

import pytest
from clinic import Clinic, Patient
from plain_reader import Reader, forms_in, reader_at
from talker import Door

from bot.core.facts import MessageHeard, QuestionAnswered, ScoreRecorded

MOOD = ["Several days"] * 8 + ["Not at all"]
CRISIS = "i want to die"


async def heard(patient: Patient) -> int:
    return sum(isinstance(fact, MessageHeard) for fact in await patient.facts())


async def check_in(reader: Reader, answers: list[str]) -> None:
    await reader.presses("Check how I am")
    for label in answers:
        await reader.answers(label)


async def test_a_check_in_goes_from_the_menu_to_what_was_sent(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with reader_at(door.url, patient.token) as reader:
        await reader.presses("Check how I am")
        assert "Question 1 of 9" in reader.words
        await reader.answers("Several days")
        assert "Question 2 of 9" in reader.words
        await reader.presses("Back")
        assert "Question 1 of 9" in reader.words
        given = next(c for f in forms_in(reader.page) for c in f.controls if c.checked)
        assert given.label == "Several days", "what was answered is still chosen"
        for label in MOOD:
            await reader.answers(label)
        assert "Send my answers" in reader.buttons
        await reader.presses("Send my answers")
    assert [f.total for f in await patient.facts() if isinstance(f, ScoreRecorded)] == [8]


async def test_an_answer_that_was_read_back_can_be_changed(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with reader_at(door.url, patient.token) as reader:
        await check_in(reader, MOOD)
        change = next(b for b in reader.buttons if b.startswith("Change: "))
        await reader.presses(change)
        await reader.answers("Nearly every day")
        assert "Send my answers" in reader.buttons
        await reader.presses("Send my answers")
    assert [f.total for f in await patient.facts() if isinstance(f, ScoreRecorded)] == [10]


async def test_the_ninth_question_puts_where_to_turn_at_the_top(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with reader_at(door.url, patient.token) as reader:
        await check_in(reader, [*MOOD[:8], "Several days"])
        top, _, _ = reader.page.partition('<div class="msg')
    assert top.index('id="now"') < top.index('href="tel:116123"'), "in sight where the browser is sent to"
    assert [a.concern for a in await patient.alerts()] == ["risk"]


async def test_a_check_in_can_be_put_off_and_is_taken_up_again(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with reader_at(door.url, patient.token) as reader:
        await check_in(reader, MOOD[:2])
        await reader.presses("Finish later")
        assert "are kept" in reader.words
    async with reader_at(door.url, patient.token) as elsewhere:
        await elsewhere.presses("Go on")
        assert "Question 3 of 9" in elsewhere.words


# -- once ---------------------------------------------------------------------------------------------


async def test_a_form_that_is_sent_twice_counts_once(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with reader_at(door.url, patient.token) as reader:
        await reader.presses("Check how I am")
        form = next(f for f in forms_in(reader.page) if f.labelled("Several days"))
        fields = [*form.fields(), ("value", "1")]
        before = await heard(patient)
        for _ in range(2):
            await reader.sends(form.action, fields)
            assert (reader.status, reader.at) == (200, "/plain")
        assert "Question 2 of 9" in reader.words
    assert await heard(patient) == before + 1
    assert sum(isinstance(f, QuestionAnswered) for f in await patient.facts()) == 1


async def test_words_that_are_sent_twice_are_said_once(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with reader_at(door.url, patient.token) as reader:
        form = next(f for f in forms_in(reader.page) if any(c.name == "text" for c in f.controls))
        fields = [*((n, v) for n, v in form.fields() if n != "text"), ("text", "hello there")]
        before = await heard(patient)
        for _ in range(3):
            await reader.sends(form.action, fields)
        assert reader.words.count("hello there") == 1
    assert await heard(patient) == before + 1


async def test_an_answer_to_a_question_that_is_gone_is_not_taken_and_the_page_says_so(
    clinic: Clinic, door: Door
) -> None:
    patient = await clinic.join("copd")
    async with reader_at(door.url, patient.token) as reader:
        await reader.presses("Check how I am")
        form = next(f for f in forms_in(reader.page) if f.labelled("Several days"))
        await reader.answers("Several days")
        before = await heard(patient)
        await reader.sends(form.action, [*form.fields(), ("value", "3")])
        assert "The conversation has moved on" in reader.words
        assert "Question 2 of 9" in reader.words
    assert await heard(patient) == before


async def test_words_typed_at_an_older_question_are_words(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with reader_at(door.url, patient.token) as reader:
        await reader.presses("Check how I am")
        form = next(f for f in forms_in(reader.page) if any(c.name == "text" for c in f.controls))
        old = [(n, v) for n, v in form.fields() if n != "text"]
        await reader.answers("Several days")
        await reader.sends(form.action, [*old, ("text", "Nearly every day")])
    answered = [f for f in await patient.facts() if isinstance(f, QuestionAnswered)]
    assert len(answered) == 1


# -- what is not taken --------------------------------------------------------------------------------


async def test_nothing_chosen_says_so_at_the_question(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with reader_at(door.url, patient.token) as reader:
        await reader.presses("Check how I am")
        await reader.presses("Next")
        assert reader.status == 400
        assert "Choose one answer first." in reader.words
        assert 'aria-describedby="problem"' in reader.page
        await reader.answers("Several days")
        assert "Question 2 of 9" in reader.words


async def test_what_is_too_long_comes_back_in_its_box(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    long = "zażółć & <b> " * 400
    async with reader_at(door.url, patient.token) as reader:
        await reader.says(long)
        assert reader.status == 413, reader.words[:500]
        box = next(c for f in forms_in(reader.page) for c in f.controls if c.name == "text")
        assert box.value == long
        assert clinic.house.shelf.library.say("too_long") in reader.words
        await reader.says("short")
        assert reader.status == 200


async def test_nothing_written_says_so(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with reader_at(door.url, patient.token) as reader:
        await reader.says("   ")
        assert reader.status == 400
        assert clinic.house.shelf.library.say("empty") in reader.words


# -- what a page shows --------------------------------------------------------------------------------


async def test_the_newest_turn_stands_first_and_older_ones_on_pages(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    for n in range(30):
        await patient.says(f"word number {n}")
    async with reader_at(door.url, patient.token) as reader:
        assert reader.words.index("word number 29") < reader.words.index("word number 28")
        seen = reader.words
        while "Older messages" in reader.words:
            link = reader.page.split('href="/plain?before=')[1].split('"')[0]
            await reader.opens(f"/plain?before={link}")
            assert reader.status == 200
            seen += reader.words
        assert all(f"word number {n}" in seen for n in range(30))
        assert "Hello Sam." in reader.words


async def test_it_says_who_reads_and_leaves_and_signs_out(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with reader_at(door.url, patient.token) as reader:
        for words in ("Your team", "Get help now", "Leave this site", "Sign out of this device"):
            assert words in reader.words
        await reader.presses("Sign out of this device")
        assert "You are signed out of this device." in reader.words
        await reader.opens()
        assert "Your invitation code" in reader.words
    assert (await door.get("/v1/messages?after=0", patient.token)).status == 401


async def test_it_looks_by_itself_only_when_asked_to_and_has_no_place_to_write_then(
    clinic: Clinic, door: Door
) -> None:
    patient = await clinic.join("copd")
    async with reader_at(door.url, patient.token) as reader:
        assert "Refresh" not in reader.headers
        assert "refresh" not in reader.page.lower()
        await reader.opens("/plain?look=1")
        assert reader.headers["Refresh"] == "60; url=/plain?look=1"
        assert "<textarea" not in reader.page


async def test_a_safety_plan_stands_in_help_and_on_a_page_of_its_own(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    await patient.presses("menu:plan")
    async with reader_at(door.url, patient.token) as reader:
        await reader.says("I *stop* sleeping")
        for path in ("/plain/help", "/plain/plan"):
            await reader.opens(path)
            assert "I *stop* sleeping" in reader.words
            assert 'href="tel:116123"' in reader.page


async def test_who_looked_is_there(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with reader_at(door.url, patient.token) as reader:
        await reader.opens("/plain/looks")
        assert "Nobody has opened your record yet." in reader.words


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x>', "{{ 7*7 }}", "**not bold**"])
async def test_their_own_words_are_text(clinic: Clinic, door: Door, text: str) -> None:
    patient = await clinic.join("copd")
    async with reader_at(door.url, patient.token) as reader:
        await reader.says(text)
        assert text in reader.words or text.replace("<", " <") in reader.words or "&lt;script" in reader.page
        assert "<script" not in reader.page
        assert "<img src=x" not in reader.page
        assert "<strong>not" not in reader.page


async def test_a_page_in_polish_says_what_is_in_which_language(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd", language="pl")
    async with reader_at(door.url, patient.token) as reader:
        assert '<html lang="pl" dir="ltr">' in reader.page
        assert '<span lang="en">Get help now</span>' in reader.page
        assert "Sprawdź, czy są nowe wiadomości" in reader.words
        await reader.says("nie wiem co robić")
        assert reader.status == 200


async def test_a_made_up_id_is_refused(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with reader_at(door.url, patient.token) as reader:
        token = forms_in(reader.page)[0].fields()[0][1]
        for made_up in ("", "x", "1" * 500, str(uuid4()) + "0"):
            await reader.sends("/plain/say", {"form": token, "id": made_up, "text": "hello"})
            assert reader.status == 400
