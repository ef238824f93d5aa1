"""Is this instance well, and what to do where it is not."""

from __future__ import annotations

import asyncio
import base64
import json
import os

import typer

from bot.cli.house import DATA, AsJson, Data, with_house
from bot.core.errors import Unavailable
from bot.settings import Settings
from bot.usecases.house import House

ADVICE = {
    "record": "Is PostgreSQL running, and BOUNCEBACK_DATABASE_URL right? fsync and synchronous_commit must be on.",
    "bus": "Is Redis or Valkey running, and BOUNCEBACK_REDIS_URL right? Without it everything works, a little slower.",
    "content": "Publish content with `bounceback publish`.",
    "services": "Add a service with `bounceback service add FILE`.",
    "outbox": "A worker must run: `bounceback work`, or `bounceback run`.",
}


def doctor(data: Data = DATA, as_json: AsJson = False) -> None:
    """Check every part and say what to do. Exit 1 where something is wrong."""
    parts = with_house(data, _examine)
    bad = {name: state for name, state in parts.items() if state != "ok"}
    if as_json:
        typer.echo(json.dumps(parts))
    else:
        for name, state in parts.items():
            typer.echo(f"{'ok ' if state == 'ok' else '!! '} {name}: {state}")
            if state != "ok" and name in ADVICE:
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
    parts["outbox"] = "ok" if not due else f"work is due in {len(due)} service(s)"
    return parts


def key() -> None:
    """Make a master key for BOUNCEBACK_MASTER_KEYS. Put it before the old ones; keep it safe: it opens every word."""
    name = os.urandom(3).hex()
    typer.echo(f"{name}:{base64.b64encode(os.urandom(32)).decode()}")
