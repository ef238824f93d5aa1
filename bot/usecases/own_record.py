"""A patient's own record on a page: their curves, what their team sees, and whether it will be erased."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.core.flow import calendar
from bot.core.flow.charts import chart_of
from bot.core.pen import Moment, Pen
from bot.core.shown import Chart
from bot.core.state import Conversation
from bot.core.values import LineId, ServiceId
from bot.usecases.conversation import standing
from bot.usecases.house import House


@dataclass(frozen=True)
class OwnRecord:
    """``team``: what their team sees, in sentences. ``erasing``: a sentence, empty where nothing is to be erased."""

    charts: tuple[Chart, ...] = ()
    team: tuple[str, ...] = ()
    erasing: str = ""


async def own_record(house: House, service: ServiceId, patient: LineId) -> OwnRecord:
    """For their own eyes, in their own language."""
    state = await standing(house, service, patient)
    if state is None:
        return OwnRecord()
    moment = Moment(
        line=patient,
        turn=UUID(int=0),
        now=house.clock.now(),
        service=house.shelf.service(service),
        library=house.shelf.library,
    )
    pen = Pen(state, moment)
    known = [name for name in state.scores if name in moment.library.measures]
    charts = tuple(chart for name in known if (chart := chart_of(pen, name)) is not None)
    return OwnRecord(charts, _seen_by_team(house, state), _erasing(house, state))


def _seen_by_team(house: House, state: Conversation) -> tuple[str, ...]:
    library, language, profile = house.shelf.library, state.profile.language, state.profile
    keys = [
        "sees_chat",
        "sees_name" if profile.first_name else "sees_no_name",
        *(["sees_scores"] if state.scores else []),
        *(["sees_goals"] if state.goals else []),
        "sees_diary",
        *(["sees_plan" if state.plan.shared else "sees_no_plan"] if state.plan.parts else []),
        "sees_alerts" if state.alerts else "sees_no_alerts",
    ]
    return tuple(library.say(key, language) for key in keys)


def _erasing(house: House, state: Conversation) -> str:
    library, profile = house.shelf.library, state.profile
    if state.erasing is None:
        return ""
    if state.alerts:
        return library.say("erase_waits", profile.language)
    on = state.erasing.astimezone(ZoneInfo(profile.timezone)).date()
    day = calendar.day(library, on, profile.language)
    return library.say("erase_planned", profile.language, {"day": day})
