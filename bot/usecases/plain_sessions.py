"""A patient's session in a cookie: it ends when nobody uses it, unless the patient wants to be remembered here."""

from __future__ import annotations

from datetime import timedelta

from bot.core.errors import Refused
from bot.ports import Session
from bot.usecases.house import House
from bot.usecases.ways_in import secret_hash, sign_out, who_is

IDLE = timedelta(hours=2)
SEEN_EVERY = timedelta(minutes=1)


async def plain_session(house: House, token: str, *, kept: bool, used: bool = True) -> Session:
    """Noted as used, at most once a minute. Raises Refused('signed_out'); one that lay idle is ended.

    ``used`` False: an open page asks by itself, which is nobody's doing and keeps nobody signed in.
    """
    session = await who_is(house, token, "patient")
    now, seen = house.clock.now(), session.seen_at
    if not kept and seen is not None and now - seen >= IDLE:
        await sign_out(house, token)
        raise Refused("signed_out")
    if used and (seen is None or now - seen >= SEEN_EVERY):
        await house.record.sessions.seen(session.service, secret_hash(token), now)
    return session
