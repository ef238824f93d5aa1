"""The record of moderation for whoever runs the service: what was decided, by whom and why, and nobody's words."""

from __future__ import annotations

import csv
import io

from desk_client import Site, at_desk
from desk_scene import joins_group, posts

from bot.cli.groups import COLUMNS, as_values, rows_of, told
from bot.core.room import handle_of
from bot.ports import CaseRecorded


async def test_the_record_of_moderation_holds_decisions_and_no_words(site: Site) -> None:
    clinic = site.clinic
    member = await clinic.join("copd", name="Marmaduke")
    room = await joins_group(clinic, member, "Heron")
    for text in ("The allotment behind the mill.", "And the canal."):
        await posts(clinic, member, room, text)
    clinic.clock.advance(minutes=20)
    async with at_desk(site, clinic.host) as desk:
        queue, path = "/desk/moderation", f"/desk/groups/{room}/posts"
        await desk.presses(queue, f"{path}/1/hide", back="queue", reason="off_topic")
    rows = rows_of(await recorded(site), *await known(site))
    assert [(r["group"], r["kind"], r["why"], r["decision"], r["reason"], r["minutes"]) for r in rows] == [
        ("copd", "held", "first_post", "hide", "off_topic", "20"),
    ]
    assert rows[0]["by"] == clinic.host.email
    assert rows[0]["member"] == str(handle_of(room, member.id))
    assert told(rows[0]).endswith(
        f"copd, room 1, case 1: Held (first post): Hidden (Off topic: not about living with this), "
        f"by {clinic.host.email}, after 20 minutes"
    )
    waits = {**rows[0], "decision": "", "reason": "", "by": "", "minutes": ""}
    assert told(waits).endswith("Held (first post): still waits")
    text = as_values(rows)
    for secret in ("Marmaduke", "Heron", "allotment", str(member.id), member.id.hex):
        assert secret not in text
    assert list(csv.DictReader(io.StringIO(text))) == rows


async def test_where_nothing_was_decided_the_file_has_its_head(site: Site) -> None:
    assert as_values(rows_of(await recorded(site), *await known(site))) == ",".join(COLUMNS) + "\n"


async def recorded(site: Site) -> list[CaseRecorded]:
    return list(await site.clinic.house.record.room_health.record(site.clinic.service.id))


async def known(site: Site):  # type: ignore[no-untyped-def]
    house, service = site.clinic.house, site.clinic.service.id
    rooms = {room.id: room for room in await house.record.peers.rooms(service)}
    return rooms, {m.id: m.email for m in await house.record.staff.all(service, former=True)}
