"""One conversation through every door, and with the stock action server: the same facts but for ids and times."""

from __future__ import annotations

import asyncio
import io
import queue
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import pytest
from clinic import Clinic, Patient, SeededIds, in_time
from doors import OpenDoor
from plain_reader import Reader, reader_at
from rich.console import Console
from talker import Door, Frame, Line, button, question

from bot.adapters.postgres.engine import Database
from bot.adapters.understanding_local import LocalUnderstanding
from bot.cli import talking
from bot.core.facts import Fact, facts_as_json
from bot.ports import Session
from bot.settings import Settings
from bot.usecases.house import House
from bot.wiring import Urls, open_house

sys.path.append(str(Path(__file__).parents[1] / "contracts"))

from action_server import action_server

MOOD = ["Several days"] * 8 + ["Several days"]  # the ninth rings
WORRY = ["Not at all"] * 7
SCRIPT: list[tuple[str, str]] = [
    ("says", "hello"),
    ("presses", "Check how I am"),
    *(("answers", label) for label in MOOD),
    ("presses", "No"),
    ("presses", "Go on"),
    ("presses", "Send my answers"),
    *(("answers", label) for label in WORRY),
    ("presses", "Send my answers"),
    ("presses", "See how I have been"),
    ("presses", "Something that may help"),
    ("presses", "Breathlessness and worry"),
    ("answers", "No"),
    ("says", "stop"),
    ("presses", "Talk to others like me"),
    ("presses", "Living with COPD"),
    ("presses", "Join the group"),
]
NAMES = ("Robin", "Heron", "Plover", "Curlew", "Dunlin")
"""One for each door: no two in a room are called alike."""


class Mouth(Protocol):
    async def says(self, text: str) -> None: ...

    async def presses(self, label: str) -> None: ...

    async def answers(self, label: str) -> None: ...


def value_of(asked: Frame, label: str) -> int:
    return next(int(o["value"]) for o in asked["options"] if o["label"] == label)


class OverSocket:
    def __init__(self, house: House, patient: Patient, line: Line) -> None:
        self._house, self._patient, self._line = house, patient, line

    async def says(self, text: str) -> None:
        await self._heard(await self._line.say(text))

    async def presses(self, label: str) -> None:
        await self._heard(await self._line.say(choice=button(self._line.messages, label)))

    async def answers(self, label: str) -> None:
        asked = question(self._line.messages)
        answer = {"item": asked["item"], "value": value_of(asked, label)}
        await self._heard(await self._line.say(answer=answer))

    async def _heard(self, known: str) -> None:
        answer = await self._line.answer_to(known)
        assert answer["type"] == "ack", answer
        await self._house.afterwards.settle()
        await self._line.up_to((await self._patient.state()).seq)


class OverHttp:
    def __init__(self, house: House, token: str, door: Door) -> None:
        self._house, self._token, self._door = house, token, door

    async def says(self, text: str) -> None:
        await self._send(text=text)

    async def presses(self, label: str) -> None:
        await self._send(choice=button(await self._door.read(self._token), label))

    async def answers(self, label: str) -> None:
        asked = question(await self._door.read(self._token))
        await self._send(answer={"item": asked["item"], "value": value_of(asked, label)})

    async def _send(self, **said: Any) -> None:
        reply = await self._door.post("/v1/messages", {"id": str(uuid4()), **said}, self._token)
        assert reply.status == 200, reply.raw
        await self._house.afterwards.settle()


class OverForms:
    """The plain pages: forms as they stand on the page, no script."""

    def __init__(self, house: House, reader: Reader) -> None:
        self._house, self._reader = house, reader

    async def says(self, text: str) -> None:
        await self._then(await self._reader.says(text))

    async def presses(self, label: str) -> None:
        await self._then(await self._reader.presses(label))

    async def answers(self, label: str) -> None:
        await self._then(await self._reader.answers(label))

    async def _then(self, _: str) -> None:
        assert (self._reader.status, self._reader.at) == (200, "/plain"), self._reader.words
        await self._house.afterwards.settle()
        await self._reader.opens()


