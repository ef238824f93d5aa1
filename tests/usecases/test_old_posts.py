"""A room keeps the standing of its newest posts; what waits for a host, or is asked about, is never let go of."""

from __future__ import annotations

from uuid import uuid4

import pytest
from clinic import Clinic, Patient

from bot.core import fold
from bot.core.errors import Refused
from bot.core.inputs import Moderate
from bot.core.values import LineId
from bot.usecases import peers
from bot.usecases.hosting import host_post, moderate
from bot.usecases.posts import posts_opened
from bot.usecases.room_turns import standing_of
from bot.usecases.turn import Inbound

KEPT = 4


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold, "MOST_POSTS_KEPT", KEPT)


async def member(clinic: Clinic, name: str) -> tuple[Patient, LineId]:
    patient = await clinic.join("copd")
    for label in ("Talk to others like me", "Living with COPD", "Join the group"):
        await patient.chooses(label)
    await patient.says(name)
    return patient, clinic.service.rooms["copd"]


async def posts(clinic: Clinic, author: Patient, room: LineId, text: str) -> None:
    await peers.post(clinic.house, Inbound(clinic.service.id, author.id, uuid4(), text=text), room)
    await clinic.settle()


async def goes_on(clinic: Clinic, room: LineId) -> None:
    """So many posts of a host that the room lets go of what was before."""
    for n in range(KEPT + 1):
        await host_post(clinic.house, clinic.service.id, room, clinic.host.id, uuid4(), f"Later {n}")


async def statuses(clinic: Clinic, room: LineId) -> list[str]:
    return [p.status for p in await posts_opened(clinic.house, clinic.service.id, room, 0)]


async def decides(clinic: Clinic, room: LineId, seq: int, do: str) -> None:
    act = Moderate(seq, clinic.host.id, do, "other" if do == "hide" else "")  # type: ignore[arg-type]
    await moderate(clinic.house, clinic.service.id, room, act)


async def reports(clinic: Clinic, by: Patient, room: LineId, seq: int) -> None:
    await peers.report(clinic.house, Inbound(clinic.service.id, by.id, uuid4()), room, seq, why="unkind")
    await clinic.settle()


async def test_a_post_that_waits_for_a_host_is_still_decided_after_many_others(clinic: Clinic) -> None:
    author, room = await member(clinic, "Robin")
    await posts(clinic, author, room, "My first post")
    await goes_on(clinic, room)
    await decides(clinic, room, 1, "release")
    assert (await statuses(clinic, room))[0] == "shown"


async def test_a_report_of_an_old_post_reaches_the_desk(clinic: Clinic) -> None:
    (author, room), (reader, _) = await member(clinic, "Robin"), await member(clinic, "Wren")
    await old_post(clinic, author, room)
    await reports(clinic, reader, room, 2)
    state = await standing_of(clinic.house, clinic.service.id, room)
    assert state is not None
    assert [(case.kind, case.seq) for case in state.cases.values()] == [("reported", 2)]
    assert "group-report" in state.alerts
    assert state.posts[2].flags == (reader.id,)


async def test_a_host_hides_an_old_post_and_its_author_hears(clinic: Clinic) -> None:
    author, room = await member(clinic, "Robin")
    await old_post(clinic, author, room)
    before = len(await author.facts())
    await decides(clinic, room, 2, "hide")
    await clinic.settle()
    assert (await statuses(clinic, room))[1] == "hidden"
    assert len(await author.facts()) > before


async def test_an_author_takes_an_old_post_back_and_nobody_else_does(clinic: Clinic) -> None:
    (author, room), (other, _) = await member(clinic, "Robin"), await member(clinic, "Wren")
    await old_post(clinic, author, room)
    with pytest.raises(Refused):
        await peers.withdraw(clinic.house, Inbound(clinic.service.id, other.id, uuid4()), room, 2)
    assert (await statuses(clinic, room))[1] == "shown"
    said = Inbound(clinic.service.id, author.id, uuid4())
    for _ in range(2):
        await peers.withdraw(clinic.house, said, room, 2)
    assert (await statuses(clinic, room))[1] == "withdrawn"
    state = await standing_of(clinic.house, clinic.service.id, room)
    assert state is not None and 2 not in state.posts


async def old_post(clinic: Clinic, author: Patient, room: LineId) -> None:
    """The room's second: nobody had to decide about it, and the room has let go of it."""
    await posts(clinic, author, room, "My first post")
    await decides(clinic, room, 1, "release")
    await posts(clinic, author, room, "My second post")
    await goes_on(clinic, room)
    state = await standing_of(clinic.house, clinic.service.id, room)
    assert state is not None
    assert 2 not in state.posts
