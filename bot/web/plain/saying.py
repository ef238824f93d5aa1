"""What a patient says by a form: one frame of the protocol, carried out like any other, and answered by a page."""

from __future__ import annotations

import json
from collections.abc import Callable

from aiohttp import web

from bot.core.errors import Refused
from bot.usecases.plain_sessions import plain_session
from bot.usecases.turn import urgent_in
from bot.web.calls import language_of
from bot.web.carrying_out import carry_out
from bot.web.frames import Acted, AppealFrame, Nack, PostFrame, parse
from bot.web.keys import HOUSE
from bot.web.plain.conversation import Wrong, conversation
from bot.web.plain.forms import Fields, check_form, fields_of, id_of, token_for, whole
from bot.web.plain.seat import go, page, seat_of, sorry, token_of
from bot.web.posted import Posted
from bot.web.refusals import sentence_for, status_of

MOVED_ON = frozenset({"not_asked", "conflict"})
OF_EVERY_FORM = frozenset({"form", "id", "re", "text"})
AT_THE_BOX = frozenset({"too_long", "empty"})


class Incomplete(Exception):
    """A form that leaves out what it asks for, or holds something else."""


async def say(request: web.Request) -> web.StreamResponse:
    """One's own words, a button, or the answer to the question on the page; then on to the conversation."""
    return await sent(request, frame_in, lambda _, __: "/plain#now")


async def look_at(request: web.Request) -> web.StreamResponse:
    """At one group of the list of them, or at what keeps all of them shut; then on to the conversation, where one joins."""

    def frame(fields: Fields) -> Acted:
        return frame_of_kind(fields, "look_at", {"group": fields["group"] or None})

    return await sent(request, frame, lambda _, __: "/plain#now")


async def sent(
    request: web.Request, frame_of: Callable[[Fields], Acted], onward: Callable[[Fields, Acted], str]
) -> web.StreamResponse:
    """``onward``: to which page, once it is done.

    The words are screened whatever else is wrong with the form, and before the record is asked anything (I2).
    """
    try:
        fields = await fields_of(request)
    except Refused as refused:
        return sorry(request, refused)
    token, kept = token_of(request)
    words = fields["text"] or fields["value"] or None

    def shaped(nack: Nack) -> web.Response:
        """A page with the words in their box again, under the same id: sent once more it is the same message."""
        return page(
            request,
            "notice",
            status_of(nack.code),
            language=nack.lang or language_of(request),
            seated=nack.code != "signed_out",
            nack=nack,
            text=fields["text"],
            again=request.path,
            form_token=token_for(token),
            page_id=fields["id"],
            re=fields["re"],
            besides=[pair for pair in fields.pairs if pair[0] not in OF_EVERY_FORM],
        )

    posted = Posted(request, "plain", token, words, shaped)

    async def taken() -> web.Response:
        house = request.app[HOUSE]
        await plain_session(house, token, kept=kept)
        check_form(fields, token)
        service, patient = await posted.let_in()
        try:
            frame = frame_of(fields)
            posted.client_id = frame.id
            await carry_out(house, service, patient, frame, posted.acknowledged)
        except Incomplete:
            return await _once_more(request, fields)
        except Refused as refused:
            if refused.code in MOVED_ON:
                return go("/plain?said=moved#now")
            if refused.code == "not_an_option":
                return await _once_more(request, fields)
            if refused.code in AT_THE_BOX and frame_of is frame_in:
                return await _once_more(request, fields, refused.code)
            raise
        if isinstance(frame, PostFrame | AppealFrame) and urgent_in(house, frame.text, service) is not None:
            return go("/plain#now")  # where they are answered
        return go(onward(fields, frame))

    return await posted.answered(taken)


async def _once_more(request: web.Request, fields: Fields, code: str = "") -> web.Response:
    """The conversation with the problem at its field, and what was written still in it."""
    seat = await seat_of(request)
    re = whole(fields["re"]) if fields["kind"] else None
    sentence = sentence_for(seat.house, code, seat.service.id, seat.language) if code else ""
    wrong = Wrong(fields["value"] if fields["kind"] else fields["text"], re, sentence)
    return await conversation(seat, status_of(code) if code else 400, wrong=wrong)


# -- a form as a frame --------------------------------------------------------------------------------


def frame_in(fields: Fields) -> Acted:
    """A button counts before an answer, an answer before words. Raises Incomplete or Refused('bad_frame')."""
    if fields["choice"]:
        return frame_of_kind(fields, "say", {"choice": fields["choice"]})
    if fields["kind"] in ("number", "date"):
        return _typed(fields, fields["value"].strip())
    if fields["kind"]:
        return frame_of_kind(fields, "say", {"answer": {"item": fields["item"], "value": _value(fields)}})
    return _typed(fields, fields["text"])


def _typed(fields: Fields, text: str) -> Acted:
    if fields["kind"] and not text:
        raise Incomplete
    re = whole(fields["re"])
    return frame_of_kind(fields, "say", {"text": text} if re is None else {"text": text, "re": re})


def _value(fields: Fields) -> int | list[int]:
    values = [whole(value) for value in fields.every("value")]
    numbers = [value for value in values if value is not None]
    if fields["kind"] == "pick_any":
        return numbers
    if not numbers:
        raise Incomplete
    return numbers[0]


def frame_of_kind(fields: Fields, kind: str, said: dict[str, object]) -> Acted:
    """By the parser of every other door. Raises Refused('bad_frame')."""
    known = id_of(fields, said)
    frame = parse(json.dumps({"type": kind, "id": str(known), **said}))
    assert isinstance(frame, Acted)
    return frame
