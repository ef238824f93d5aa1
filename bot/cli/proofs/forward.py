"""The yardstick of rooms: what is said on one socket goes over Redis to every socket of its room, and nothing is kept.

One plain aiohttp process with one Redis client. Run as a script with a port and the URL of a Redis.
"""

import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import uvloop
from aiohttp import WSMsgType, web
from redis.asyncio import Redis

ROOMS: web.AppKey[dict[str, set[web.WebSocketResponse]]] = web.AppKey("rooms", dict)
REDIS: web.AppKey[Redis] = web.AppKey("redis", Redis)


async def serve(request: web.Request) -> web.WebSocketResponse:
    ws = web.WebSocketResponse(protocols=("bounceback.v1",), compress=False)
    await ws.prepare(request)
    room = (await ws.receive_json())["room"]
    sockets = request.app[ROOMS][room]
    sockets.add(ws)
    await ws.send_str('{"type":"welcome"}')
    try:
        async for message in ws:
            if message.type is WSMsgType.TEXT:
                said = json.loads(message.data)
                await request.app[REDIS].publish(room, as_post(said))
                await ws.send_str(json.dumps({"type": "ack", "id": said["id"]}, separators=(",", ":")))
    finally:
        sockets.discard(ws)
    return ws


def as_post(said: dict[str, Any]) -> str:
    """As long as a member's post is."""
    post = {
        "type": "msg",
        "seq": said["seq"],
        "from": "member",
        "text": said["text"],
        "at": "2026-01-01T12:00:00.000000Z",
        "group": said["group"],
        "name": "Robin 0",
        "mine": False,
        "lang": "en",
    }
    return json.dumps(post, separators=(",", ":"))


async def forwarding(app: web.Application) -> AsyncIterator[None]:
    app[REDIS] = Redis.from_url(sys.argv[2], decode_responses=True)
    heard = app[REDIS].pubsub()
    await heard.psubscribe("bare:*")
    task = asyncio.create_task(forward(app, heard))
    yield
    task.cancel()


async def forward(app: web.Application, heard: Any) -> None:
    async for message in heard.listen():
        if message["type"] == "pmessage":
            for ws in tuple(app[ROOMS][message["channel"]]):
                with suppress(ConnectionError):
                    await ws.send_str(message["data"])


if __name__ == "__main__":
    app = web.Application()
    rooms: dict[str, set[web.WebSocketResponse]] = defaultdict(set)
    app[ROOMS] = rooms
    app.router.add_get("/v1/ws", serve)
    app.cleanup_ctx.append(forwarding)
    web.run_app(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        print=None,
        access_log=None,
        loop=uvloop.new_event_loop(),
    )
