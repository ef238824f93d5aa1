"""A service with staff and invited patients for an instance that runs: by the same use cases as the command line."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import aiohttp

from bot.core.errors import Misuse
from bot.core.service import Service
from bot.core.state import Profile
from bot.settings import Settings, read_settings
from bot.usecases import ways_in
from bot.usecases.house import House
from bot.usecases.services import add_service, fresh_id
from bot.wiring import open_house, servers

SLUG = "proof"
THERAPIST = "therapist@proof.example"
AT_ONCE = 6


def own_settings(database_url: str | None = None, redis_url: str | None = None) -> Settings:
    """Those of the data folder alone, whatever the environment names; other servers only where they are given here."""
    return read_settings(
        database_url=database_url, redis_url=redis_url, master_keys=None, smtp_url=None, env="development"
    )


async def set_up(data: Path, patients: int) -> list[str]:
    """Returns one invitation a patient."""
    settings = own_settings()
    async with servers(settings, data) as urls, open_house(settings, data, urls) as house:
        _, invitations = await open_clinic(house, patients)
        return [invitation.code for invitation in invitations]


async def open_clinic(
    house: House, patients: int, slug: str = SLUG
) -> tuple[Service, list[ways_in.Invitation]]:
    """A service of the experiment's own, and so many new patients of it."""
    known = next((s.id for s in house.shelf.services() if s.slug == slug), None)
    service = await add_service(
        house,
        Service(
            id=known or fresh_id(house), slug=slug, name="The proof service", nation="england", canary_at=None
        ),
    )
    await ways_in.add_staff(
        house,
        service.id,
        THERAPIST,
        "Therapist",
        frozenset({"therapist", "duty"}),
        "correct horse battery",
    )
    return service, await _invite(house, service, patients)


async def _invite(house: House, service: Service, patients: int) -> list[ways_in.Invitation]:
    owner = await house.record.staff.by_email(service.id, THERAPIST)
    profile = Profile(
        conditions=("copd",), nation=service.nation, owner=owner.id if owner else None, simulated=True
    )
    turns = asyncio.Semaphore(AT_ONCE)

    async def one() -> ways_in.Invitation:
        async with turns:
            return await ways_in.invite(house, service, profile)

    return list(await asyncio.gather(*(one() for _ in range(patients))))


async def join_all(url: str, invitations: list[str]) -> list[str]:
    """Returns one token a patient."""
    turns = asyncio.Semaphore(AT_ONCE)
    async with aiohttp.ClientSession(url) as session:

        async def one(invitation: str) -> str:
            async with turns:
                return await join_with(session, invitation)

        return list(await asyncio.gather(*(one(i) for i in invitations)))


async def join_with(session: aiohttp.ClientSession, invitation: str, **more: object) -> str:
    """A service made by another process is known within a second."""
    asked = {"invite": invitation, "adult": True, "consents": {"care": True}, "name": "Sam", **more}
    for _ in range(50):
        async with session.post("/v1/join", json=asked) as answer:
            said = await answer.json()
            if answer.status == 200:
                return str(said["token"])
        await asyncio.sleep(0.1)
    raise Misuse(f"nobody can join: {said.get('code')}")


async def say_until_kept(
    session: aiohttp.ClientSession, token: str, text: str, after_s: float, *, within_s: float = 5
) -> None:
    """One message under one id, again and again until it is acknowledged. ``within_s``: how long one try waits for it."""
    frame, headers = {"id": str(uuid4()), "text": text}, {"Authorization": f"Bearer {token}"}
    limit = aiohttp.ClientTimeout(total=within_s)
    await asyncio.sleep(after_s)
    while True:
        with suppress(aiohttp.ClientError, OSError, TimeoutError):
            async with session.post("/v1/messages", json=frame, headers=headers, timeout=limit) as answer:
                if answer.status == 200:
                    return
        await asyncio.sleep(0.3)
