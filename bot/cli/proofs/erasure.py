"""What is left of somebody who was erased: their words are looked for in every file and on the bus (P11, P14)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp

from bot.cli.proofs.clinic import join_with, own_settings, set_up
from bot.cli.proofs.findings import Bar, Findings, Task
from bot.cli.proofs.instance import an_instance
from bot.core.errors import Misuse
from bot.core.values import LineId, ServiceId
from bot.usecases.house import House
from bot.wiring import open_house, servers

PATIENTS, QUICK_PATIENTS = 6, 1
CANARY = "quetzalcoatl"
SIGNS = 48
"""So many bytes name a sealed word: what is long lies in pieces."""
TRIES = 300
ASKED = ("menu:more", "menu:record", "record:erase", "record:now", "record:sure")


@dataclass
class _Sealed:
    """``words`` and ``keys``: the first bytes of each, as they are kept."""

    words: list[bytes] = field(default_factory=list)
    keys: list[bytes] = field(default_factory=list)


async def prove_erasure(task: Task) -> Findings:
    number = QUICK_PATIENTS if task.quick else PATIENTS
    async with an_instance(task.data) as instance:
        invitations = await set_up(task.data, number)
        tokens = [await _lives(instance.url, code) for code in invitations]
        await instance.stop()
    sealed = await _sealed(task)
    before = _found(task.folder, [*sealed.words, *sealed.keys], logs=False)
    async with an_instance(task.data) as instance:
        erased = sum([await _asks_to_be_erased(instance.url, token) for token in tokens])
        await instance.stop()
    on_bus = await _swept(task)
    plain = [CANARY.encode(), CANARY.encode("utf-16-le")]
    in_logs_of_writing = _found(task.folder, [*sealed.words, *sealed.keys], logs=True)
    return Findings(
        "erasure",
        {
            "patients": number,
            "sealed_words": len(sealed.words),
            "files_searched": sum(1 for _ in _files(task.folder)),
            "sealed_bytes_in_the_write_ahead_log": in_logs_of_writing,
        },
        [
            Bar("erased from the chat", erased, least=number),
            Bar("sealed words and keys found before", before, least=len(sealed.words)),
            Bar("words in the clear", _found(task.folder, plain), most=0),
            Bar("words on the bus", on_bus, most=0),
            Bar("sealed words in data files", _found(task.folder, sealed.words, logs=False), most=0),
            Bar("wrapped keys in data files", _found(task.folder, sealed.keys, logs=False), most=0),
        ],
    )


# -- somebody who writes the canary everywhere ----------------------------------------------------------


async def _lives(url: str, invitation: str) -> str:
    contact = f"{CANARY}.{uuid4().hex}@post.example"
    async with aiohttp.ClientSession(url) as session:
        token = await join_with(session, invitation, name=CANARY.title(), contact=contact, pin=f"{CANARY}1")
        talk = _Talk(session, token)
        await talk.says(f"hello, this is {CANARY}")
        await talk.says(f"{CANARY} " * 300)
        await talk.presses("menu:plan")
        for part in range(5):
            await talk.says(f"{CANARY} part {part}")
        await talk.presses("no")
        for form in ("html", "json", "fhir"):
            file = await talk.posts("/v1/export", {"form": form})
            if CANARY not in file["text"].lower():
                raise Misuse("the copy of a record does not hold its words")
    return token


async def _asks_to_be_erased(url: str, token: str) -> bool:
    async with aiohttp.ClientSession(url) as session:
        talk = _Talk(session, token)
        for key in ASKED:
            await talk.presses(key)
        for _ in range(TRIES):
            if not await talk.is_let_in():
                return True
            await asyncio.sleep(0.2)
    return False


@dataclass
class _Talk:
    session: aiohttp.ClientSession
    token: str

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def posts(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self.session.post(path, json=body, headers=self._headers) as answer:
            told: dict[str, Any] = await answer.json()
            if answer.status != 200:
                raise Misuse(f"{path} was refused: {told.get('code')}")
            return told

    async def says(self, text: str) -> None:
        await self.posts("/v1/messages", {"id": str(uuid4()), "text": text})

    async def presses(self, key: str) -> None:
        async with self.session.get("/v1/messages", headers=self._headers) as answer:
            messages = (await answer.json())["messages"]
        ids = [c["id"] for m in messages for c in m.get("choices", ()) if c["id"].partition(".")[2] == key]
        await self.posts("/v1/messages", {"id": str(uuid4()), "choice": ids[-1]})

    async def is_let_in(self) -> bool:
        async with self.session.get("/v1/record", headers=self._headers) as answer:
            return answer.status == 200


# -- what is kept, and where it is looked for -----------------------------------------------------------


async def _sealed(task: Task) -> _Sealed:
    """Read as somebody with the record's password could."""
    found = _Sealed()
    settings = own_settings()
    async with servers(settings, task.data) as urls, open_house(settings, task.data, urls) as house:
        for service, patient in await _patients(house):
            held = await house.record.holdings.of(service, patient, None)
            wrapped = (await house.record.reading.keys(service, [patient]))[patient]
            found.keys.append(wrapped[0][:SIGNS])
            found.words += [word.body[:SIGNS] for word in held.words] if held else []
        await house.record.erasures.sweep()
    return found


async def _patients(house: House) -> list[tuple[ServiceId, LineId]]:
    found = []
    for service in house.shelf.services():
        for staff in await house.record.staff.all(service.id):
            found += [
                (service.id, line) for line in await house.record.staff.looked_after_by(service.id, staff.id)
            ]
    return found


async def _swept(task: Task) -> int:
    """Tables rewritten; how many keys of the bus hold the canary."""
    settings = own_settings()
    async with servers(settings, task.data) as urls, open_house(settings, task.data, urls) as house:
        await house.record.erasures.sweep(whole=True)
        return await _on_the_bus(urls.redis)


async def _on_the_bus(url: str) -> int:
    from redis.asyncio import Redis

    client = Redis.from_url(url)
    try:
        held = [key async for key in client.scan_iter()]
        dumps = [await client.dump(key) for key in held]
    finally:
        await client.aclose()
    return sum(CANARY.encode() in (*held, *dumps)[n].lower() for n in range(2 * len(held)))


def _files(folder: Path, *, logs: bool | None = None) -> Iterator[Path]:
    """``logs``: the write-ahead log alone, or everything but that."""
    for path in folder.rglob("*"):
        if path.is_file() and (logs is None or ("pg_wal" in path.parts) is logs):
            yield path


def _found(folder: Path, wanted: list[bytes], *, logs: bool | None = None) -> int:
    """How many of them stand in some file, whatever the case of letters in words."""
    left = set(wanted)
    for path in _files(folder, logs=logs):
        body = path.read_bytes()
        lower = body.lower()
        left -= {each for each in left if each in body or each in lower}
    return len(set(wanted)) - len(left)
