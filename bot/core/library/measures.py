"""Questionnaires, as data."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Literal

from bot.core.checked import Checked
from bot.core.library.steps import Level


class Option(Checked):
    label: str
    points: int
    loinc: str | None = None


class Item(Checked):
    id: str
    text: str
    loinc: str | None = None


class Band(Checked):
    """``name``: the clinician's word. ``plain``: what a patient reads."""

    low: int
    high: int
    name: str
    plain: str


class Subscale(Checked):
    id: str
    title: str
    items: tuple[str, ...]
    positive_at: int


class ItemRule(Checked):
    """An answer of ``at_least`` points on ``item`` is a reason to tell somebody, at ``level``."""

    item: str
    at_least: int
    concern: str
    level: Level


class Loinc(Checked):
    panel: str | None = None
    total: str | None = None


class Measure(Checked):
    id: str
    version: str
    title: str
    plain_name: str
    note: str = ""
    stem: str
    options: tuple[Option, ...]
    items: tuple[Item, ...]
    method: Literal["sum"] = "sum"
    range: tuple[int, int]
    bands: tuple[Band, ...]
    case_at: int | None = None
    severe_at: int | None = None
    reliable_change: int | None = None
    item_rules: tuple[ItemRule, ...] = ()
    subscales: tuple[Subscale, ...] = ()
    suits: tuple[str, ...] = ("everybody",)
    licence: str
    source: str
    loinc: Loinc = Loinc()
    snomed: str | None = None
    text_sha256: str

    def item(self, item_id: str) -> Item | None:
        return next((i for i in self.items if i.id == item_id), None)

    def band(self, total: int) -> Band:
        return next(b for b in self.bands if b.low <= total <= b.high)


_STRAIGHT = str.maketrans("‘’“”", "''\"\"")


def canonical_text(stem: str, items: tuple[str, ...], answers: tuple[str, ...]) -> str:
    """The wording that is hashed: NFKC, straight quotes, long dashes as `` - ``, single spaces, a line each."""

    def clean(line: str) -> str:
        line = unicodedata.normalize("NFKC", line)
        line = line.translate(_STRAIGHT)
        line = re.sub(r"\s*[—–]\s*", " - ", line)
        return re.sub(r"\s+", " ", line).strip()

    return "\n".join(clean(line) for line in (stem, *items, *answers))


def text_hash(measure: Measure) -> str:
    text = canonical_text(
        measure.stem, tuple(i.text for i in measure.items), tuple(o.label for o in measure.options)
    )
    return hashlib.sha256(text.encode()).hexdigest()
