"""The frames of ``bounceback.v1``, parsed and built in one place for WebSocket and HTTP alike."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from bot.core.errors import Refused
from bot.core.facts import PostKind, Reaction, ReportReason, Warning
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
    """``warning``: what it is about, said before others open it. ``mentions``: members by their handles."""

    id: UUID
    group: UUID
    text: _Typed
    reply_to: _PostSeq | None = None
    warning: Warning | None = None
    mentions: Annotated[tuple[UUID, ...], Meta(max_length=16)] = ()


class ReportFrame(_Frame, tag="report"):
    """A member asks a person to look at the post ``seq`` of ``group``."""

    id: UUID
    group: UUID
    seq: _PostSeq
    why: ReportReason = "other"


class ReactFrame(_Frame, tag="react"):
    """One of a few kind words to a post of somebody else's; ``on`` false takes it back."""

    id: UUID
    group: UUID
    seq: _PostSeq
    kind: Reaction
    on: bool = True


class WithdrawFrame(_Frame, tag="withdraw"):
    """One's own post goes: of it only its place stays."""

    id: UUID
    group: UUID
    seq: _PostSeq


class AppealFrame(_Frame, tag="appeal"):
    """Another look at what a host decided about the post ``seq``, or about oneself; ``complaint``: about the group."""

    id: UUID
    group: UUID
    text: _Typed
    seq: _PostSeq | None = None
    complaint: bool = False


class LeaveFrame(_Frame, tag="leave"):
    """``take_posts``: what one wrote there is shown no more."""

    id: UUID
    group: UUID
    take_posts: bool = False


class RestFrame(_Frame, tag="rest"):
    """A break from a group: nothing of it is brought until then. ``on`` false: back again."""

    id: UUID
    group: UUID
    on: bool = True
    days: Annotated[int, Meta(ge=1, le=365)] | None = None


class MuteFrame(_Frame, tag="mute"):
    """Fold what this member writes, for oneself. ``member``: their handle."""

    id: UUID
    group: UUID
    member: UUID
    on: bool = True


class MuteWordFrame(_Frame, tag="mute_word"):
    """Fold posts that hold this word, for oneself, in all groups."""

    id: UUID
    text: _Typed


class UnmuteWordFrame(_Frame, tag="unmute_word"):
    """``word``: its id, as the welcome tells it."""

    id: UUID
    word: UUID


class ShowTypingFrame(_Frame, tag="show_typing"):
    """Whether others may see that one is writing in a group."""

    id: UUID
    on: bool


class LookAtFrame(_Frame, tag="look_at"):
    """Look at a group of the list of them in the chat, where one may join. None: at what there is for oneself."""

    id: UUID
    group: Annotated[str, Meta(max_length=80)] | None = None


AmongPeers = (
    PostFrame
    | ReportFrame
    | ReactFrame
    | WithdrawFrame
    | AppealFrame
    | LeaveFrame
    | RestFrame
    | MuteFrame
    | MuteWordFrame
    | UnmuteWordFrame
    | ShowTypingFrame
    | LookAtFrame
)
"""What one does in groups."""


class ReadFrame(_Frame, tag="read"):
    seq: _Seq
    group: UUID | None = None


class Typing(_Frame):
    """``group``: where somebody writes, told to others only if they wish."""

    group: UUID | None = None


Acted = SayFrame | AmongPeers
"""What is acknowledged."""

ClientFrame = Hello | Acted | ReadFrame | Typing
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
    """``reading``: the honest sentence about who reads this and when. ``rooms``: the groups one is in.

    Of the posts that ``hello.rooms`` says one has, those come again that do not stand as they came: hidden, taken back, or
    with something pressed. Under all others nobody presses anything any more.
    """

    seq: int
    resumed: bool
    reading: str
    rooms: tuple[RoomName, ...] = always(())
    muted_words: tuple[MutedWord, ...] = ()
    shows_typing: bool = False


class MutedWord(Value):
    id: UUID
    text: str


class RoomName(Value):
    """``first``: from which post on the room is brought; earlier ones are asked for. ``unread``: posts, by ``people``;
    ``first_unread``: the oldest. ``paused``: one may read only. ``muted``: handles. ``read_at``: up to when one has read."""

    id: UUID
    title: str
    seq: int
    first: int = 1
    kind: Literal["open", "session", "course"] = "open"
    unread: int = 0
    people: int = 0
    mentions: int = 0
    replies: int = 0
    first_unread: int | None = None
    read_at: datetime | None = None
    resting: bool = False
    rests_until: datetime | None = None
    paused: bool = False
    muted: tuple[UUID, ...] = ()


class Ack(_Frame):
    """Durable. Repeated, with the same seq, for a repeated id."""

    id: UUID
    seq: int


class Msg(_Frame):
    """``id``: of one's own, as it was sent. In a group: ``by`` is the writer's handle, ``reactions`` how many pressed what,
    ``pressed`` what one pressed oneself, ``mentioned`` that it names oneself, ``kind`` none of an ordinary post, ``about``
    the module a course comes to."""

    seq: int
    sender: Literal["bot", "patient", "team", "member", "host"] = msgspec.field(name="from")
    text: str
    at: datetime
    group: UUID | None = None
    name: str | None = None
    mine: bool | None = None
    hidden: bool | None = None
    held: bool | None = None
    withdrawn: bool | None = None
    by: UUID | None = None
    reply_to: int | None = None
    shown_at: datetime | None = None
    warning: Warning | None = None
    mentioned: bool | None = None
    kind: PostKind | None = None
    about: str | None = None
    reactions: dict[str, int] = {}
    pressed: tuple[str, ...] = ()
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
    """``reading``: who reads and when. ``typing``: somebody of the team writes; of a ``group``: a member does.

    Of a group besides: whether a host is there, whether it sleeps (what is written waits for a host), until when a session
    goes on and when the next one begins, and the week of a course.
    """

    reading: str | None = None
    typing: bool | None = None
    group: UUID | None = None
    host_present: bool | None = None
    asleep: bool | None = None
    open_until: datetime | None = None
    opens_at: datetime | None = None
    week: int | None = None
    over: bool | None = None


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
