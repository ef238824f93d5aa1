"""The frames of ``bounceback.v1``, parsed and built in one place for WebSocket and HTTP alike."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from bot.core.errors import Refused
from bot.core.shown import Chart, Choice, ExerciseShown, PictureShown, Progress, Question, ReadBack, Urgent
from bot.core.values import Value, always, encode, in_snake_case

PROTOCOL = "bounceback.v1"

# Longer than any message may be: a text over the limit is still screened before it is refused.
_Typed = Annotated[str, Meta(max_length=64 * 1024)]
_Token = Annotated[str, Meta(max_length=256)]

# JSON's own whole numbers and no others: "2", 2.0 and true are not an answer that somebody gave.
_Seq = Annotated[int, Meta(ge=0, lt=2**53)]
_PostSeq = Annotated[int, Meta(ge=1, lt=2**53)]
_Points = Annotated[int, Meta(gt=-(2**53), lt=2**53)]


class _Frame(Value, tag_field="type", tag=in_snake_case):
    pass


class ItemAnswer(Value):
    """``value`` None skips the item; a list for ``pick any``."""

    item: Annotated[str, Meta(max_length=80)]
    value: _Points | Annotated[tuple[_Points, ...], Meta(max_length=64)] | None


# -- from the client ----------------------------------------------------------------------------------


class Hello(_Frame):
    token: _Token | None = None
    ticket: _Token | None = None
    after: _Seq = 0
    rooms: Annotated[dict[UUID, _Seq], Meta(max_length=32)] = {}


class SayFrame(_Frame, tag="say"):
    """Exactly one of ``text``, ``choice`` and ``answer``. ``re``: the seq of the question on the screen when typed."""

    id: UUID
    text: _Typed | None = None
    choice: Annotated[str, Meta(max_length=80)] | None = None
    answer: ItemAnswer | None = None
    re: _Seq | None = None

    def __post_init__(self) -> None:
        if (self.text is None) + (self.choice is None) + (self.answer is None) != 2:
            raise ValueError("exactly one of text, choice, answer")


class PostFrame(_Frame, tag="post"):
    id: UUID
    group: UUID
    text: _Typed
    reply_to: _PostSeq | None = None


class ReportFrame(_Frame, tag="report"):
    """A member asks a person to look at the post ``seq`` of ``group``."""

    id: UUID
    group: UUID
    seq: _PostSeq


class ReadFrame(_Frame, tag="read"):
    seq: _Seq
    group: UUID | None = None


class Typing(_Frame):
    pass


ClientFrame = Hello | SayFrame | PostFrame | ReportFrame | ReadFrame | Typing
_CLIENT: msgspec.json.Decoder[ClientFrame] = msgspec.json.Decoder(ClientFrame)


def parse(raw: str | bytes) -> ClientFrame:
    """A client's frame, or ``Refused('bad_frame')``: what was in it is never repeated (I8)."""
    try:
        return _CLIENT.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise Refused("bad_frame") from None


def id_and_words(raw: str) -> tuple[UUID | None, str | None]:
    """What can be made out of a frame that was refused: which message it was, and the words to screen (I2)."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return None, None
    if not isinstance(body, dict):
        return None, None
    try:
        known = UUID(body["id"])
    except (KeyError, ValueError, AttributeError, TypeError):
        known = None
    text = body.get("text")
    return known, text if isinstance(text, str) else None


# -- from the server ----------------------------------------------------------------------------------


class Welcome(_Frame):
    """``reading``: the honest sentence about who reads this and when. ``rooms``: the groups one is in."""

    seq: int
    resumed: bool
    reading: str
    rooms: tuple[RoomName, ...] = always(())


class RoomName(Value):
    id: UUID
    title: str
    seq: int


class Ack(_Frame):
    """Durable. Repeated, with the same seq, for a repeated id."""

    id: UUID
    seq: int


class Msg(_Frame):
    seq: int
    sender: Literal["bot", "patient", "team", "member", "host"] = msgspec.field(name="from")
    text: str
    at: datetime
    group: UUID | None = None
    name: str | None = None
    mine: bool | None = None
    hidden: bool | None = None
    held: bool | None = None
    id: UUID | None = None
    lang: str = always("en")
    choices: tuple[Choice, ...] = ()
    question: Question | None = None
    progress: Progress | None = None
    urgent: Urgent | None = None
    exercise: ExerciseShown | None = None
    read_back: tuple[ReadBack, ...] = ()
    charts: tuple[Chart, ...] = ()
    picture: PictureShown | None = None
    room: str | None = None


class Nack(_Frame):
    """Nothing was kept unless it says so; ``urgent`` where the words rang an alarm all the same.

    ``lang``: of the text, where it is not English.
    """

    code: str
    text: str
    lang: str | None = None
    id: UUID | None = None
    urgent: Urgent | None = None
    retry_after: float | None = None


class Status(_Frame):
    """``reading``: who reads and when. ``typing``: somebody of the team writes."""

    reading: str | None = None
    typing: bool | None = None
    group: UUID | None = None
    host_present: bool | None = None


class Bye(_Frame):
    code: str
    retry_after: float = always(1.0)


ServerFrame = Welcome | Ack | Msg | Nack | Status | Bye


def dump(frame: ServerFrame) -> str:
    """The frame as JSON without the fields that say nothing."""
    return frame.json()


def as_bytes(frame: ServerFrame) -> bytes:
    """The same for a socket."""
    return encode(frame)
