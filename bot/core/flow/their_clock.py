"""Moments on a patient's own clock: their zone, and when the service may speak first by their quiet hours."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core import schedule
from bot.core.flow.voice import Talk


def zone_of(pen: Talk) -> ZoneInfo:
    return ZoneInfo(pen.state.profile.timezone)


def spread_of(pen: Talk) -> timedelta:
    """By so much their reminders come after the hour: always the same, and another for others."""
    return schedule.spread(pen.moment.line, pen.moment.library.policy.schedule.spread_minutes)


def allowed(pen: Talk, at: datetime) -> datetime:
    """This moment, or spread after the end of the quiet hours that it lies in."""
    return schedule.allowed(at, pen.moment.library.policy.schedule.quiet, zone_of(pen), spread_of(pen))
