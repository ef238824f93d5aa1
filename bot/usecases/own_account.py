"""One's own account: where one is signed in, signing out there, and one's own password."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.errors import Refused
from bot.ports import SessionHeld, StaffMember
from bot.usecases.house import House
from bot.usecases.people import LONGEST_PASSWORD, SHORTEST_PASSWORD, note
from bot.usecases.ways_in import STAFF_IDLE, hashed, matches, secret_hash

MARK = 16
"""How many signs of its hash name a session on the page: nothing can be opened with them."""


@dataclass(frozen=True)
class OwnSession:
    mark: str
    made_at: datetime
    seen_at: datetime
    here: bool


async def own_sessions(house: House, member: StaffMember, token: str) -> list[OwnSession]:
    """``token``: of this one."""
    mine = secret_hash(token)
    return [
        OwnSession(_mark(held), held.made_at, held.seen_at, held.token_hash == mine)
        for held in await _held(house, member)
    ]


async def end_one(house: House, member: StaffMember, mark: str) -> None:
    """Raises Refused('not_found')."""
    found = next((held for held in await _held(house, member) if _mark(held) == mark), None)
    if found is None:
        raise Refused("not_found")
    await note(house, member.service, member, "staff.sign_out", member.id)
    await house.record.sessions.end(member.service, found.token_hash, house.clock.now())


async def end_others(house: House, member: StaffMember, token: str) -> None:
    """All but this one."""
    await note(house, member.service, member, "staff.sign_out", member.id)
    await _end_others(house, member, token)


async def change_password(house: House, member: StaffMember, token: str, old: str, new: str) -> None:
    """And signed out everywhere else. Raises Refused: 'sign_in_failed' for the old one, 'short_password'."""
    if not await matches(old, member.password_hash):
        raise Refused("sign_in_failed")
    if not SHORTEST_PASSWORD <= len(new) <= LONGEST_PASSWORD:
        raise Refused("short_password")
    await note(house, member.service, member, "staff.password", member.id)
    await house.record.staff.add(replace(member, password_hash=await hashed(new)))
    await _end_others(house, member, token)


async def _end_others(house: House, member: StaffMember, token: str) -> None:
    mine, now = secret_hash(token), house.clock.now()
    for held in await house.record.sessions.of(member.service, member.id, now):
        if held.token_hash != mine:
            await house.record.sessions.end(member.service, held.token_hash, now)


async def _held(house: House, member: StaffMember) -> list[SessionHeld]:
    """Those that still let somebody in."""
    now = house.clock.now()
    found = await house.record.sessions.of(member.service, member.id, now)
    return [held for held in found if now - held.seen_at < STAFF_IDLE]


def _mark(held: SessionHeld) -> str:
    return held.token_hash.hex()[:MARK]
