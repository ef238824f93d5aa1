"""Rasa's REST channel: one message in, the bot's messages of that turn out, in Rasa's shape.

``sender`` is the patient's own token, so it is a secret: it stands in a body and never in an address.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import structlog
from aiohttp import web
from msgspec import to_builtins
from pydantic import Field, StringConstraints, ValidationError

from bot.core.checked import Checked
from bot.core.errors import Refused
from bot.core.shown import Choice, Question, Shown, Urgent
from bot.core.state import Conversation, ForAction
from bot.core.values import LineId, ServiceId
from bot.usecases import turn
from bot.usecases.change import Changed
from bot.usecases.conversation import messages_since
from bot.usecases.house import House
from bot.usecases.hub import Delivered, News
from bot.web.answers import RasaMessage
from bot.web.calls import check_origin, raw_body
from bot.web.described import WORDS, described
from bot.web.frames import Nack
from bot.web.keys import HOUSE
from bot.web.posted import Posted
from bot.web.refusals import response_for

log = structlog.get_logger()

FOLLOWS_WITHIN_S = 2.0  # as long as an action may take
CHOOSE, ANSWER = "/choose", "/answer"
LONGEST_ID = 80

Said = dict[str, Any]


class Metadata(Checked, extra="ignore"):
    """``message_id`` makes the message once: sent again under the same id it changes nothing."""

    message_id: UUID | None = None


class RestMessage(Checked, extra="ignore"):
    """As Rasa's clients send it; what else they add is not read."""

    sender: Annotated[str, StringConstraints(min_length=1, max_length=256)] = Field(repr=False)
    message: Annotated[str, StringConstraints(max_length=64 * 1024)] = Field(
        repr=False, json_schema_extra=WORDS
    )
    metadata: Metadata | None = None


@described(
    "Rasa-shaped",
    "One message of a patient, and what the bot says to it",
    {200: list[RasaMessage]},
    more="`sender` is the patient's token. With `metadata.message_id` a message may be sent again: it changes nothing and gets the "
    "same answer. A button's `payload` comes back as the next `message`. A refusal is a list of one message too.",
    body=RestMessage,
    posted=True,
    refusals=("signed_out", "rate_limited", "empty", "not_asked", "not_an_option", "conflict"),
    refused=list[RasaMessage],
)
async def webhook(request: web.Request) -> web.Response:
    """What the bot says to one message. A refusal has the same shape, so that every client shows its sentence."""
    check_origin(request)
    try:
        raw = await raw_body(request)
    except Refused as error:
        return Posted(request, "rasa", "", "", partial(_refusal, "")).refused(error)
    asked = _read(raw)
    sender, words = ("", _words(raw)) if asked is None else (asked.sender, asked.message)
    posted = Posted(request, "rasa", sender, words, partial(_refusal, sender))

    async def taken() -> web.Response:
        if asked is None:
            raise Refused("bad_frame")
        service, patient = await posted.let_in()
        said = _inbound(request.app[HOUSE], asked, service, patient)
        told = await _answers(request.app[HOUSE], said, posted.acknowledged)
        return web.json_response([_element(sender, message) for message in told])

    return await posted.answered(taken)


def _refusal(sender: str, nack: Nack) -> web.Response:
    urgent = {} if nack.urgent is None else {"urgent": to_builtins(nack.urgent)}
    text = _lines(nack.text, nack.urgent)
    response = response_for(nack)
    response.text = json.dumps(
        [{"recipient_id": sender, "text": text, "buttons": [], "custom": {"code": nack.code} | urgent}]
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
    more = {k: v for k, v in to_builtins(shown).items() if k not in ("text", "choices", "lang")}
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
