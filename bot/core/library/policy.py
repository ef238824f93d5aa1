"""The clinical numbers, as versioned data: when a score is worse, and how loudly to say it."""

from __future__ import annotations

from typing import Literal

from bot.core.checked import Checked
from bot.core.library.measures import Number
from bot.core.library.steps import Level


class ScoreLimits(Checked):
    """When a measure has worsened. ``worse_by`` counts from the best score in the look-back window.

    ``levels``: how loudly ``worse``, ``case_crossed``, ``severe_entered`` and ``severe_at_first`` are said.
    """

    worse_by: Number | None = None
    case_at: Number | None = None
    severe_at: Number | None = None
    levels: dict[str, Level] = {}


class Worsening(Checked):
    """``signs``: reasons that are no score, and their level."""

    version: str
    look_back_weeks: int
    measures: dict[str, ScoreLimits]
    signs: dict[str, Level] = {}
    check_in_reminder_days: int | None = None
    check_in_flag_days: int | None = None


class Rung(Checked):
    """``who``: ``owner``, ``team``, ``duty`` or ``lead``. ``minutes`` until the next rung is told."""

    who: tuple[str, ...]
    minutes: int


class Ladder(Checked):
    version: str
    levels: dict[Level, tuple[Rung, ...]]
    repeat_last_minutes: int
    gentle_question_minutes: int
    notify: dict[Level, Literal["at once", "digest"]] = {}
    repeat_levels: tuple[Level, ...] = ()
    send_again_at_opening: tuple[Level, ...] = ()


class GroupNumbers(Checked):
    version: str
    max_characters: int
    first_posts_held: int
    flags_to_hide: int
    flags_to_pause: int
    strikes: tuple[str, ...] = ()


class Suppression(Checked):
    blank_below: int
    round_to: int


class OutcomeRules(Checked):
    version: str
    name: str = ""
    title: str = ""
    case_at: dict[str, Number]
    reliable_change: dict[str, Number]
    finished_contacts: int
    one_up_one_down: str = ""
    suppression: Suppression | None = None


class Policy(Checked):
    worsening: Worsening
    ladder: Ladder
    groups: GroupNumbers
    outcomes: OutcomeRules
