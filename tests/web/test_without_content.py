"""A process that has neither the record nor any content to screen by: nobody is left without a number to call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from doors import OpenDoor
from talker import Door

from bot.adapters.safety_file import NAME, SafetyFile
from bot.adapters.understanding_local import LocalUnderstanding
from bot.settings import Settings
from bot.usecases.house import House
from bot.usecases.standby import what_stands_by
from bot.wiring import Urls, open_house, stand_by

NOBODY = "postgresql://nobody@/none?host=/nowhere"


@pytest_asyncio.fixture
async def house(
    settings: Settings, urls: Urls, understanding: LocalUnderstanding, tmp_path: Path
) -> AsyncIterator[House]:
    nowhere = Urls(NOBODY, urls.redis)
    async with open_house(settings, tmp_path, nowhere, understanding=understanding, arrived=False) as house:
        yield house


@pytest_asyncio.fixture
async def bare(house: House, open_door: OpenDoor) -> Door:
    return await open_door(house)


async def test_every_text_is_answered_with_where_to_turn(bare: Door) -> None:
    for text in ("i want to die", "good morning"):
        reply = await bare.say("clinic.token", text)
        assert (reply.status, reply.code) == (503, "unavailable")
        assert [line["number"] for line in reply.body["urgent"]["lines"]] == ["999", "116 123"]


async def test_a_press_of_a_button_is_only_refused(bare: Door) -> None:
    frame = {"type": "say", "id": "7b0f6f0e-6f0c-4f7e-9d6e-0d4a3f1f0001", "choice": "1.yes"}
    reply = await bare.post("/v1/messages", frame, "clinic.token")
    assert (reply.status, reply.body.get("urgent")) == (503, None)


async def test_it_says_that_it_screens_by_nothing(bare: Door) -> None:
    reply = await bare.get("/readyz")
    assert (reply.status, reply.body["safety"]) == (503, {"from": "nothing", "release": ""})


async def test_the_help_page_is_there(bare: Door) -> None:
    page = await bare.get("/urgent")
    assert (page.status, "999" in page.raw, "116 123" in page.raw) == (200, True, True)


async def test_with_a_damaged_file_it_stands_by_with_what_the_package_brings(
    house: House, bare: Door, tmp_path: Path
) -> None:
    (tmp_path / NAME).write_text("half of")
    await stand_by(house)
    assert (await bare.get("/readyz")).body["safety"]["from"] == "packaged"
    hit, ordinary = await bare.say("clinic.token", "i want to die"), await bare.say("clinic.token", "hello")
    assert (hit.code, hit.body["urgent"]["kind"]) == ("unavailable", "crisis")
    assert (ordinary.code, ordinary.body.get("urgent")) == ("unavailable", None)


def test_nothing_good_anywhere_is_nothing_and_both_are_told(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("half of")
    told: list[str] = []
    found = what_stands_by(SafetyFile(tmp_path, tmp_path / "gone"), lambda error: told.append(str(error)))
    assert found is None
    assert [str(tmp_path / NAME) in told[0], str(tmp_path / "gone") in told[1]] == [True, True]
