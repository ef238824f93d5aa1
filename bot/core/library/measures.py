"""Questionnaires, as data."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from typing import Literal

from bot.core.checked import Checked
from bot.core.library.steps import Level

Aside = Literal["does_not_apply", "not_sure"]
Given = int | Aside | None
"""What was answered: points or a count, what was said instead of them, or None where it was skipped."""
Number = int | float


class Option(Checked):
    label: str = ""
    points: int
    loinc: str | None = None


class Scale(Checked):
    """Whole numbers ``low`` to ``high``, with words at both ends."""

    low: int
    high: int
    low_label: str = ""
    high_label: str = ""


class Count(Checked):
    """How often, from 0 to ``most``; one may also be not sure."""

    most: int


class Answers(Checked):
    """What one may answer, in one of three kinds."""

    options: tuple[Option, ...] = ()
    scale: Scale | None = None
    count: Count | None = None

    @property
    def kinds(self) -> int:
        return bool(self.options) + (self.scale is not None) + (self.count is not None)

    @property
    def bounds(self) -> tuple[int, int]:
        """The lowest and the highest number that can be answered."""
        if self.scale is not None:
            return self.scale.low, self.scale.high
        if self.count is not None:
            return 0, self.count.most
        points = [option.points for option in self.options]
        return min(points, default=0), max(points, default=0)

    def takes(self, points: int) -> bool:
        if self.options:
            return any(option.points == points for option in self.options)
        low, high = self.bounds
        return low <= points <= high

    def label(self, points: int) -> str:
        """In the questionnaire's own words, or else the number."""
        return next((o.label for o in self.options if o.points == points and o.label), str(points))


class Item(Answers):
    """Answered as all items of its measure are, unless it names a kind of its own. ``text`` may be the scale's ends."""

    id: str
    text: str = ""
    loinc: str | None = None
    may_not_apply: bool = False


class Band(Checked):
    """``name``: the clinician's word. ``plain``: what a patient reads.

    A score is in the last band whose ``low`` it reaches, so that 2.95 is below a band from 3.
    """

    low: Number
    high: Number
    name: str
    plain: str


class Subscale(Checked):
    id: str
    title: str
    items: tuple[str, ...]
    positive_at: int
    loinc: str | None = None


class ItemRule(Checked):
    """An answer of ``at_least`` points on ``item`` is a reason to tell somebody, at ``level``.

    A ``concern`` of an emergency opens the red-flag question, any other the direct question about suicide.
    ``now_if_rose``: needs somebody now where it is more than the last time.
    """

    item: str
    at_least: int
    concern: str
    level: Level
    now_if_rose: bool = False


class Loinc(Checked):
    panel: str | None = None
    total: str | None = None


class Scoring(Checked):
    """How the answers make a score: ``one`` is the only answer itself, ``none`` adds nothing up.

    ``reverse``: items that count from the other end. ``recode``: what each answer counts, lowest first.
    ``least_answered``: so many answers are enough, as ``prorating_source`` says. Without it every item is needed.
    """

    method: Literal["sum", "mean", "one", "none"]
    times: Number = 1
    reverse: tuple[str, ...] = ()
    recode: tuple[int, ...] = ()
    least_answered: int | None = None
    prorating_source: str = ""


