"""A browser that has asked to be pushed to, and the push service that holds things for it."""

from __future__ import annotations

import base64
import ipaddress
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import http_ece
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.adapters.outward import GuardedOutward
from bot.adapters.tellers import PushTeller


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Browser:
    """Its keys, and the push service that holds things for it."""

    def __init__(self) -> None:
        self.key, self.auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        self.came: list[tuple[dict[str, str], dict[str, str]]] = []
        self.status = 201
        app = web.Application()
        app.router.add_post("/send/{id}", self._take)
        self.server = TestServer(app)

    @property
    def keys(self) -> dict[str, str]:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": b64(point), "auth": b64(self.auth)}

    def endpoint(self, name: str = "abc") -> str:
        return f"http://127.0.0.1:{self.server.port}/send/{name}"

    async def _take(self, request: web.Request) -> web.Response:
        if self.status < 300:
            body = await request.read()
            opened = http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
            self.came.append((dict(request.headers), json.loads(opened)))
        return web.Response(status=self.status)

    @asynccontextmanager
    async def standing(self, as_: str) -> AsyncIterator[PushTeller]:
        """Its push service is there; what tells by it is allowed to. ``as_``: from whom it comes."""
        async with self.server:
            way_out = GuardedOutward(plain=True, permitted=[ipaddress.ip_network("127.0.0.1/32")])
            yield PushTeller(way_out, [f"127.0.0.1:{self.server.port}"], f"mailto:{as_}@clinic.example")
