"""A message as it was shown: what is sealed as a word, replayed on another device, and put into a frame."""

from __future__ import annotations

from typing import Literal

from bot.core.values import Value, always


class Choice(Value):
    """A button the service issued. ``id`` is ``<seq>.<key>``: it names its own message.

    ``lang``: where it is not that of the message.
    """

    id: str
    label: str
    lang: str | None = None


class Answer(Value):
    value: int
    label: str


class Question(Value):
    """One question on the screen.

    ``item``: ``phq9.3`` for a measure's item, else the name of the ask.
    ``options``: for ``options`` and ``pick_any``; a ``scale`` runs from ``min`` to ``max`` with labelled ends, a ``count``
    is a whole number between them. ``one_tap``: the tap on an answer gives it, without a button to send it.
    """

    item: str
    text: str
    kind: Literal["options", "scale", "count", "text", "number", "date", "pick_any"]
    stem: str = ""
    options: tuple[Answer, ...] = ()
    min: int | None = None
    max: int | None = None
    min_label: str = ""
    max_label: str = ""
    given: int | None = None
    one_tap: bool = False


class Progress(Value):
    at: int
    of: int


class Signpost(Value):
    """``lang``: where it is not English."""

    text: str
    number: str = ""
    lang: str | None = None


class Urgent(Value):
    """Where to turn at once. ``kind``: ``crisis``, ``emergency``, ``safeguarding`` or ``advice``."""

    kind: Literal["crisis", "emergency", "safeguarding", "advice"]
    lines: tuple[Signpost, ...] = always(())


class MoveShown(Value):
    do: str
    seconds: int


class ExerciseShown(Value):
    """Repeat the moves until ``seconds`` have passed; the patient may pause or stop at any time."""

    seconds: int
    moves: tuple[MoveShown, ...]


class ReadBack(Value):
    """One answer, read back before sending; choosing it changes it. ``lang``: where it is not that of the message."""

    item: str
    text: str
    answer: str
    lang: str | None = None


class Point(Value):
    on: str  # ISO date
    total: int | float
    band: str


class BandShown(Value):
    """A stretch of the scale, by what it means in plain words."""

    low: int | float
    high: int | float
    name: str


class Chart(Value):
    """One measure's curve; ``sentence`` says what it shows, the points are also the table."""

    measure: str
    title: str
    low: int | float
    high: int | float
    sentence: str
    points: tuple[Point, ...]
    bands: tuple[BandShown, ...] = ()


class PictureShown(Value):
    source: str
    description: str
    captions: str | None = None


class Shown(Value):
    text: str
    lang: str = always("en")
    choices: tuple[Choice, ...] = ()
    question: Question | None = None
    progress: Progress | None = None
    urgent: Urgent | None = None
    exercise: ExerciseShown | None = None
    read_back: tuple[ReadBack, ...] = ()
    charts: tuple[Chart, ...] = ()
    picture: PictureShown | None = None
    room: str | None = None  # a group's id: the widget opens it
    own_plan: bool = False  # of one's own plan: the team sees it only where the patient has said so
    of_plan: str = ""  # which of the other plans than that for hard hours
