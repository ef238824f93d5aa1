"""What is asked next, and when: said behind a check-in, and read from the plan in force."""

from __future__ import annotations

from bot.core.composing import Composed, compose, known_of
from bot.core.flow import calendar
from bot.core.flow.their_clock import zone_of
from bot.core.flow.voice import Talk, language_of, speak
from bot.core.library import Measuring


def plan_of(pen: Talk) -> Measuring | None:
    """None in a release from before there was one: it is the full questionnaires each time."""
    return pen.moment.library.policy.measuring


def composed(pen: Talk, plan: Measuring) -> Composed:
    return compose(known_of(pen.state, pen.moment.now), pen.moment.library.measures, plan)


def say_next(pen: Talk) -> None:
    """When the longer questions come again; nothing where they are due now, since the menu offers them."""
    plan = plan_of(pen)
    day = composed(pen, plan).full_on if plan else None
    if day is not None and day > pen.moment.now.astimezone(zone_of(pen)).date():
        speak(pen, "check_in_next", date=calendar.day(pen.moment.library, day, language_of(pen)))
