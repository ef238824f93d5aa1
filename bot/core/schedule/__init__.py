"""The weeks of one patient: in which rhythm what comes back, and when the service may speak first. Times alone."""

from bot.core.schedule.speaking import after_the_pause
from bot.core.schedule.times import (
    allowed,
    following,
    following_rule,
    in_quiet_hours,
    on_the_clock,
    same_hour,
    spread,
    weeks_on,
)

__all__ = [
    "after_the_pause",
    "allowed",
    "following",
    "following_rule",
    "in_quiet_hours",
    "on_the_clock",
    "same_hour",
    "spread",
    "weeks_on",
]