class Keyboard:
    """Standard input in the hands of somebody who waits for the prompt, and looks at the screen for a number."""

    def __init__(self, screen: io.StringIO) -> None:
        self._loop = asyncio.get_running_loop()
        self._lines: queue.Queue[str] = queue.Queue()
        self._asked: asyncio.Queue[None] = asyncio.Queue()
        self._screen, self._seen = screen, ""

    def readline(self) -> str:
        """Called by the terminal, in a thread of its own."""
        self._loop.call_soon_threadsafe(self._asked.put_nowait, None)
        return self._lines.get()

    async def ready(self) -> None:
        await in_time(self._asked.get(), 20)
        self._seen = self._screen.getvalue()
        self._screen.seek(0)
        self._screen.truncate()

    async def says(self, text: str) -> None:
        self._lines.put(f"{text}\n")
        await self.ready()

    async def presses(self, label: str) -> None:
        numbers = re.findall(rf"^  (\d+)\. {re.escape(label)}$", self._seen, re.M)
        assert numbers, f"no '{label}' on the screen:\n{self._seen}"
        await self.says(numbers[-1])

    answers = presses

    def leaves(self) -> None:
        self._lines.put("\n")


@asynccontextmanager
async def over_terminal(
    house: House, clinic: Clinic, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Keyboard]:
    screen = io.StringIO()
    keyboard = Keyboard(screen)
    monkeypatch.setattr(talking, "console", Console(file=screen, width=10_000, highlight=False))
    monkeypatch.setattr(sys, "stdin", keyboard)
    terminal = talking.Terminal(house, Session(clinic.service.id, "patient", patient.id))
    talk = asyncio.create_task(terminal.talk())
    await keyboard.ready()
    try:
        yield keyboard
    finally:
        keyboard.leaves()
        await talk


@asynccontextmanager
async def with_stock_actions(
    clinic: Clinic,
    settings: Settings,
    data: Path,
    urls: Urls,
    database: Database,
    understanding: LocalUnderstanding,
) -> AsyncIterator[House]:
    """A second process of the clinic whose actions run in rasa-sdk's own server."""
    async with AsyncExitStack() as stack:
        webhook = await asyncio.to_thread(stack.enter_context, action_server("actions"))
        remote = settings.model_copy(update={"action_endpoint": webhook})
        yield await stack.enter_async_context(
            open_house(
                remote,
                data,
                urls,
                clock=clinic.clock,
                ids=SeededIds(f"stock {clinic.service.slug}"),
                database=database,
                understanding=understanding,
            )
        )


async def talk(mouth: Mouth, name: str) -> None:
    for verb, what in [*SCRIPT, ("says", name)]:
        await getattr(mouth, verb)(what)


OF_THE_NAME = re.compile(r'(.*)"worry":[0-9.]+', re.DOTALL)
UUIDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIMES = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)")


def told(facts: Sequence[Fact]) -> str:
    """The facts byte for byte, each id called by the order in which it appears, each time alike, and what the second net
    makes of the name, which is each one's own."""
    names: dict[str, str] = {}
    lines = OF_THE_NAME.sub(r'\1"worry":N', facts_as_json(facts), count=1)
    return TIMES.sub("TIME", UUIDS.sub(lambda m: names.setdefault(m[0], f"ID{len(names) + 1}"), lines))


async def test_every_door_and_the_stock_action_server_give_the_same_facts(
    clinic: Clinic,
    settings: Settings,
    data: Path,
    urls: Urls,
    database: Database,
    understanding: LocalUnderstanding,
    open_door: OpenDoor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    patients = {
        door: await clinic.join("copd") for door in ("socket", "http", "forms", "terminal", "stock actions")
    }
    names = iter(NAMES)
    door = await open_door()
    async with door.screen(patients["socket"].token) as line:
        await talk(OverSocket(clinic.house, patients["socket"], line), next(names))
    await talk(OverHttp(clinic.house, patients["http"].token, door), next(names))
    async with reader_at(door.url, patients["forms"].token) as reader:
        await talk(OverForms(clinic.house, reader), next(names))
    async with over_terminal(clinic.house, clinic, patients["terminal"], monkeypatch) as keyboard:
        await talk(keyboard, next(names))
    async with with_stock_actions(clinic, settings, data, urls, database, understanding) as stock:
        mouth = OverHttp(stock, patients["stock actions"].token, await open_door(stock))
        await talk(mouth, next(names))

    facts = {name: await patient.facts() for name, patient in patients.items()}
    happened = told(facts["socket"])
    for part in (
        '"rule":"item:phq9.9"',
        '"type":"score_recorded"',
        '"action":"action_show_progress"',
        '"action":"action_suggest_module"',
        '"module":"copd/breathlessness-and-worry"',
        '"type":"membership_answered"',
    ):
        assert part in happened
    assert [name for name, those in facts.items() if told(those) != happened] == []
