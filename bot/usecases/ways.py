"""Ways to tell people besides e-mail: adding one, telling something by one, and how each of them does."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from bot.core.errors import Refused, Unavailable
from bot.core.library import Channel
from bot.core.service import Service
from bot.core.values import LineId, ServiceId, StaffId
from bot.ports import Gone, News, Target, Way
from bot.usecases.house import House

PATIENCE_S = 10.0
LESS_PATIENCE_S = 3.0
MOST_DEVICES = 10
MOST_WEBHOOKS = 20
LONGEST_LABEL = 80
# How each way is called by people.
KINDS: Mapping[Channel, str] = {"push": "device", "webhook": "webhook", "apprise": "other channel"}


async def tell_by(house: House, way: Way, news: News, limit_s: float | None = None) -> str | None:
    """None: it was taken. Otherwise a code; ``gone``: nobody is there any more, and the way is forgotten.

    A way that did not work the last time gets less time, so that it holds up fewer hands.
    """
    teller, now = house.tellers.get(way.kind), house.clock.now()
    if teller is None:
        return "off"
    try:
        limit_s = limit_s or (PATIENCE_S if way.failing_at is None else LESS_PATIENCE_S)
        await teller.tell(await _target(house, way, limit_s), news, now)
    except Gone:
        await house.record.ways.drop(way.service, way.id)
        return "gone"
    except Unavailable as down:
        await house.record.ways.went(way.service, way.id, now, down.what)
        return down.what
    await house.record.ways.went(way.service, way.id, now, None)
    return None


async def _target(house: House, way: Way, limit_s: float) -> Target:
    held = json.loads(house.vault.unlock(way.id, way.sealed, way.key_id))
    secret = dict(held["secret"])
    if way.kind == "push":
        secret["key"] = await push_key(house, way.service)
    return Target(held["address"], secret, limit_s)


def way_of(
    house: House,
    service: ServiceId,
    id_: UUID,
    kind: Channel,
    label: str,
    target: Target,
    staff: StaffId | None = None,
) -> Way:
    sealed, key_id = house.vault.lock(
        id_, json.dumps({"address": target.address, "secret": dict(target.secret)})
    )
    return Way(service, id_, kind, staff, label[:LONGEST_LABEL], sealed, key_id, house.clock.now())


# -- webhooks -----------------------------------------------------------------------------------------


async def add_webhook(house: House, service: Service, url: str) -> tuple[Way, str]:
    """The webhook and its secret, which nobody sees again. Raises Refused: 'channel_off', 'address_barred', 'too_many'."""
    _check(house, "webhook", url)
    if sum(way.kind == "webhook" for way in await house.record.ways.all(service.id)) >= MOST_WEBHOOKS:
        raise Refused("too_many")
    secret = "whsec_" + base64.b64encode(house.ids.secret().encode()[:64]).decode()
    label = urlsplit(url).netloc
    way = way_of(house, service.id, house.ids.new(), "webhook", label, Target(url, {"signs": secret}))
    await _note(house, way, "webhook.add")
    await house.record.ways.add(way)
    return way, secret


async def remove_webhook(house: House, way: Way) -> None:
    await _note(house, way, "webhook.remove")
    await house.record.ways.drop(way.service, way.id)


async def _note(house: House, way: Way, what: str) -> None:
    """News of patients' alerts leaves the house there: a row on the service's own chain."""
    about, now = f"{way.id} {way.label}", house.clock.now()
    await house.record.audit.note(way.service, LineId(way.service), "operator:cli", what, about, now)


def _check(house: House, kind: Channel, address: str) -> None:
    teller = house.tellers.get(kind)
    if teller is None:
        raise Refused("channel_off")
    if teller.bar(address) is not None:
        raise Refused("address_barred")


# -- devices ------------------------------------------------------------------------------------------


async def add_device(
    house: House, service: ServiceId, staff: StaffId, label: str, endpoint: str, keys: Mapping[str, str]
) -> Way:
    """A browser that somebody is told by; the same one again is one device, of whoever uses it now.

    Raises Refused: 'channel_off', 'address_barred', 'too_many'.
    """
    _check(house, "push", endpoint)
    id_ = uuid5(service, endpoint)
    theirs = [w for w in await house.record.ways.all(service) if w.staff == staff and w.id != id_]
    if len(theirs) >= MOST_DEVICES:
        raise Refused("too_many")
    target = Target(endpoint, {"p256dh": keys["p256dh"], "auth": keys["auth"]})
    way = way_of(house, service, id_, "push", label, target, staff)
    await house.record.ways.add(way)
    return way


async def push_key(house: House, service: ServiceId) -> str:
    """By which push services know this service: made the first time that it is wanted."""
    kept = await house.record.ways.push_key(service)
    if kept is None:
        sealed, key_id = house.vault.lock(service, house.push_keys.new())
        await house.record.ways.keep_push_key(service, sealed, key_id, house.clock.now())
        kept = await house.record.ways.push_key(service)
        assert kept is not None
    return house.vault.unlock(service, *kept)


# -- trying one out -----------------------------------------------------------------------------------


async def try_out(house: House, service: Service, way: Way) -> str | None:
    """A test, which says that it is one. None: it was taken; otherwise a code."""
    news = News(house.ids.new(), service.slug, service.name, f"{house.outside.public_url}/desk/notifications")
    return await tell_by(house, way, news, PATIENCE_S)
