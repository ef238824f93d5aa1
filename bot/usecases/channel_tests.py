"""Each day every webhook and every place of the operator's is tried, and somebody is told where one does not work.

A device is not: it would disturb whoever carries it. Its page says when it last took something, and has a button.
"""

from __future__ import annotations

from datetime import date
from uuid import uuid5
from zoneinfo import ZoneInfo

from bot.core.canary import due_day
from bot.core.errors import Unavailable
from bot.core.roles import LEADS
from bot.core.service import Service
from bot.core.values import ServiceId
from bot.ports import Letter, Link, StaffMember, Target, Way
from bot.usecases.house import House
from bot.usecases.rounds import Failed, each_service
from bot.usecases.ways import KINDS, try_out, way_of

TOLD = LEADS | {"admin"}


class ChannelSilent(Exception):
    """A channel besides e-mail did not take its daily test."""


async def test_ways(house: House, failed: Failed, services: frozenset[ServiceId] | None = None) -> None:
    """The worker's round. One that fails holds up none of the others."""

    async def look_after(service: Service) -> None:
        await _of_service(house, service, failed)

    await each_service(house, "channels", failed, services, look_after)


async def _of_service(house: House, service: Service, failed: Failed) -> None:
    now = house.clock.now()
    day = due_day(service, now) or now.astimezone(ZoneInfo(service.timezone)).date()
    for way in await _with_places(house, service):
        if way.kind == "push" or way.kind not in house.tellers or way.tested_on == day:
            continue
        if await house.record.ways.begin_test(service.id, way.id, day):
            wrong = await try_out(house, service, way)
            if wrong is not None:
                failed("channels", ChannelSilent(f"{service.slug}: {way.kind} {wrong}"))
                await _tell(house, service, way, wrong, day, failed)


async def _with_places(house: House, service: Service) -> list[Way]:
    """All ways of a service; those that the operator set become ways, and go with their setting."""
    ways = list(await house.record.ways.all(service.id))
    teller = house.tellers.get("apprise")
    places = teller.places if teller else {}
    wanted = {uuid5(service.id, f"apprise:{name}"): (name, label) for name, label in places.items()}
    for way in ways:
        if way.kind == "apprise" and way.id not in wanted:
            await house.record.ways.drop(service.id, way.id)
    known = {way.id for way in ways}
    for id_, (name, label) in wanted.items():
        if id_ not in known:
            new = way_of(house, service.id, id_, "apprise", label, Target(name))
            await house.record.ways.add(new)
            ways.append(new)
    return [way for way in ways if way.kind != "apprise" or way.id in wanted]


async def _tell(house: House, service: Service, way: Way, wrong: str, day: date, failed: Failed) -> None:
    """Whoever leads the service or looks after its people hears by e-mail, the one way that is not in doubt."""
    staff: list[StaffMember] = [m for m in await house.record.staff.all(service.id) if m.roles & TOLD]
    for member in staff:
        letter = Letter(
            to=member.email,
            subject=f"{service.name}: the daily test of a {KINDS[way.kind]} failed",
            parts=(
                f"Alerts of {service.name} are also told by the {KINDS[way.kind]} “{way.label}”. "
                f"It did not take today’s test ({wrong}).",
                "Letters about alerts come by e-mail as ever. Whoever runs this service should look after it.",
                Link("See when each way last worked", f"{house.outside.public_url}/desk/notifications"),
            ),
            message_id=f"<channel.{way.id}.{day}.{member.id}@{house.outside.mail_domain}>",
            headers={"Auto-Submitted": "auto-generated"},
        )
        try:
            await house.mail.send(letter)
        except Unavailable as error:
            failed("channels", error)
