"""What a check-in asks and when, as versioned data."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bot.core.checked import Checked


class Budget(Checked):
    """Items in any 7 days of the calendar, of which ``kept_for_ratings`` are for the daily taps."""

    items_in_7_days: int = Field(ge=1, le=500)
    kept_for_ratings: int = Field(ge=0, le=500)
    items_in_one_sitting: int = Field(ge=1, le=100)


class Reviews(Checked):
    """``weeks``: since the first answer. ``more``: by condition, beside those that name it in ``suits``. One that waits
    longer than ``late_after_days`` goes before the short form."""

    weeks: tuple[int, ...] = ()
    late_after_days: int = Field(default=7, ge=0, le=92)
    one_of: tuple[tuple[str, ...], ...] = ()
    more: dict[str, tuple[str, ...]] = {}


class Hinge(Checked):
    """``positive_at``: by subscale of the short form; its own ``positive_at`` stays as it was published.

    A full one is not opened again within ``full_not_again_days``, nor the short one by the mood within
    ``brief_not_again_days``.
    """

    positive_at: dict[str, int]
    mood_fall: int = Field(ge=1, le=10)
    usual_of: int = Field(ge=1, le=31)
    usual_least: int = Field(ge=1, le=31)
    full_not_again_days: int = Field(ge=1, le=31)
    brief_not_again_days: int = Field(ge=1, le=31)


class Gate(Checked):
    """Asked before anything else where ``rating`` is ``rises_by`` over their usual, or ``at_least``."""

    rating: str
    asks: Literal["red_flag", "sugar"]
    rises_by: int = Field(ge=1, le=10)
    at_least: int = Field(ge=1, le=10)
    conditions: tuple[str, ...]


class Measuring(Checked):
    version: str
    full: tuple[str, ...]
    full_every_days: int = Field(ge=1, le=92)
    brief: str
    brief_every_days: int = Field(ge=1, le=92)
    ratings: tuple[str, ...]
    condition_ratings: dict[str, str] = {}
    budget: Budget
    reviews: Reviews = Reviews()
    hinge: Hinge
    gates: tuple[Gate, ...] = ()
    seconds_an_item: int = Field(default=12, ge=1, le=120)

    @property
    def taps(self) -> frozenset[str]:
        return frozenset({*self.ratings, *self.condition_ratings.values()})

    @property
    def named(self) -> frozenset[str]:
        """Every measure that it names, installed or not."""
        more = [m for held in (*self.reviews.one_of, *self.reviews.more.values()) for m in held]
        return frozenset({*self.full, self.brief, *self.taps, *more, *(gate.rating for gate in self.gates)})
