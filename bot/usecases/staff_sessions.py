"""A session of a member of staff: kept alive by use alone, and why it is over when it is."""

from __future__ import annotations

from typing import Literal

from bot.core.errors import Refused
from bot.ports import Session
from bot.usecases.house import House
from bot.usecases.ways_in import SEEN_EVERY, STAFF_IDLE, secret_hash, service_of, who_is

WhySignedOut = Literal["idle", "expired", "ended"]


async def staff_session(house: House, token: str, *, used: bool = True) -> Session:
    """Noted as used, at most once a minute. Raises Refused('signed_out').

    ``used`` False: an open page asks by itself, which is nobody's doing and keeps nobody signed in.
    """
    session = await who_is(house, token, "staff")
    now, seen = house.clock.now(), session.seen_at
    if used and (seen is None or now - seen >= SEEN_EVERY):
        await house.record.sessions.seen(session.service, secret_hash(token), now)
    return session


async def why_signed_out(house: House, token: str) -> WhySignedOut | None:
    """What ended the session that this token was of; None where there never was one, or it still lasts."""
    try:
        service = service_of(house, token)
    except Refused:
        return None
    over, now = await house.record.sessions.over(service.id, secret_hash(token)), house.clock.now()
    if over is None:
        return None
    if over.ended_at is not None:
        return "ended"
    if now - over.seen_at >= STAFF_IDLE:
        return "idle"
    return "expired" if over.expires_at <= now else None
