"""The frames of ``bounceback.v1``, parsed and built in one place for WebSocket and HTTP alike."""

from __future__ import annotations

import json
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError, model_validator

from bot.core.errors import Refused
from bot.core.shown import Chart, Choice, ExerciseShown, PictureShown, Progress, Question, ReadBack, Urgent
from bot.core.values import Value

PROTOCOL = "bounceback.v1"

# Longer than any message may be: a text over the limit is still screened before it is refused.
_Typed = Annotated[str, StringConstraints(max_length=64 * 1024)]
_Token = Annotated[str, StringConstraints(max_length=256)]

# JSON's own whole numbers and no others: "2", 2.0 and true are not an answer that somebody gave.
_Seq = Annotated[int, Field(strict=True, ge=0, lt=2**53)]
_PostSeq = Annotated[int, Field(strict=True, ge=1, lt=2**53)]
_Points = Annotated[int, Field(strict=True, gt=-(2**53), lt=2**53)]


class ItemAnswer(Value):
    """``value`` None skips the item; a list for ``pick any``."""

    item: Annotated[str, StringConstraints(max_length=80)]
    value: _Points | Annotated[tuple[_Points, ...], Field(max_length=64)] | None


# -- from the client ----------------------------------------------------------------------------------


class Hello(Value):
    type: Literal["hello"]
    token: _Token | None = None
    ticket: _Token | None = None
    after: _Seq = 0
    rooms: dict[UUID, _Seq] = Field(default_factory=dict, max_length=32)


class SayFrame(Value):
    """Exactly one of ``text``, ``choice`` and ``answer``. ``re``: the seq of the question on the screen when typed."""

    type: Literal["say"] = "say"
    id: UUID
    text: _Typed | None = None
    choice: Annotated[str, StringConstraints(max_length=80)] | None = None
    answer: ItemAnswer | None = None
    re: _Seq | None = None

    @model_validator(mode="after")
    def _one_of(self) -> SayFrame:
        if sum(part is not None for part in (self.text, self.choice, self.answer)) != 1:
            raise ValueError("exactly one of text, choice, answer")
        return self


class PostFrame(Value):
    type: Literal["post"] = "post"
    id: UUID
    group: UUID
    text: _Typed
    reply_to: _PostSeq | None = None


class ReportFrame(Value):
    """A member asks a person to look at the post ``seq`` of ``group``."""

    type: Literal["report"] = "report"
    id: UUID
    group: UUID
    seq: _PostSeq


class ReadFrame(Value):
    type: Literal["read"]
    seq: _Seq
    group: UUID | None = None


class Typing(Value):
    type: Literal["typing"]


ClientFrame = Annotated[
    Hello | SayFrame | PostFrame | ReportFrame | ReadFrame | Typing, Field(discriminator="type")
]
_CLIENT: TypeAdapter[ClientFrame] = TypeAdapter(ClientFrame)


def parse(raw: str | bytes) -> ClientFrame:
    """A client's frame, or ``Refused('bad_frame')``: what was in it is never repeated (I8)."""
    try:
        return _CLIENT.validate_json(raw)
    except (ValidationError, RecursionError):
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


class Welcome(Value):
    """``reading``: the honest sentence about who reads this and when. ``rooms``: the groups one is in."""

    type: Literal["welcome"] = "welcome"
    seq: int
    resumed: bool
    reading: str
    rooms: tuple[RoomName, ...] = ()


class RoomName(Value):
    id: UUID
    title: str
    seq: int


class Ack(Value):
    """Durable. Repeated, with the same seq, for a repeated id."""

    type: Literal["ack"] = "ack"
    id: UUID
    seq: int


class Msg(Value):
    type: Literal["msg"] = "msg"
    seq: int
    group: UUID | None = None
    sender: Literal["bot", "patient", "team", "member", "host"] = Field(serialization_alias="from")
    name: str | None = None
    mine: bool | None = None
    hidden: bool | None = None
    held: bool | None = None
    id: UUID | None = None
    text: str
    lang: str = "en"
    at: str
    choices: tuple[Choice, ...] = ()
    question: Question | None = None
    progress: Progress | None = None
    urgent: Urgent | None = None
    exercise: ExerciseShown | None = None
    read_back: tuple[ReadBack, ...] = ()
    charts: tuple[Chart, ...] = ()
    picture: PictureShown | None = None
    room: UUID | None = None


class Nack(Value):
    """Nothing was kept unless it says so; ``urgent`` where the words rang an alarm all the same."""

    type: Literal["nack"] = "nack"
    id: UUID | None = None
    code: str
    text: str
    urgent: Urgent | None = None
    retry_after: float | None = None


class Status(Value):
    """``reading``: who reads and when. ``typing``: somebody of the team writes."""

    type: Literal["status"] = "status"
    reading: str | None = None
    typing: bool | None = None
    group: UUID | None = None
    host_present: bool | None = None


class Bye(Value):
    type: Literal["bye"] = "bye"
    code: str
    retry_after: float = 1.0


ServerFrame = Welcome | Ack | Msg | Nack | Status | Bye


def dump(frame: ServerFrame) -> str:
    """The frame as JSON without the fields that say nothing."""
    return frame.model_dump_json(by_alias=True, exclude_defaults=False, exclude_none=True)
