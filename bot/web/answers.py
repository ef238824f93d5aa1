"""What the JSON doors answer, beside the frames."""

from __future__ import annotations

from typing import Literal

import msgspec
from aiohttp import web

from bot.core.shown import Chart, ExerciseShown, PictureShown, Progress, Question, ReadBack, Urgent
from bot.core.values import Value
from bot.web.frames import Msg


class TokenGiven(Value):
    """The secret of one device: it goes into ``Authorization: Bearer``."""

    token: str


class ConsentShown(Value):
    """``version``: of these words. ``about``: its two sentences. ``yes``: what stands beside the box."""

    name: str
    version: str
    needed: bool
    title: str
    about: str
    yes: str


class Choosable(Value):
    id: str
    name: str


class JoiningAsked(Value):
    """What the form of joining asks. ``lang``: what it is written in. ``self_referral``: services that take people who
    come without an invitation."""

    lang: str
    consents: tuple[ConsentShown, ...]
    conditions: tuple[Choosable, ...]
    nations: tuple[Choosable, ...]
    languages: tuple[Choosable, ...]
    self_referral: tuple[Choosable, ...]


class InvitationShown(Value):
    """What whoever invited has filled in already. ``reading``: who reads, and when."""

    service: str
    conditions: tuple[str, ...]
    language: str
    nation: str
    reading: str


class TicketGiven(Value):
    """For the first frame of a socket: once, within 60 seconds."""

    ticket: str


class Told(Value):
    """A sentence to show."""

    text: str


class Nothing(Value):
    """Done, and there is no more to say."""


class Availability(Value):
    """Who reads and when, and where to turn. Only an empty ``reading`` where it is not known whose team is meant."""

    reading: str
    reading_lang: str | None = None
    urgent: Urgent | None = None
    lang: str | None = None


class WidgetTexts(Value):
    """What the widget itself says in a language, by key."""

    lang: str
    texts: dict[str, str]


class PlanPart(Value):
    title: str
    text: str


class FurtherPlan(Value):
    """Another plan of theirs. ``calls``: what stands on it whatever they write, such as when to call 999, and its
    language."""

    plan: Literal["flare", "well"]
    title: str
    parts: tuple[PlanPart, ...]
    calls: tuple[str, ...] = ()
    calls_lang: str = "en"


class PlanOf(Value):
    """A patient's own plans, in their own words. ``parts``: of the safety plan; ``further``: the others that they have."""

    lang: str
    parts: tuple[PlanPart, ...]
    further: tuple[FurtherPlan, ...] = ()


class DayOfLooks(Value):
    day: str
    lines: tuple[str, ...]


class LooksOf(Value):
    """Who opened a patient's record, in words, newest day first."""

    lang: str
    days: tuple[DayOfLooks, ...]


class Messages(Value):
    """``seq``: of the last of them; what was asked after, where there is none."""

    messages: tuple[Msg, ...]
    seq: int


class RasaButton(Value):
    title: str
    payload: str


class RasaCustom(Value):
    """What Rasa has no field for, as in a message of the socket. ``code``: of a refusal."""

    seq: int | None = None
    sender: Literal["bot", "team"] | None = msgspec.field(name="from", default=None)
    code: str | None = None
    question: Question | None = None
    progress: Progress | None = None
    urgent: Urgent | None = None
    exercise: ExerciseShown | None = None
    read_back: tuple[ReadBack, ...] = ()
    charts: tuple[Chart, ...] = ()
    picture: PictureShown | None = None
    room: str | None = None
    own_plan: bool = False


class RasaMessage(Value):
    """``text`` holds all that must be read, also where to turn."""

    recipient_id: str
    text: str
    buttons: tuple[RasaButton, ...]
    custom: RasaCustom


class Alive(Value):
    status: Literal["ok"]


class Ready(Value):
    """Each part by name, ``ok`` where it is. ``safety``: what this process screens and signposts by."""

    ready: bool
    parts: dict[str, str]
    safety: dict[str, str]


def given(answer: Value, status: int = 200) -> web.Response:
    return web.json_response(text=answer.json(), status=status)
