"""What a person reads when something cannot be done: a sentence, a code, and where to turn if the words ask for it."""

from __future__ import annotations

from collections import defaultdict
from math import ceil
from uuid import UUID

from aiohttp import web

from bot.core.errors import Misuse, Refused, Unavailable
from bot.core.flow import calendar
from bot.core.shown import Signpost, Urgent
from bot.core.values import LineId, ServiceId
from bot.usecases.house import House
from bot.usecases.turn import LONGEST, urgent_in
from bot.usecases.unstored import tell_duty_directly
from bot.web.frames import Nack, dump

# The last resort: true in every nation, and there with the content broken.
ALWAYS = (
    Signpost(text="In an emergency, or in danger now", number="999"),
    Signpost(text="Samaritans, any time, free", number="116 123"),
)

STATUS = {
    "bad_frame": 400,
    "empty": 400,
    "too_long": 413,
    "signed_out": 401,
    "sign_in_failed": 401,
    "return_failed": 401,
    "foreign_origin": 403,
    "under_18": 403,
    "consent_needed": 403,
    "not_found": 404,
    "no_such_service": 404,
    "not_here": 404,
    "not_a_member": 404,
    "barred": 403,
    "paused": 403,
    "own_decision": 403,
    "already_decided": 409,
    "decide_first": 409,
    "too_many_words": 409,
    "expired_invite": 410,
    "post_gone": 410,
    "conflict": 409,
    "consents_changed": 409,
    "not_waiting": 409,
    "shared_device": 403,
    "push_off": 409,
    "too_many_devices": 409,
    "not_asked": 409,
    "rate_limited": 429,
    "too_many_sockets": 429,
    "unavailable": 503,
}


def status_of(code: str) -> int:
    return STATUS.get(code, 400)


def sentence_for(house: House, code: str, service: ServiceId | None = None, language: str = "en") -> str:
    """The library's sentence for a code; a plain one of our own where content itself is down."""
    values: dict[str, str] = defaultdict(str, limit=f"{LONGEST:,}", contact="")
    try:
        if service is not None:
            known = house.shelf.service(service)
            library = house.shelf.for_safety
            hours = calendar.hours(library, known.hours, library.tongue(code, language))
            values |= {"contact": known.name, "hours": hours}
        return house.shelf.for_safety.say(code, language, values)
    except (Misuse, Unavailable, Refused):
        return "That did not work. Please try again in a minute."


def nack_for(
    house: House,
    error: Refused | Unavailable,
    *,
    client_id: UUID | None = None,
    text: str | None = None,
    service: ServiceId | None = None,
    patient: LineId | None = None,
    language: str = "en",
) -> Nack:
    """The refusal of a message. Its words were screened before: on a hit it carries where to turn (I2), and where
    nothing could be stored whoever is on duty is written to."""
    code = error.code if isinstance(error, Refused) else "unavailable"
    urgent = _where_to_turn(house, text, service)
    unstored = code == "unavailable" and urgent is not None
    if unstored and service is not None and patient is not None:
        tell_duty_directly(house, service, patient)
    key = "outage_signpost" if unstored else code
    return Nack(
        id=client_id,
        code=code,
        text=sentence_for(house, key, service, language),
        lang=_tongue(house, key, language),
        urgent=urgent,
        retry_after=error.retry_after_s,
    )


def _where_to_turn(house: House, text: str | None, service: ServiceId | None) -> Urgent | None:
    """If the words ask for it; where there is nothing to screen them by, in any case."""
    try:
        return urgent_in(house, text, service)
    except Refused:
        return None
    except Unavailable:
        return Urgent(kind="advice", lines=ALWAYS)


def _tongue(house: House, key: str, language: str) -> str | None:
    """None for English."""
    try:
        spoken = house.shelf.for_safety.tongue(key, language)
    except Unavailable:
        return None
    return None if spoken == "en" else spoken


def turn_to_first(
    house: House, client_id: UUID | None, text: str | None, service: ServiceId | None
) -> Nack | None:
    """Where to turn, said before it is known what becomes of a message; None where its words do not ask for it.

    It reads like any message that could not be kept: an acknowledgement may still follow. Nobody on duty is written
    to: perhaps an alert is just being made.
    """
    if text is None:
        return None
    nack = nack_for(house, Unavailable("record"), client_id=client_id, text=text, service=service)
    return nack if nack.urgent is not None else None


def response_for(nack: Nack) -> web.Response:
    headers = {} if nack.retry_after is None else {"Retry-After": str(ceil(nack.retry_after))}
    return web.json_response(text=dump(nack), status=status_of(nack.code), headers=headers)