class Measure(Answers):
    """``lead``: our own words above the answers, where the questionnaire has none there. ``editions``: further
    registered wordings, by name. ``case_at_one_of``: a service that brings the wording may choose one of these."""

    id: str
    version: str
    title: str
    plain_name: str
    note: str = ""
    skeleton: bool = False
    stem: str = ""
    lead: str = ""
    items: tuple[Item, ...]
    scoring: Scoring
    range: tuple[Number, Number]
    higher_is: Literal["worse", "better"] = "worse"
    bands: tuple[Band, ...] = ()
    case_at: Number | None = None
    case_at_one_of: tuple[Number, ...] = ()
    severe_at: Number | None = None
    reliable_change: Number | None = None
    item_rules: tuple[ItemRule, ...] = ()
    subscales: tuple[Subscale, ...] = ()
    suits: tuple[str, ...] = ("everybody",)
    licence: str
    source: str
    wording_sources: tuple[str, ...] = ()
    loinc: Loinc = Loinc()
    snomed: str | None = None
    text_sha256: str = ""
    editions: dict[str, str] = {}

    def item(self, item_id: str) -> Item | None:
        return next((i for i in self.items if i.id == item_id), None)

    def answers(self, item: Item) -> Answers:
        return item if item.kinds else self

    def asides(self, item: Item) -> tuple[Aside, ...]:
        """What may be said to the item instead of an answer, besides skipping it."""
        unsure: tuple[Aside, ...] = ("not_sure",) if self.answers(item).count is not None else ()
        return (*(("does_not_apply",) if item.may_not_apply else ()), *unsure)

    def in_words(self, item: Item, points: int) -> str:
        return self.answers(item).label(points)

    def band(self, total: Number) -> Band | None:
        """None where the measure has no bands."""
        return next((b for b in reversed(self.bands) if b.low <= total), None)

    def counted(self, item: Item, points: int) -> int:
        """What an answer counts."""
        low, high = self.answers(item).bounds
        if item.id in self.scoring.reverse:
            points = low + high - points
        return self.scoring.recode[points - low] if self.scoring.recode else points

    def limits(self, answers: Mapping[str, Given] | None = None) -> tuple[Number, Number]:
        """The lowest and highest score that can be, in view of the items that do not apply."""
        asked = [i for i in self.items if (answers or {}).get(i.id) != "does_not_apply"]
        worth = [self._worth(item) for item in asked]
        low, high = sum(w[0] for w in worth), sum(w[1] for w in worth)
        if self.scoring.method == "none" or not worth:
            return 0, 0
        parts = len(worth) if self.scoring.method == "mean" else 1
        return neat(low / parts * self.scoring.times), neat(high / parts * self.scoring.times)

    def _worth(self, item: Item) -> tuple[int, int]:
        low, high = self.answers(item).bounds
        counts = self.scoring.recode or (low, high)
        return min(counts), max(counts)


def neat(number: Number) -> Number:
    """To 4 places, and whole where it is: two ways to the same score are the same number."""
    rounded = round(number, 4)
    return int(rounded) if rounded == int(rounded) else rounded


def said(number: Number) -> str:
    """As people read it: 2 places at most."""
    return f"{round(number, 2):g}" if isinstance(number, float) else str(number)


_STRAIGHT = str.maketrans("‘’“”", "''\"\"")


def canonical_text(stem: str, items: tuple[str, ...], answers: tuple[str, ...]) -> str:
    """The wording that is hashed: NFKC, straight quotes, long dashes as `` - ``, single spaces, a line each."""
    return "\n".join(clean for line in (stem, *items, *answers) if (clean := canonical_line(line)))


def canonical_line(line: str) -> str:
    line = unicodedata.normalize("NFKC", line)
    line = line.translate(_STRAIGHT)
    line = re.sub(r"\s*[—–]\s*", " - ", line)
    return re.sub(r"\s+", " ", line).strip()


def text_hash(measure: Measure) -> str:
    items = tuple(words for item in measure.items for words in (item.text, *_labels(item)))
    return hashlib.sha256(canonical_text(measure.stem, items, _labels(measure)).encode()).hexdigest()


def told_by_items(measure: Measure) -> tuple[str, ...]:
    """What is the questionnaire's own: the stem and the items. Answers such as "Not at all" are everybody's."""
    items = (words for item in measure.items for words in (item.text, *_labels(item)))
    return tuple(words for words in (measure.stem, *items) if words)


def _labels(answers: Answers) -> tuple[str, ...]:
    ends = (answers.scale.low_label, answers.scale.high_label) if answers.scale else ()
    return (*(option.label for option in answers.options), *ends)
