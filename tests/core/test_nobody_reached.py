"""Nobody on an alert's rung could be told: duty hears at once, once, and never after an acknowledgement."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from bot.core.escalation import duty_rung, on_duty
from bot.core.facts import AlertEscalated, TimerSet
from bot.core.inputs import NobodyReached
from bot.core.library import Library
from bot.core.pen import Moment
from bot.core.room import Room
from bot.core.room.deciding import decide_room
from bot.core.rota import Colleague, There
from bot.core.service import Service
from bot.core.state import Conversation, OpenAlert
from bot.core.turn import decide
from bot.core.values import AlertId, LineId, ServiceId, StaffId

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
ALERT = AlertId(UUID(int=7))


@pytest.fixture
def moment(library: Library) -> Moment:
    service = Service(id=ServiceId(UUID(int=1)), slug="s", name="S", nation="england")
    return Moment(LineId(UUID(int=2)), UUID(int=3 << 16), NOW, service, library)


def alert(**more: Any) -> dict[str, OpenAlert]:
    known: dict[str, Any] = {"level": "now", "status": "open", "told": 1, "rung": 0, **more}
    return {"risk": OpenAlert(id=ALERT, concern="risk", opened_at=NOW, **known)}


def facts(moment: Moment, **of_alert: Any) -> list[object]:
    return list(decide(Conversation(alerts=alert(**of_alert)), NobodyReached(ALERT, 1), moment).facts)


def test_the_alert_climbs_to_the_duty_rung_with_its_own_time(moment: Moment) -> None:
    due = NOW + timedelta(minutes=15)
    climbed, timer = facts(moment)
    assert climbed == AlertEscalated(alert=ALERT, concern="risk", rung=1, due_at=due)
    assert isinstance(timer, TimerSet) and timer.timer.due_at == due


@pytest.mark.parametrize(
    "of_alert",
    [{"status": "acknowledged"}, {"told": 2}, {"rung": 1}, {"rung": 2}, {"level": "routine"}],
    ids=["acknowledged", "told anew since", "on the duty rung", "above it", "for the digest"],
)
def test_it_stays_where_it_is(moment: Moment, of_alert: dict[str, Any]) -> None:
    assert facts(moment, **of_alert) == []


def test_an_alert_that_is_gone_is_left_alone(moment: Moment) -> None:
    assert decide(Conversation(), NobodyReached(ALERT, 1), moment).facts == ()


def test_a_groups_alert_climbs_in_the_same_way(moment: Moment) -> None:
    climbed, _ = decide_room(Room(alerts=alert(level="soon")), NobodyReached(ALERT, 1), moment).facts
    assert isinstance(climbed, AlertEscalated) and climbed.rung == 1


def test_the_duty_rung_is_looked_for_above_only(library: Library) -> None:
    ladder = library.policy.ladder
    assert [duty_rung("now", rung, ladder) for rung in (0, 1, 2)] == [1, None, None]


def test_who_is_on_duty_is_never_nobody() -> None:
    def one(n: int, role: str, *, away: bool = False) -> Colleague:
        return Colleague(StaffId(UUID(int=n)), frozenset({role}), f"{role}@x", away=away)

    duty, lead, nurse = one(1, "duty"), one(2, "lead"), one(3, "therapist")
    gone = one(1, "duty", away=True)
    assert on_duty(There([nurse, lead, duty])) == (duty,)
    assert on_duty(There([nurse, lead, gone])) == (lead,)
    assert on_duty(There([nurse, gone])) == (nurse,)
    assert on_duty(There([gone])) == (gone,)
