"""The clinical numbers, as versioned data: when a score is worse, and how loudly to say it."""

from __future__ import annotations

from bot.core.library.steps import Level
from bot.core.values import Value


class ScoreLimits(Value):
    """When a measure has worsened. ``worse_by`` counts from the best score in the look-back window."""

    worse_by: int | None = None
    case_at: int | None = None
    severe_at: int | None = None


class Worsening(Value):
    version: str
    look_back_weeks: int
    measures: dict[str, ScoreLimits]


class Rung(Value):
    """``who``: ``owner``, ``team``, ``duty`` or ``lead``. ``minutes`` until the next rung is told."""

    who: tuple[str, ...]
    minutes: int


class Ladder(Value):
    version: str
    levels: dict[Level, tuple[Rung, ...]]
    repeat_last_minutes: int
    gentle_question_minutes: int


class GroupNumbers(Value):
    version: str
    max_characters: int
    first_posts_held: int
    flags_to_hide: int
    flags_to_pause: int


class OutcomeRules(Value):
    version: str
    case_at: dict[str, int]
    reliable_change: dict[str, int]
    finished_contacts: int


class Policy(Value):
    worsening: Worsening
    ladder: Ladder
    groups: GroupNumbers
    outcomes: OutcomeRules
