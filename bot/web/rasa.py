"""Rasa's REST channel: one message in, the bot's messages of that turn out, in Rasa's shape.

``sender`` is the patient's own token, so it is a secret: it stands in a body and never in an address.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

import structlog
from aiohttp import web
from msgspec import to_builtins
from pydantic import Field, StringConstraints, ValidationError

from bot.core.checked import Checked
from bot.core.errors import Refused, Unavailable
from bot.core.shown import Choice, Question, Shown, Urgent
from bot.core.state import Conversation, ForAction
from bot.core.values import LineId, ServiceId
from bot.logs import failure_of
from bot.usecases import turn
from bot.usecases.change import Changed
from bot.usecases.conversation import messages_since
from bot.usecases.house import House
from bot.usecases.hub import Delivered, News
from bot.usecases.ways_in import service_of, who_is
from bot.web.calls import check_origin, raw_body
from bot.web.frames import Nack
from bot.web.keys import HOUSE, METERS
from bot.web.messages import SENDS
from bot.web.refusals import nack_for, response_for

log = structlog.get_logger()

FOLLOWS_WITHIN_S = 2.0  # as long as an action may take
LOOK_AFTER_S = 0.5
CHOOSE, ANSWER = "/choose", "/answer"
LONGEST_ID = 80

Said = dict[str, Any]


class Metadata(Checked, extra="ignore"):
    """``message_id`` makes the message once: sent again under the same id it changes nothing."""

    message_id: UUID | None = None


class RestMessage(Checked, extra="ignore"):
    """As Rasa's clients send it; what else they add is not read."""

    sender: Annotated[str, StringConstraints(min_length=1, max_length=256)] = Field(repr=False)
    message: Annotated[str, StringConstraints(max_length=64 * 1024)] = Field(repr=False)
    metadata: Metadata | None = None


async def webhook(request: web.Request) -> web.Response:
    """What the bot says to one message. A refusal has the same shape, so that every client shows its sentence."""
    check_origin(request)
    try:
        spoken = _Spoken(request, await raw_body(request))
    except Refused as error:
        return _Spoken(request, "").refused(error)
    outcome = asyncio.ensure_future(spoken.outcome())
    try:
        async with asyncio.timeout(LOOK_AFTER_S):
            return await asyncio.shield(outcome)
    except TimeoutError:
        early = spoken.where_to_turn()
    if early is None:
        return await outcome
    spoken.house.afterwards.start("late answer", _awaited(outcome))
    return early


async def _awaited(outcome: asyncio.Future[web.Response]) -> None:
    await outcome


class _Spoken:
    """One message, until its outcome is known."""

    def __init__(self, request: web.Request, raw: str) -> None:
        self.house, self._app = request.app[HOUSE], request.app
        self._began, self._raw = time.perf_counter(), raw
        self._asked = _read(raw)
        self._sender = self._asked.sender if self._asked is not None else ""
        self._words = self._asked.message if self._asked is not None else _words(raw)
        self._service = _named(self.house, self._sender)
        self._patient: LineId | None = None
        self._kept = False

    async def outcome(self) -> web.Response:
        try:
            told = await self._taken()
        except (Refused, Unavailable) as error:
            return self.refused(error)
        except Exception as error:
            log.error("message_failed", **failure_of(error))
            return self.refused(Unavailable("this service"))
        return web.json_response([_element(self._sender, message) for message in told])

    async def _taken(self) -> tuple[Delivered, ...]:
        if self._asked is None:
            raise Refused("bad_frame")
        session = await who_is(self.house, self._sender, "patient")
        patient = self._patient = LineId(session.subject)
        if not self._app[SENDS].may(str(patient), asyncio.get_running_loop().time()):
            raise Refused("rate_limited")
        said = _inbound(self.house, self._asked, session.service, patient)
        return await _answers(self.house, said, self._acknowledged)

    def _acknowledged(self, _: int) -> None:
        self._kept = True
        self._app[METERS].turns.labels("rasa").inc()
        self._app[METERS].turn_seconds.observe(time.perf_counter() - self._began)

    def refused(self, error: Refused | Unavailable) -> web.Response:
        nack = nack_for(self.house, error, text=self._words, service=self._service, patient=self._patient)
        self._app[METERS].refusals.labels(nack.code).inc()
        return self._shown(nack)

    def where_to_turn(self) -> web.Response | None:
        """It waits long. Words that ask for help are answered before the outcome is known; others wait on."""
        if self._kept:
            return None
        nack = nack_for(self.house, Unavailable("record"), text=self._words, service=self._service)
        return None if nack.urgent is None else self._shown(nack)

    def _shown(self, nack: Nack) -> web.Response:
        urgent = {} if nack.urgent is None else {"urgent": to_builtins(nack.urgent)}
        text = _lines(nack.text, nack.urgent)
        why = {"code": nack.code} | urgent
        response = response_for(nack)
        response.text = json.dumps(
            [{"recipient_id": self._sender, "text": text, "buttons": [], "custom": why}]
        )
        return response


