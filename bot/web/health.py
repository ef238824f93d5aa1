"""For the operator's machines: alive, ready, and in figures."""

from __future__ import annotations

import asyncio

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.core.errors import Unavailable
from bot.usecases import canary, lateness
from bot.usecases.house import Check, House
from bot.web.answers import Alive, Ready, given
from bot.web.described import described
from bot.web.keys import HOUSE, METERS

CHECK_WITHIN_S = 2.0
COMFORT = frozenset({"bus", "schedule"})
"""Without them patients are still answered, and nobody is helped by sending them elsewhere."""


@described("Operations", "Whether the process answers", {200: Alive})
async def healthz(request: web.Request) -> web.Response:
    """The process answers. Says nothing of what it depends on."""
    return given(Alive(status="ok"))


@described(
    "Operations",
    "Whether it can be sent patients, part by part",
    {200: Ready, 503: Ready},
    more="Without the bus it is still ready: slower, never wrong. So it is where timers are overdue.",
)
async def readyz(request: web.Request) -> web.Response:
    """Each part by name. Without the bus, or with timers overdue, it is still ready: slower, never wrong."""
    house = request.app[HOUSE]
    parts = {name: await _asked(check) for name, check in house.checks.items()}
    ready = all(state == "ok" for name, state in parts.items() if name not in COMFORT)
    answer = Ready(ready=ready, parts=parts, safety=_safety(house))
    return given(answer, 200 if ready else 503)


def _safety(house: House) -> dict[str, str]:
    """What this process screens and signposts by, whether or not it is ready."""
    origin, release = house.shelf.safety_from or ("nothing", "")
    return {"from": origin, "release": release[:12]}


async def _asked(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_WITHIN_S):
            return await check()
    except (Unavailable, TimeoutError):
        return "unavailable"


async def metrics(request: web.Request) -> web.Response:
    meters = request.app[METERS]
    meters.screen.tally = request.app[HOUSE].tally
    try:
        await _count_alerts(request)
        await _listen_for_canaries(request)
        await _count_channels(request)
        await _count_what_is_late(request)
    except Unavailable:
        meters.open_alerts.clear()
    return web.Response(body=generate_latest(meters.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _count_alerts(request: web.Request) -> None:
    house, meters = request.app[HOUSE], request.app[METERS]
    meters.open_alerts.clear()
    now, oldest = house.clock.now(), 0.0
    for service in house.shelf.services():
        for alert in await house.record.ledger.list(service.id, open_only=True, by=None):
            meters.open_alerts.labels(alert.level, alert.state).inc()
            if alert.state == "open" and alert.level != "routine":
                oldest = max(oldest, (now - alert.opened_at).total_seconds())
    meters.oldest_alert.set(oldest)


async def _listen_for_canaries(request: web.Request) -> None:
    house, meters = request.app[HOUSE], request.app[METERS]
    now, slowest, silent = house.clock.now(), 0.0, 0
    for service in house.shelf.services():
        if service.canary_at is not None:
            last = await house.record.canaries.last(service.id)
            slowest = max(slowest, canary.heard_after_s(last, now))
            silent += canary.silence(last, service, now) is not None
    meters.canary_seconds.set(slowest)
    meters.silent_canaries.set(silent)


async def _count_channels(request: web.Request) -> None:
    house, failing = request.app[HOUSE], request.app[METERS].failing_channels
    failing.clear()
    for service in house.shelf.services():
        for way in await house.record.ways.all(service.id):
            failing.labels(way.kind).inc(way.failing_at is not None)


async def _count_what_is_late(request: web.Request) -> None:
    house, meters = request.app[HOUSE], request.app[METERS]
    late, seconds = await lateness.how_late(house.record.lateness, house.shelf.services(), house.clock)
    meters.overdue_timers.set(late.timers)
    meters.oldest_timer.set(seconds)
    meters.overdue_reminders.set(late.reminders)


def add_health_routes(app: web.Application) -> None:
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics)
