"""Signed webhooks after the Standard Webhooks specification."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from standardwebhooks import Webhook

from bot.core.errors import Unavailable
from bot.ports import Call, News, Outward, Target

LONGEST_ANSWER = 4096  # bytes, of which none is kept


class WebhookTeller:
    """``hosts``: where the operator lets news go, and nowhere else."""

    places: Mapping[str, str] = {}

    def __init__(self, outward: Outward, hosts: Collection[str]) -> None:
        self._outward = outward
        self._hosts = frozenset(hosts)

    def bar(self, address: str) -> str | None:
        return self._outward.bar(address, self._hosts)

    async def tell(self, target: Target, news: News, at: datetime) -> None:
        id_, body = f"msg_{news.id.hex}", json.dumps(event_of(news, at), separators=(",", ":"))
        headers = {
            "Content-Type": "application/json",
            "webhook-id": id_,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(target.secret["signs"]).sign(id_, at, body),
        }
        call = Call(
            target.address,
            "POST",
            headers,
            body.encode(),
            hosts=self._hosts,
            most=LONGEST_ANSWER,
            limit_s=target.limit_s,
        )
        said = await self._outward.call(call)
        if not 200 <= said.status < 300:
            raise Unavailable(f"status {said.status}")


def event_of(news: News, at: datetime) -> dict[str, Any]:
    """As docs/integrators.md describes it."""
    data: dict[str, Any] = {"service": news.service, "url": news.url}
    if news.alert is not None:
        data |= {
            "alert": str(news.alert),
            "level": news.level,
            "needs": news.needs,
            "step": news.rung + 1,
            "told": news.told,
        }
    kind = "channel.tested" if news.alert is None else "alert.told"
    return {"type": kind, "timestamp": at.isoformat(timespec="seconds").replace("+00:00", "Z"), "data": data}
