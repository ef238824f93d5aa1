"""Out of the digest with one click, without signing in: a signed link of one person's own, that does nothing else."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bot.core.errors import Refused
from bot.core.service import Service
from bot.core.values import ServiceId, StaffId
from bot.usecases.house import House

GOOD_FOR = timedelta(days=60)
PURPOSE = b"digest off"
_BODY, _SIGNATURE = 36, 32


def way_out(house: House, service: ServiceId, who: StaffId) -> str:
    """The address that stands in the letter and in its List-Unsubscribe."""
    until = int((house.clock.now() + GOOD_FOR).timestamp())
    body = service.bytes + who.bytes + until.to_bytes(4)
    code = base64.urlsafe_b64encode(body + house.vault.sign(PURPOSE, body)).decode()
    return f"{house.outside.public_url}/unsubscribe/{code}"


def whose_way_out(house: House, code: str) -> tuple[Service, StaffId]:
    """Raises Refused('not_found') for whatever we did not sign, and for what is too old."""
    try:
        both = base64.b64decode(code, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Refused("not_found") from None
    body, signature = both[:_BODY], both[_BODY:]
    if len(both) != _BODY + _SIGNATURE or not house.vault.signed(PURPOSE, body, signature):
        raise Refused("not_found")
    if datetime.fromtimestamp(int.from_bytes(body[32:]), UTC) < house.clock.now():
        raise Refused("not_found")
    return house.shelf.service(ServiceId(UUID(bytes=body[:16]))), StaffId(UUID(bytes=body[16:32]))


async def no_digest(house: House, code: str) -> Service:
    """Turns it off for whoever the link was sent to, once or again. Letters about single alerts go on."""
    service, who = whose_way_out(house, code)
    await house.record.digests.want(service.id, who, house.clock.now(), on=False)
    return service
