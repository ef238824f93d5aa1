"""Web push to a browser of a member of staff or of a patient: sealed for that browser, signed with the service's own key (VAPID)."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.core.errors import Unavailable
from bot.ports import Call, Gone, News, Nudge, Outward, Target

# What a device shows is out of date after an hour: by then somebody has been told again.
KEPT_FOR_S = 3600
# A reminder may wait for a device that is off over night.
NUDGE_KEPT_FOR_S = 12 * 3600
SIGNED_FOR = timedelta(hours=12)
LONGEST_ANSWER = 16 * 1024
GONE = (404, 410)


class PushTeller:
    """``hosts``: of the push services of browsers. ``contact``: whom a push service may ask, as a URL."""

    places: Mapping[str, str] = {}

    def __init__(self, outward: Outward, hosts: Collection[str], contact: str) -> None:
        self._outward = outward
        self._hosts = frozenset(hosts)
        self._contact = contact

    def bar(self, address: str) -> str | None:
        return self._outward.bar(address, self._hosts)

    async def tell(self, target: Target, news: News, at: datetime) -> None:
        more = {"TTL": str(KEPT_FOR_S), "Urgency": "high" if news.level == "now" else "normal"}
        if news.alert is not None:
            more["Topic"] = _text(news.alert.bytes)
        await self._push(target, shown_of(news), more, at)

    async def nudge(self, target: Target, nudge: Nudge, at: datetime) -> None:
        """A later one takes the place of one that still waits for the device."""
        more = {"TTL": str(NUDGE_KEPT_FOR_S), "Urgency": "normal", "Topic": "reminder"}
        await self._push(target, nudge_of(nudge), more, at)

    async def _push(
        self, target: Target, shown: Mapping[str, str], more: Mapping[str, str], at: datetime
    ) -> None:
        try:
            body, headers = self._sealed(target, shown, at)
        except Exception:  # keys of a browser are what somebody sent: any shape of them may be wrong
            raise Gone("keys") from None
        call = Call(
            target.address,
            "POST",
            {**headers, **more},
            body,
            hosts=self._hosts,
            most=LONGEST_ANSWER,
            limit_s=target.limit_s,
        )
        said = await self._outward.call(call)
        if said.status in GONE:
            raise Gone(f"status {said.status}")
        if not 200 <= said.status < 300:
            raise Unavailable(f"status {said.status}")

    def _sealed(self, target: Target, shown: Mapping[str, str], at: datetime) -> tuple[bytes, dict[str, str]]:
        from py_vapid import (
            Vapid02,  # with pywebpush some megabytes, which no server needs that pushes nothing
        )
        from pywebpush import WebPusher

        keys = {name: target.secret[name] for name in ("p256dh", "auth")}
        payload = json.dumps(shown).encode()
        sealed = WebPusher({"endpoint": target.address, "keys": keys}).encode(payload, "aes128gcm")
        place = urlsplit(target.address)
        claims = {
            "aud": f"{place.scheme}://{place.netloc}",
            "exp": int((at + SIGNED_FOR).timestamp()),
            "sub": self._contact,
        }
        signed = Vapid02.from_raw(target.secret["key"].encode()).sign(claims)
        headers = {
            **signed,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
        }
        return bytes(sealed["body"]), headers


def shown_of(news: News) -> dict[str, str]:
    """What a locked screen may show to anybody: no name, no service, no word of what it is about."""
    if news.alert is None:
        return {
            "title": "Bounceback",
            "body": "This is a test.",
            "path": "/desk/notifications",
            "tag": "test",
        }
    return {
        "title": "Bounceback",
        "body": f"An alert {news.needs}.",
        "path": urlsplit(news.url).path,
        "tag": str(news.alert),
    }


def nudge_of(nudge: Nudge) -> dict[str, str]:
    """As ``push-worker.js`` reads it. Addresses without their host: the worker opens its own pages alone."""
    chat, stop = urlsplit(nudge.url), urlsplit(nudge.stop)
    return {
        "title": nudge.title,
        "body": nudge.text,
        "path": f"{chat.path}#{chat.fragment}",
        "stop": stop.path,
        "stop_label": nudge.stop_label,
        "lang": nudge.language,
    }


class VapidKeys:
    def new(self) -> str:
        from py_vapid import Vapid02

        made = Vapid02()
        made.generate_keys()
        number = made.private_key.private_numbers().private_value
        return _text(number.to_bytes(32, "big"))

    def public(self, key: str) -> str:
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
        from py_vapid import Vapid02

        public = Vapid02.from_raw(key.encode()).public_key
        return _text(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