# -- in -----------------------------------------------------------------------------------------------


def _read(raw: str) -> RestMessage | None:
    try:
        return RestMessage.model_validate_json(raw)
    except (ValidationError, RecursionError):
        return None


def _words(raw: str) -> str | None:
    """The words of a body that was refused, to screen them all the same (I2)."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    text = body.get("message") if isinstance(body, dict) else None
    return text if isinstance(text, str) else None


def _named(house: House, sender: str) -> ServiceId | None:
    """The service that the sender names, known before the record is asked: its nation's lines, if it cannot be."""
    try:
        return service_of(house, sender).id
    except Refused:
        return None


def _inbound(house: House, asked: RestMessage, service: ServiceId, patient: LineId) -> turn.Inbound:
    """A button's payload comes back as the message: a choice or an answer, if it is on the screen; else words."""
    once = asked.metadata.message_id if asked.metadata else None
    client_id = once or house.ids.new()
    match asked.message.split(" "):
        case [verb, choice] if verb == CHOOSE and len(choice) <= LONGEST_ID:
            return turn.Inbound(service, patient, client_id, choice=choice)
        case [verb, item, points] if verb == ANSWER and len(item) <= LONGEST_ID and _is_points(points):
            return turn.Inbound(service, patient, client_id, item=item, value=int(points))
        case _:
            return turn.Inbound(service, patient, client_id, text=asked.message)


def _is_points(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 6


# -- out ----------------------------------------------------------------------------------------------


async def _answers(
    house: House, said: turn.Inbound, acknowledge: Callable[[int], None]
) -> tuple[Delivered, ...]:
    """Of this turn, from memory; of the action that it began, if that is done in time."""
    news: asyncio.Queue[News] = asyncio.Queue()
    with house.hub.listening(said.service, said.patient, news.put_nowait):
        changed = await turn.hear(house, said, acknowledge)
        if changed.repeated:
            return await _told_before(house, said, changed.seq)
        return _of_the_bot(changed.messages) + await _what_follows(changed, news)


async def _what_follows(changed: Changed, news: asyncio.Queue[News]) -> tuple[Delivered, ...]:
    state = changed.state
    if not isinstance(state, Conversation) or not isinstance(state.wait, ForAction):
        return ()
    try:
        async with asyncio.timeout(FOLLOWS_WITHIN_S):
            while (after := await news.get()).seq <= state.seq or not after.messages:
                pass
            return _of_the_bot(after.messages)
    except TimeoutError:
        return ()


async def _told_before(house: House, said: turn.Inbound, seq: int) -> tuple[Delivered, ...]:
    """The message was kept before, and its answer was lost: the same answer again, up to the patient's next words."""
    out: list[Delivered] = []
    for message in await messages_since(house, said.service, said.patient, seq):
        if message.sender == "patient":
            break
        out.append(message)
    return tuple(out)


def _of_the_bot(messages: tuple[Delivered, ...]) -> tuple[Delivered, ...]:
    return tuple(m for m in messages if m.sender != "patient")


def _element(recipient: str, message: Delivered) -> Said:
    """``custom``: what Rasa has no field for, as in the messages of ``bounceback.v1``."""
    shown = message.shown
    more = {k: v for k, v in to_builtins(shown).items() if k not in ("text", "choices")}
    return {
        "recipient_id": recipient,
        "text": _lines(_worded(shown), shown.urgent),
        "buttons": [*_options(shown.question), *map(_button, shown.choices)],
        "custom": {"seq": message.seq, "from": message.sender} | more,
    }


def _worded(shown: Shown) -> str:
    """A client that knows only text must miss nothing that has to be read before answering."""
    stem = shown.question.stem if shown.question is not None else ""
    read_back = [f"{line.text}: {line.answer}" for line in shown.read_back]
    return "\n".join(part for part in (stem, shown.text, *read_back) if part)


def _lines(text: str, urgent: Urgent | None) -> str:
    """Where to turn is said in words too: never only in a card that this client may not draw."""
    return "\n".join([text, *(line.text for line in urgent.lines)]) if urgent else text


def _button(choice: Choice) -> Said:
    return {"title": choice.label, "payload": f"{CHOOSE} {choice.id}"}


def _options(question: Question | None) -> list[Said]:
    if question is None:
        return []
    offered = [(option.value, option.label) for option in question.options]
    if question.kind == "scale" and question.min is not None and question.max is not None:
        ends = {question.min: question.min_label, question.max: question.max_label}
        points = range(question.min, question.max + 1)
        offered = [(n, f"{n}: {ends[n]}" if ends.get(n) else str(n)) for n in points]
    return [{"title": label, "payload": f"{ANSWER} {question.item} {n}"} for n, label in offered]


def add_rasa_routes(app: web.Application) -> None:
    app.router.add_post("/webhooks/rest/webhook", webhook)
