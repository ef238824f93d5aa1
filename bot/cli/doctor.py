"""Is this instance well, and what to do where it is not."""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import Sequence

import typer

from bot.cli.house import DATA, AsJson, Data, with_house
from bot.core.errors import Unavailable
from bot.core.service import Service
from bot.settings import Settings
from bot.usecases import canary
from bot.usecases.house import House
from bot.usecases.ways import KINDS

ADVICE = {
    "record": "Is PostgreSQL running, and BOUNCEBACK_DATABASE_URL right? fsync and synchronous_commit must be on.",
    "bus": "Is Redis or Valkey running, and BOUNCEBACK_REDIS_URL right? Without it everything works, a little slower.",
    "content": "Publish content with `bounceback publish`.",
    "services": "Add a service with `bounceback service add FILE`.",
    "canary": "A worker must run, the service needs staff, the screen must know the sentence, and mail must be accepted. "
    "The log says `CanarySilent` with the hour.",
    "channels": "See `bounceback webhook list`. Alerts come by e-mail all the same.",
    "outbox": "A worker must run: `bounceback work`, or `bounceback run`.",
}


def doctor(data: Data = DATA, as_json: AsJson = False) -> None:
    """Check every part and say what to do. Exit 1 where something is wrong."""
    parts = with_house(data, _examine)
    bad = {name for name, state in parts.items() if not _well(state)}
    if as_json:
        typer.echo(json.dumps(parts))
    else:
        for name, state in parts.items():
            typer.echo(f"{'!! ' if name in bad else 'ok '} {name}: {state}")
            if name in bad and name in ADVICE:
                typer.echo(f"     {ADVICE[name]}")
    raise typer.Exit(1 if bad else 0)


async def _examine(house: House, _: Settings) -> dict[str, str]:
    parts = {}
    for name, check in house.checks.items():
        try:
            async with asyncio.timeout(5):
                parts[name] = await check()
        except (Unavailable, TimeoutError):
            parts[name] = "unavailable"
    services = house.shelf.services()
    parts["services"] = "ok" if services else "none"
    due = await house.record.outbox.services_due(house.clock.now())
    parts["canary"] = await canary_standing(house, services)
    parts["channels"] = await channels_standing(house, services)
    parts["outbox"] = "ok" if not due else f"work is due in {len(due)} service(s)"
    return parts


def _well(state: str) -> bool:
    return state == "ok" or state.startswith("ok, ")


async def canary_standing(house: House, services: Sequence[Service]) -> str:
    """Of all services the slowest, and the first that is silent."""
    now, told = house.clock.now(), dict[float, str]()
    for service in services:
        last = await house.record.canaries.last(service.id)
        if (wrong := canary.silence(last, service, now)) is not None:
            return wrong
        if service.canary_at is not None and last is not None:
            seconds = canary.heard_after_s(last, now)
            how = "was said" if last.heard_at is None else f"was heard (by {last.reached})"
            ago = "ago, and is waited for" if last.heard_at is None else "after it was said"
            told[seconds] = f"ok, the last canary {how} {seconds:.0f} s {ago}"
    return told[max(told)] if told else "ok, no service has one"


async def channels_standing(house: House, services: Sequence[Service]) -> str:
    """Of all that tells people besides e-mail: how many, and the first that does not work."""
    number = 0
    for service in services:
        for way in await house.record.ways.all(service.id):
            if way.failing_at is not None:
                return f"{service.slug}: the {KINDS[way.kind]} {way.label} does not work ({way.error})"
            number += 1
    return f"ok, {number} besides e-mail"


def key() -> None:
    """Make a master key for BOUNCEBACK_MASTER_KEYS. Put it before the old ones; keep it safe: it opens every word."""
    name = os.urandom(3).hex()
    typer.echo(f"{name}:{base64.b64encode(os.urandom(32)).decode()}")
