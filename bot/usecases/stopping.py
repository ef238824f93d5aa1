"""What stands in a reminder's links: out of reminders with one press, and by which way somebody came. Signed, and nothing
that says who they are to anybody but us."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bot.core.errors import Refused
from bot.core.values import LineId, ServiceId
from bot.ports import ReminderWay
from bot.usecases.conversation import standing
from bot.usecases.house import House
from bot.usecases.reaching import answer_reminders

GOOD_FOR = timedelta(days=400)
STOP, CAME = b"reminders off", b"reminder opened"
WAYS: tuple[ReminderWay, ...] = ("email", "push", "sms")
_SIGNATURE = 32


def way_out(house: House, service: ServiceId, line: LineId) -> str:
    """The address that stands in a mail, in its List-Unsubscribe, and behind a notification's action."""
    until = int((house.clock.now() + GOOD_FOR).timestamp())
    return f"{house.outside.public_url}/unsubscribe/{_signed(house, STOP, service.bytes + line.bytes + until.to_bytes(4))}"


def whose_way_out(house: House, code: str) -> tuple[ServiceId, LineId]:
    """Raises Refused('not_found') for whatever we did not sign, and for what is too old."""
    body = _body(house, STOP, code, 36)
    if datetime.fromtimestamp(int.from_bytes(body[32:]), UTC) < house.clock.now():
        raise Refused("not_found")
    return ServiceId(UUID(bytes=body[:16])), LineId(UUID(bytes=body[16:32]))


async def language_behind(house: House, code: str) -> str:
    """Raises Refused('not_found')."""
    state = await standing(house, *whose_way_out(house, code))
    return state.profile.language if state else "en"


async def stop(house: House, code: str) -> None:
    """Once or again. What is in the outbox already is looked at anew before it leaves."""
    service, line = whose_way_out(house, code)
    await answer_reminders(house, service, line, on=False)


def link_into_the_chat(
    house: House, service: ServiceId, line: LineId, reminder: UUID, way: ReminderWay
) -> str:
    """The code stands in the fragment: it reaches no server log and no referrer."""
    body = service.bytes + line.bytes + reminder.bytes + bytes([WAYS.index(way)])
    return f"{house.outside.public_url}/chat#reminder={_signed(house, CAME, body)}"


async def came_by(house: House, code: str) -> None:
    """Raises Refused('not_found')."""
    body = _body(house, CAME, code, 49)
    ids = [UUID(bytes=body[n : n + 16]) for n in (0, 16, 32)]
    way, now = WAYS[body[48]], house.clock.now()
    await house.record.reminders.opened_by(ServiceId(ids[0]), LineId(ids[1]), ids[2], way, now)


def _signed(house: House, purpose: bytes, body: bytes) -> str:
    return base64.urlsafe_b64encode(body + house.vault.sign(purpose, body)).decode().rstrip("=")


def _body(house: House, purpose: bytes, code: str, length: int) -> bytes:
    try:
        both = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Refused("not_found") from None
    body, signature = both[:length], both[length:]
    if len(signature) != _SIGNATURE or not house.vault.signed(purpose, body, signature):
        raise Refused("not_found")
    return body
