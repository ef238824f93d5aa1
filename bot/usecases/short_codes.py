"""Short codes beside invitations: made, and found again however they were typed. Guessing is hopeless: decision 0042."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from bot.core import short_code
from bot.core.errors import Refused
from bot.core.service import Service
from bot.core.values import LineId
from bot.usecases.house import House

SHORT_FOR = timedelta(hours=48)
MOST_WRONG_AN_HOUR = 100
"""Of one service, by whoever: then no short code of it is good until the next hour. Links go on working."""


def new_letters(house: House) -> str:
    return short_code.letters_of(int.from_bytes(hashlib.sha256(house.ids.secret().encode()).digest()))


def hash_of(house: House, service: Service, letters: str) -> bytes:
    """Keyed, since 40 bits are quickly guessed by somebody who holds the record."""
    return house.vault.sign(b"short code", f"{service.id}|{letters}".encode())


async def found(house: House, typed: str) -> tuple[Service, bytes, LineId] | None:
    """The service, what the record knows of the code, and whose it is; None where it is none, which is counted.

    Raises Refused('rate_limited').
    """
    code = short_code.read(typed)
    if code is None:
        return None
    now = house.clock.now()
    for service in house.shelf.services():
        if short_code.as_compared(service.slug) == code.of:
            hour = now.replace(minute=0, second=0, microsecond=0)
            if await house.record.invites.wrong_tries(service.id, hour) >= MOST_WRONG_AN_HOUR:
                raise Refused("rate_limited", retry_after_s=_until_next(hour, now))
            code_hash = hash_of(house, service, code.letters)
            patient = await house.record.invites.look(service.id, code_hash, "short", now)
            if patient is not None:
                return service, code_hash, patient
            await house.record.invites.wrong_try(service.id, hour)
    return None


def _until_next(hour: datetime, now: datetime) -> float:
    return (hour + timedelta(hours=1) - now).total_seconds()
