"""The chat over plain HTTP: the same frames in a POST, and replay by seq with a long poll."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from aiohttp import web

from bot.core.errors import Refused
from bot.core.values import LineId, ServiceId
from bot.usecases.conversation import messages_since
from bot.usecases.house import House
from bot.usecases.hub import Delivered
from bot.usecases.posts import posts_since
from bot.web.answers import Messages
from bot.web.calls import check_origin, patient_of, raw_body, token_of
from bot.web.carrying_out import carry_out
from bot.web.described import Field, described
from bot.web.frames import Ack, Acted, dump, id_and_words, parse
from bot.web.keys import HOUSE
from bot.web.posted import Posted
from bot.web.refusals import response_for
from bot.web.sight import msg_for, post_for

LONGEST_WAIT_S = 25.0
_WHOLE, _NUMBER = (
    re.compile(r"[0-9]{1,15}"),
    re.compile(r"[0-9]{1,400}([.][0-9]{1,400})?([eE][+-]?[0-9]{1,3})?"),
)


@described(
    "Chat",
    "Say something, post to a group, or report a post",
    {200: Ack},
    more="One frame of the socket. An `ack` means: on disk, with every alert that follows. The header `Idempotency-Key` "
    "may stand for `id`, and `type` may be left out of what is said. With `unavailable` it is not known what became of it: "
    "the same again, under the same id, finds out.",
    who="patient",
    body=Acted,
    posted=True,
    refusals=(
        "rate_limited",
        "empty",
        "not_asked",
        "not_an_option",
        "conflict",
        "not_a_member",
        "not_here",
        "post_gone",
        "barred",
        "paused",
    ),
)
async def send(request: web.Request) -> web.Response:
    """One ``say``, ``post`` or ``report`` frame; ``Idempotency-Key`` is its id, and stands for it where it has none."""
    check_origin(request)
    raw = await raw_body(request)
    client_id, words = id_and_words(raw)
    posted = Posted(request, "http", token_of(request), words, response_for, client_id)

    async def taken() -> web.Response:
        frame = _frame(raw, request.headers.get("Idempotency-Key"))
        posted.client_id = frame.id
        service, patient = await posted.let_in()
        seq = await carry_out(request.app[HOUSE], service, patient, frame, posted.acknowledged)
        return web.json_response(text=dump(Ack(id=frame.id, seq=seq)))

    return await posted.answered(taken)


def _frame(raw: str, key: str | None) -> Acted:
    """The body as a frame of the protocol: ``type`` may be left out for ``say``, ``id`` where the header gives it."""
    try:
        body = json.loads(raw)
        if not isinstance(body, dict):
            raise ValueError
        body.setdefault("type", "say")
        if key is not None and body.setdefault("id", key) != key:
            raise ValueError
        frame = parse(json.dumps(body))
    except (ValueError, RecursionError):
        raise Refused("bad_frame") from None
    if not isinstance(frame, Acted):
        raise Refused("bad_frame")
    return frame


class Polls:
    """Those who wait for the next message. Where the process goes, nobody waits any longer."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()
        self._ended = False

    @contextmanager
    def one(self) -> Iterator[asyncio.Event]:
        changed = asyncio.Event()
        if self._ended:
            changed.set()
        self._waiting.add(changed)
        try:
            yield changed
        finally:
            self._waiting.discard(changed)

    def end(self) -> None:
        self._ended = True
        for changed in self._waiting:
            changed.set()


POLLS: web.AppKey[Polls] = web.AppKey("polls", Polls)


async def end_polls(app: web.Application) -> None:
    app[POLLS].end()


@described(
    "Chat",
    "What was said since",
    {200: Messages},
    more="The conversation and each group count their own `seq`.",
    who="patient",
    fields=(
        Field(
            "after",
            {"type": "integer", "minimum": 0, "maximum": 10**15 - 1, "default": 0},
            "The last `seq` that one has.",
        ),
        Field(
            "wait",
            {"type": "number", "minimum": 0, "default": 0},
            f"Seconds to wait for the first message; no longer than {LONGEST_WAIT_S:g}.",
        ),
        Field("group", {"type": "string", "format": "uuid"}, "Of this group, instead of one's conversation."),
        Field(
            "before",
            {"type": "integer", "minimum": 0, "maximum": 10**15 - 1},
            "Only what stands before this `seq`, and without waiting: how a group's earlier posts are read.",
        ),
    ),
    refusals=("bad_frame", "not_found"),
)
async def receive(request: web.Request) -> web.Response:
    """Messages above ``after``, of the conversation or of one ``group``; ``wait`` seconds for the first."""
    house = request.app[HOUSE]
    session, patient = await patient_of(request)
    after, wait = _whole(request, "after", 0), _wait(request)
    before = _whole(request, "before", 10**15 - 1)
    room = await _room(house, session.service, patient, request.query.get("group"))
    with (
        request.app[POLLS].one() as changed,
        house.hub.listening(session.service, room or patient, lambda _: changed.set()),
    ):
        messages = await _read(house, session.service, patient, room, after)
        if not messages and wait and "before" not in request.query:
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await changed.wait()
                room = await _room(house, session.service, patient, request.query.get("group"))
                messages = await _read(house, session.service, patient, room, after)
    messages = tuple(m for m in messages if m.seq < before)
    framed = msg_for if room is None else post_for
    frames = ",".join(dump(framed(m, patient)) for m in messages)
    seq = messages[-1].seq if messages else after
    return web.json_response(text=f'{{"messages":[{frames}],"seq":{seq}}}')


def _whole(request: web.Request, name: str, otherwise: int) -> int:
    asked = request.query.get(name, str(otherwise))
    if not _WHOLE.fullmatch(asked):
        raise Refused("bad_frame")
    return int(asked)


def _wait(request: web.Request) -> float:
    """In seconds; more than there is to be had is as much as there is."""
    asked = request.query.get("wait", "0")
    if not _NUMBER.fullmatch(asked):
        raise Refused("bad_frame")
    return min(float(asked), LONGEST_WAIT_S)


async def _room(house: House, service: ServiceId, patient: LineId, group: str | None) -> LineId | None:
    """A room that the patient is in. Missing and forbidden look alike."""
    if group is None:
        return None
    for room in await house.record.peers.rooms_of(service, patient):
        if group == str(room.id):
            return room.id
    raise Refused("not_found")


async def _read(
    house: House, service: ServiceId, patient: LineId, room: LineId | None, after: int
) -> tuple[Delivered, ...]:
    if room is None:
        return await messages_since(house, service, patient, after)
    return await posts_since(house, service, room, after, patient)


def add_message_routes(app: web.Application) -> None:
    app.router.add_post("/v1/messages", send)
    app.router.add_get("/v1/messages", receive)
