"""A server that starts while its record is down, or while what is published cannot be read."""

from __future__ import annotations

import asyncio
import base64
import os
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import aiohttp
import asyncpg
import pytest
import pytest_asyncio
from clinic import Clinic, PostBox, TestClock, make_clinic
from pydantic import SecretStr
from several_processes import Door, Reply

from bot.adapters.safety_file import NAME
from bot.cli.proofs.instance import ONE_ADDRESS, Instance
from bot.core.library import Library
from bot.core.safety import SafetyContent, Tier
from bot.embedded import embedded_servers
from bot.settings import Settings
from bot.usecases import ways_in
from bot.wiring import Urls, open_house

pytestmark = pytest.mark.system

KEY = f"one:{base64.b64encode(os.urandom(32)).decode()}"
ONLY_PUBLISHED = "the heron has landed"
ITS_LINE = "A line that only the published content has"
EVERYBODYS = "i want to die"
WITHIN_S = 30.0


def with_more(library: Library) -> Library:
    """As somebody would publish it: one more cue, and another line for Wales."""
    safety = library.safety
    first = next(rule for rule in safety.rules if rule.id.startswith("suicid") or rule.concern == "risk")
    rule = first.model_copy(
        update={
            "id": "only-published",
            "tier": Tier.ALERT,
            "patterns": (ONLY_PUBLISHED,),
            "guards": (),
            "states": (),
        }
    )
    welsh = next(s for s in safety.signposting if (s.nation, s.language) == ("wales", "en"))
    line = welsh.lines[0].model_copy(update={"text": ITS_LINE})
    others = tuple(s for s in safety.signposting if s is not welsh)
    update = {
        "rules": (*safety.rules, rule),
        "signposting": (*others, welsh.model_copy(update={"lines": (line, *welsh.lines[1:])})),
    }
    changed: SafetyContent = safety.model_copy(update=update)
    return library.model_copy(update={"safety": changed})


@dataclass
class Site:
    """A production server, and the record that it may lose."""

    folder: Path
    client: aiohttp.ClientSession
    urls: Urls
    token: str = ""
    instances: list[Instance] = field(default_factory=list)

    @property
    def file(self) -> Path:
        return self.folder / "var" / NAME

    def start(self, **more: str) -> Door:
        given = {
            "ENV": "production",
            "PUBLIC_URL": "https://clinic.example",
            "SMTP_URL": "smtp://127.0.0.1:9",
            "MASTER_KEYS": KEY,
            "DATABASE_URL": self.urls.database,
            "REDIS_URL": self.urls.redis,
        }
        instance = Instance(self.folder / "var", environment=ONE_ADDRESS | given | more, verb="web")
        instance.start()
        self.instances.append(instance)
        return Door(instance.url, self.client)

    async def stop(self) -> int:
        return (await self.instances.pop().stop())[1]

    def said(self) -> str:
        return self.instances[-1].said()


@asynccontextmanager
async def record(folder: Path) -> AsyncIterator[Urls]:
    async with embedded_servers(folder / "record") as own:
        yield Urls(own.database_url, own.redis_url)


@asynccontextmanager
async def a_clinic(folder: Path, urls: Urls) -> AsyncIterator[Clinic]:
    settings = Settings(master_keys=SecretStr(KEY), content=folder / "none")
    async with open_house(settings, folder / "own", urls) as house:
        services = house.shelf.services()
        if not services:
            yield await make_clinic(house, TestClock(), PostBox(), "standby")
        else:
            staff = {m.email.partition("@")[0]: m for m in await house.record.staff.all(services[0].id)}
            yield Clinic(
                house, services[0], TestClock(), PostBox(), staff["therapist"], staff["duty"], staff["host"]
            )


