"""What the end of care stops, as a function of a state and an input."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

import pytest

from bot.core.erasing import LOOK_AGAIN
from bot.core.facts import DeathRecorded, ErasureTakenBack, PatientDischarged, PatientTransferred
from bot.core.flow import graduating
from bot.core.inputs import EndCare, TakeBack, TimerFired
from bot.core.library import Library
from bot.core.pen import Moment
from bot.core.service import Service
from bot.core.state import Conversation, Profile, Timer, timer_id
from bot.core.turn import decide
from bot.core.values import LineId, ServiceId, StaffId

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
BY = StaffId(UUID(int=7))
PLACE = "copd/breathlessness-and-worry#until-next-time#2"
KINDS: tuple[Literal["later", "action", "gentle", "escalate", "snooze", "left"], ...] = (
    "later",
    "action",
    "gentle",
    "escalate",
    "snooze",
    "left",
)


def moment(library: Library) -> Moment:
    service = Service(id=ServiceId(UUID(int=2)), slug="s", name="Hill", nation="england")
    return Moment(LineId(UUID(int=1)), UUID(int=9 << 16), NOW, service, library)


def with_timers() -> Conversation:
    timers = [Timer(kind=kind, key=PLACE, due_at=NOW + timedelta(days=1)) for kind in KINDS]
    return Conversation(
        status="joined",
        profile=Profile(nation="england", consents={"care": True}),
        timers={timer_id(t.kind, t.key): t for t in timers},
    )


@pytest.mark.parametrize("how", ["discharged", "transferred"])
def test_reminders_end_and_what_keeps_an_alert_from_being_forgotten_runs_on(
    library: Library, how: Literal["discharged", "transferred"]
) -> None:
    after = decide(with_timers(), EndCare(how, BY, "Harbour"), moment(library))
    assert {t.kind for t in after.state.timers.values()} == {"gentle", "escalate", "snooze", "left"}
    assert after.state.status == how
    assert any(isinstance(f, PatientDischarged | PatientTransferred) for f in after.facts)
    assert all("Harbour" not in str(f) for f in after.facts), "the other service is a word, under seal"


def test_after_a_death_only_the_timers_of_alerts_are_left_and_nothing_is_said(library: Library) -> None:
    after = decide(with_timers(), EndCare("died", BY), moment(library))
    assert {t.kind for t in after.state.timers.values()} == {"escalate", "snooze", "left"}
    assert after.shown == ()
    assert after.facts[-1] == DeathRecorded(by=BY, at=NOW)


def test_a_reminder_that_fires_late_finds_nothing_to_say(library: Library) -> None:
    ended = decide(with_timers(), EndCare("discharged", BY), moment(library)).state
    assert decide(ended, TimerFired("later", PLACE), moment(library)).shown == ()


def test_taken_back_the_state_is_as_before_but_for_reminders(library: Library) -> None:
    before = with_timers()
    ended = decide(before, EndCare("died", BY), moment(library)).state
    back = decide(ended, TakeBack(BY), moment(library)).state
    assert (back.status, back.profile) == ("joined", before.profile)
    left = [t for t in back.timers.values() if t.kind in ("later", "action", "gentle")]
    assert [t.key for t in left] == [graduating.KEY], "its weeks are counted anew"


def asked_to_be_erased(after: timedelta) -> Conversation:
    due = NOW + after
    asked = Timer(kind="erase", key="", due_at=due)
    state = with_timers()
    return state.but(erasing=due, timers={**state.timers, timer_id("erase", ""): asked})


@pytest.mark.parametrize("how", ["discharged", "transferred"])
def test_what_they_asked_to_be_erased_goes_on_when_care_ends(
    library: Library, how: Literal["discharged", "transferred"]
) -> None:
    after = decide(asked_to_be_erased(timedelta(days=7)), EndCare(how, BY, "Harbour"), moment(library)).state
    assert timer_id("erase", "") in after.timers


def test_after_a_death_nothing_is_erased_by_itself_and_nobody_has_taken_it_back(library: Library) -> None:
    before = asked_to_be_erased(timedelta(days=7))
    after = decide(before, EndCare("died", BY), moment(library))
    assert timer_id("erase", "") not in after.state.timers
    assert after.state.erasing == before.erasing
    assert not any(isinstance(fact, ErasureTakenBack) for fact in after.facts)


def test_a_waking_that_comes_after_a_death_is_the_last(library: Library) -> None:
    """Of a record in which the death was written before the waking went with it."""
    died = asked_to_be_erased(timedelta(days=7)).but(status="died")
    assert timer_id("erase", "") not in decide(died, TimerFired("erase", ""), moment(library)).state.timers


@pytest.mark.parametrize(
    ("asked_for", "due"), [(timedelta(days=7), timedelta(days=7)), (-LOOK_AGAIN, LOOK_AGAIN)]
)
def test_a_death_that_was_recorded_by_mistake_leaves_what_they_asked_for(
    library: Library, asked_for: timedelta, due: timedelta
) -> None:
    died = decide(asked_to_be_erased(asked_for), EndCare("died", BY), moment(library)).state
    back = decide(died, TakeBack(BY), moment(library)).state
    assert back.timers[timer_id("erase", "")].due_at == NOW + due
