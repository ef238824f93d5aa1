"""The conversation as pages and forms: what is shown, what can be answered, and what counts once."""

from __future__ import annotations

from clinic import Clinic
from plain_reader import reader_at
from talker import Door


async def test_the_whole_way_from_the_menu_to_a_sent_check_in(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with reader_at(door.url, patient.token) as reader:
        assert "Hello Sam." in reader.words
        await reader.presses("Check how I am")
        print(reader.words)
        assert "Question 1 of 9" in reader.words
        await reader.answers("Several days")
        assert "Question 2 of 9" in reader.words
