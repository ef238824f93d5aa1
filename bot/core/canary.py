"""The canary: a made-up patient of each service whose one sentence a day shows that the alarm still rings.

Its Line's id follows from the service's, so that everything can tell it from a patient without asking.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from bot.core.service import Service
from bot.core.values import LineId, ServiceId, StaffId

SENTENCE = "I want to end my life"
OUTCOME = "canary"  # of no patient's alert
LATE_AFTER = timedelta(hours=1)


def canary_of(service: ServiceId) -> LineId:
    return LineId(uuid5(service, "canary"))


def keeper_of(service: ServiceId) -> StaffId:
    """Who acknowledges and resolves the canary's alerts, and hears of them: nobody of the staff."""
    return StaffId(canary_of(service))


def message_of(service: ServiceId, day: date) -> UUID:
    """The id of a day's message: several workers say it once."""
    return uuid5(canary_of(service), day.isoformat())


def due_day(service: Service, now: datetime) -> date | None:
    """The last day whose canary should have been said by ``now``; None where the service has none."""
    if service.canary_at is None:
        return None
    local = now.astimezone(ZoneInfo(service.timezone))
    return local.date() if local.time() >= service.canary_at else local.date() - timedelta(days=1)