async def until(door: Door, wanted: str) -> Reply:
    """Where its safety content comes from by then, as ``/readyz`` says it."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            with suppress(aiohttp.ClientError):
                reply = await door.get("/readyz")
                if reply.body["safety"]["from"] == wanted:
                    return reply
            await asyncio.sleep(0.05)


async def until_ready(door: Door) -> Reply:
    async with asyncio.timeout(WITHIN_S):
        while (reply := await until(door, "in force")).status != 200:
            await asyncio.sleep(0.05)
    return reply


async def says(door: Door, token: str, text: str) -> Reply:
    return await door.post("/v1/messages", {"type": "say", "id": str(uuid4()), "text": text}, token)


def lines_of(reply: Reply) -> list[str]:
    return [line["text"] for line in (reply.body.get("urgent") or {"lines": []})["lines"]]


@pytest_asyncio.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory, library: Library) -> AsyncIterator[Site]:
    """A Welsh clinic with a patient, and a server that followed one publish. Then it, and the record, stop."""
    folder = tmp_path_factory.mktemp("standby")
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
        async with record(folder) as urls:
            site = Site(folder, client, urls)
            async with open_house(Settings(master_keys=SecretStr(KEY)), folder / "own", urls) as house:
                await house.shelf.publish(library, "tests", house.clock.now())
            async with a_clinic(folder, urls) as clinic:
                house = clinic.house
                await house.record.services.put(clinic.service.model_copy(update={"nation": "wales"}))
                await house.shelf.refresh()
                door = site.start()
                try:
                    await until_ready(door)
                    before = site.file.read_bytes()
                    await house.shelf.publish(with_more(library), "tests", house.clock.now())
                    await written_anew(site.file, before)
                    invitation = await clinic.invite("copd")
                    joining = ways_in.Joining(code=invitation.code, adult=True, consents={"care": True})
                    site.token = await ways_in.join(house, joining)
                    await clinic.settle()
                finally:
                    assert await site.stop() == 0, site.said()
        yield site


async def written_anew(file: Path, before: bytes) -> None:
    async with asyncio.timeout(WITHIN_S):
        while file.read_bytes() == before:
            await asyncio.sleep(0.05)


@pytest.fixture
async def alone(site: Site) -> AsyncIterator[Site]:
    """Its record is down. Whatever a test starts is stopped, and what is kept put back."""
    kept = site.file.read_bytes()
    yield site
    while site.instances:
        await site.stop()
    site.file.write_bytes(kept)


def test_a_publish_writes_the_safety_content_to_a_file_of_its_owner(site: Site) -> None:
    assert ITS_LINE in site.file.read_text()
    assert stat.S_IMODE(site.file.stat().st_mode) == 0o600


async def test_a_server_without_its_record_screens_by_what_was_published_last(alone: Site) -> None:
    door = alone.start()
    ready = await until(door, "last published (file)")
    assert (ready.status, ready.body["ready"]) == (503, False)
    assert (ready.body["parts"]["record"], ready.body["parts"]["content"]) == (
        "unavailable",
        "nothing is in force",
    )
    assert (await door.get("/healthz")).status == 200
    hit, ordinary = (
        await says(door, alone.token, ONLY_PUBLISHED),
        await says(door, alone.token, "good morning"),
    )
    assert (hit.status, hit.code, hit.body["urgent"]["kind"]) == (503, "unavailable", "crisis")
    assert ITS_LINE in lines_of(hit)
    assert (ordinary.status, ordinary.code, lines_of(ordinary)) == (503, "unavailable", [])
    assert ITS_LINE in (await door.get("/urgent")).raw
    assert ITS_LINE in (await door.get("/v1/availability")).raw
    assert await alone.stop() == 0


async def test_it_becomes_ready_by_itself_when_the_record_is_back(alone: Site) -> None:
    door = alone.start()
    await until(door, "last published (file)")
    async with record(alone.folder) as urls:
        assert urls == alone.urls
        await until_ready(door)
        kept = await says(door, alone.token, ONLY_PUBLISHED)
        assert (kept.status, kept.body["type"]) == (200, "ack")
        assert await alone.stop() == 0


@pytest.mark.parametrize("how", ["damaged", "of another version", "not there"])
async def test_without_a_good_file_it_screens_by_what_the_package_brings(alone: Site, how: str) -> None:
    whole = alone.file.read_bytes()
    match how:
        case "damaged":
            alone.file.write_bytes(whole.replace(ITS_LINE.encode(), b"x" * len(ITS_LINE)))
        case "of another version":
            alone.file.write_bytes(b"bounceback-safety-0" + whole[len(b"bounceback-safety-0") :])
        case _:
            alone.file.unlink()
    door = alone.start()
    await until(door, "packaged")
    hit, stranger = await says(door, alone.token, EVERYBODYS), await says(door, "", EVERYBODYS)
    assert (hit.status, hit.code, hit.body["urgent"]["kind"]) == (503, "unavailable", "crisis")
    assert (stranger.code, stranger.body["urgent"]["kind"]) == ("signed_out", "crisis")
    assert (await says(door, alone.token, ONLY_PUBLISHED)).body.get("urgent") is None
    if how != "not there":
        refused = next(line for line in alone.said().splitlines()[::-1] if "safety_file_refused" in line)
        assert str(alone.file) in refused
        assert "Start once with the record and the content well" in refused


async def test_a_release_that_cannot_be_read_leaves_a_server_that_screens_until_somebody_publishes(
    alone: Site, library: Library
) -> None:
    async with record(alone.folder) as urls:
        await spoiled(urls)
        door = alone.start()
        ready = await until(door, "last published (file)")
        assert (ready.status, ready.body["parts"]) == (
            503,
            {"record": "ok", "bus": "ok", "content": "nothing is in force", "schedule": "ok"},
        )
        hit = await says(door, alone.token, ONLY_PUBLISHED)
        assert (hit.status, ITS_LINE in lines_of(hit)) == (503, True)
        async with a_clinic(alone.folder, urls) as clinic:
            await clinic.house.shelf.publish(library, "tests", clinic.house.clock.now())
            await until_ready(door)
        assert (await says(door, alone.token, "good morning")).status == 200
        assert await alone.stop() == 0


async def spoiled(urls: Urls) -> None:
    """The release in force becomes one of another version."""
    connection = await asyncpg.connect(urls.database, ssl=False)
    pointer = "SELECT release_hash FROM release_pointer"
    await connection.execute(f"UPDATE release SET built = '{{}}' WHERE release_hash = ({pointer})")
    await connection.close()


async def test_in_development_a_folder_that_does_not_build_leaves_what_is_published_in_force(
    alone: Site, library: Library, tmp_path: Path
) -> None:
    (tmp_path / "content").mkdir()
    async with record(alone.folder):
        door = alone.start(ENV="development", CONTENT=str(tmp_path / "content"))
        await until_ready(door)
        assert "Not published: the content in" in alone.said()
        assert await alone.stop() == 0
