"""When a new score should reach the care team. Same histories in, same verdicts out: for a turn as for a replay."""

from bot.core.worsening.changes import Change, change_of, others_in, so_far
from bot.core.worsening.judging import Verdict, said_before, verdicts
from bot.core.worsening.rules import DEFAULT, Histories, Rules

__all__ = [
    "DEFAULT",
    "Change",
    "Histories",
    "Rules",
    "Verdict",
    "change_of",
    "others_in",
    "said_before",
    "so_far",
    "verdicts",
]
