"""The alert ledger's rules: one open alert for each concern of a Line, answered for by a person from beginning to end."""

from bot.core.alerts.acts import act, somebody_is_there
from bot.core.alerts.raising import concern_raised, in_particular, marked_missed, patient_wrote
from bot.core.alerts.standing import TIMERS
from bot.core.alerts.waking import came_due

__all__ = [
    "TIMERS",
    "act",
    "came_due",
    "concern_raised",
    "in_particular",
    "marked_missed",
    "patient_wrote",
    "somebody_is_there",
]
