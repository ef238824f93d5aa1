"""From raised to resolved: whatever people, patients and clocks do, an alert that is open is never forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core import alerts
from bot.core.errors import Refused
from bot.core.facts import (
    AlertEscalated,
    AlertHandedOver,
    AlertPostponed,
    AlertReopened,
    AlertSnoozed,
    Evidence,
    EvidenceAdded,
)
from bot.core.fold import fold
from bot.core.inputs import (
    Acknowledge,
    HandBack,
    HandOver,
    Resolve,
    Said,
    Snooze,
    TakeOver,
    TeamSaid,
    TimerFired,
)
from bot.core.library import Level, Library
from bot.core.pen import Moment, Pen
from bot.core.safety import Context, Hit, Screen, Tier
from bot.core.service import Service
from bot.core.state import Conversation, OpenAlert
from bot.core.turn import decide
from bot.core.values import LineId, ServiceId, StaffId

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
NURSE, THERAPIST = StaffId(UUID(int=11)), StaffId(UUID(int=12))
SERVICE = Service(id=ServiceId(UUID(int=1)), slug="s", name="S", nation="england")


class Story:
    """A patient's Line as inputs come in, at the times that the test says."""

    def __init__(self, library: Library) -> None:
        self.library, self.now, self.turns = library, NOW, 0
        self.state = Conversation(status="joined")
        self.facts: list[object] = []

    def moment(self) -> Moment:
        self.turns += 1
        libraries = {self.library.release: self.library}
        return Moment(
            LineId(UUID(int=2)), UUID(int=self.turns << 16), self.now, SERVICE, self.library, libraries
        )

    def rings(self, level: Level = "now", concern: str = "risk") -> None:
        pen = Pen(self.state, self.moment())
        alerts.concern_raised(pen, concern, level, Evidence(rule="test"))
        self._keep(pen.finish())

    def hears(self, heard: Any) -> list[object]:
        return self._keep(decide(self.state, heard, self.moment()))

    def says(self, text: str) -> list[object]:
        screen = self.library.safety.screen(text, Context())
        return self.hears(Said(UUID(int=1 << 40 | self.turns), text=text, screen=screen))

    def _keep(self, turn: Any) -> list[object]:
        self.state = turn.state
        self.facts = list(turn.facts)
        return self.facts

    def passes(self, **time: float) -> None:
        """Everything that falls due meanwhile, in order."""
        until = self.now + timedelta(**time)
        while due := min(
            (t for t in self.state.timers.values() if t.due_at <= until), key=lambda t: t.due_at, default=None
        ):
            self.now = max(self.now, due.due_at)
            self.hears(TimerFired(due.kind, due.key))
        self.now = until

    def alert(self, concern: str = "risk") -> OpenAlert:
        return self.state.alerts[concern]

    def acknowledged(self, **more: Any) -> None:
        self.hears(Acknowledge(self.alert(**more).id, NURSE))


@pytest.fixture(scope="module")
def new_story(library: Library) -> Callable[[], Story]:
    return lambda: Story(library)


@pytest.fixture
def story(new_story: Callable[[], Story]) -> Story:
    return new_story()


# -- what is worse comes back -------------------------------------------------------------------------


def test_new_words_of_crisis_after_an_acknowledgement_are_told_again(story: Story) -> None:
    story.rings()
    story.acknowledged()
    story.rings()
    assert (story.alert().status, story.alert().told, story.alert().reopened) == ("open", 2, 1)
    assert story.state.timers[f"escalate:{story.alert().id}"].due_at == NOW + timedelta(minutes=15)


def test_until_somebody_answers_they_are_told_once(story: Story) -> None:
    for _ in range(5):
        story.rings()
    assert (story.alert().told, story.alert().evidence) == (1, 5)


def test_what_can_wait_adds_to_an_alert_that_somebody_looks_after(story: Story) -> None:
    story.rings("soon")
    story.acknowledged()
    story.rings("soon")
    assert (story.alert().status, story.alert().told, story.alert().evidence) == ("acknowledged", 1, 2)


def test_who_is_in_the_chat_reads_it_there(story: Story) -> None:
    story.rings()
    story.acknowledged()
    story.hears(TakeOver(NURSE))
    story.rings()
    assert story.alert().told == 1
    story.passes(minutes=16)
    story.rings()
    assert (story.alert().status, story.alert().told) == ("open", 2)


# -- acknowledged and left ----------------------------------------------------------------------------


def test_an_alert_that_was_acknowledged_and_left_is_open_again(story: Story) -> None:
    story.rings()
    story.acknowledged()
    story.passes(hours=3, minutes=59)
    assert story.alert().status == "acknowledged"
    story.passes(minutes=1)
    assert [f.why for f in story.facts if isinstance(f, AlertReopened)] == ["left"]
    assert (story.alert().status, story.alert().rung, story.alert().told) == ("open", 0, 2)


def test_one_that_can_wait_comes_back_when_the_team_is_there(story: Story) -> None:
    story.now = datetime(2026, 3, 5, 10, tzinfo=UTC)  # a Thursday: three days on is a Sunday
    story.rings("soon")
    story.acknowledged()
    (timer,) = story.state.timers.values()
    assert (timer.kind, timer.due_at) == ("left", datetime(2026, 3, 9, 9, tzinfo=UTC))


def test_who_writes_to_the_patient_has_not_left(story: Story) -> None:
    story.rings()
    story.acknowledged()
    story.passes(hours=3)
    story.hears(TeamSaid(NURSE, "I will ring at two."))
    story.passes(hours=3)
    assert story.alert().status == "acknowledged"
    story.passes(hours=1)
    assert story.alert().status == "open"


# -- put off ------------------------------------------------------------------------------------------


def snoozed(story: Story, level: Level = "now", **time: float) -> None:
    story.rings(level)
    story.hears(Snooze(story.alert().id, NURSE, story.now + timedelta(**time), "contact_agreed", "At noon."))


def test_an_alert_that_is_put_off_is_silent_until_then(story: Story) -> None:
    snoozed(story, hours=2)
    (fact,) = (f for f in story.facts if isinstance(f, AlertSnoozed))
    assert (fact.until, fact.reason, fact.note is None) == (NOW + timedelta(hours=2), "contact_agreed", False)
    story.passes(hours=1, minutes=59)
    assert (story.alert().status, story.alert().told) == ("snoozed", 1)
    story.passes(minutes=1)
    assert [f.why for f in story.facts if isinstance(f, AlertReopened)] == ["snoozed_long_enough"]
    assert (story.alert().status, story.alert().snoozed_until, story.alert().told) == ("open", None, 2)


def test_it_comes_back_as_soon_as_the_patient_writes(story: Story) -> None:
    snoozed(story, hours=2)
    story.says("hello")
    assert [f.why for f in story.facts if isinstance(f, AlertReopened)] == ["patient_wrote"]
    assert story.alert().status == "open"


def test_words_of_crisis_bring_it_back_once(story: Story) -> None:
    snoozed(story, hours=2)
    story.says("i want to die")
    assert not [f for f in story.facts if isinstance(f, AlertReopened)]
    assert next(f.tell for f in story.facts if isinstance(f, EvidenceAdded) and f.concern == "risk")
    assert (story.alert().status, story.alert().told) == ("open", 2)


@pytest.mark.parametrize("hours", [0, -1, 5])
def test_one_that_needs_somebody_now_is_put_off_for_hours_at_most(story: Story, hours: int) -> None:
    with pytest.raises(Refused, match="snooze_too_long"):
        snoozed(story, hours=hours)


# -- handed over --------------------------------------------------------------------------------------


def test_handed_over_it_belongs_to_another_and_climbs_until_they_acknowledge(story: Story) -> None:
    story.rings()
    story.acknowledged()
    story.hears(HandOver(story.alert().id, NURSE, THERAPIST, "She knows him."))
    (fact,) = (f for f in story.facts if isinstance(f, AlertHandedOver))
    assert (fact.by, fact.to) == (NURSE, THERAPIST)
    assert (story.alert().owner, story.alert().status, story.alert().told) == (THERAPIST, "open", 2)
    story.passes(minutes=15)
    assert isinstance(story.facts[0], AlertEscalated) and story.alert().rung == 1


# -- the ladder waits for who is there ----------------------------------------------------------------


def test_the_next_people_wait_while_a_colleague_is_in_the_chat(story: Story) -> None:
    story.rings()
    story.passes(minutes=10)
    story.hears(TakeOver(NURSE))
    story.passes(minutes=10)
    assert [type(f) for f in story.facts] == [AlertPostponed, *[type(f) for f in story.facts[1:]]]
    assert (story.alert().rung, story.alert().due_at) == (0, NOW + timedelta(minutes=25))
    story.hears(TeamSaid(NURSE, "I am here."))
    story.passes(minutes=10)
    assert (story.alert().rung, story.alert().due_at) == (0, NOW + timedelta(minutes=35))


def test_who_went_away_from_the_chat_holds_nothing_up(story: Story) -> None:
    story.rings()
    story.hears(TakeOver(NURSE))
    story.passes(minutes=15)
    assert story.alert().rung == 1


def test_who_handed_the_chat_back_holds_nothing_up(story: Story) -> None:
    story.rings()
    story.passes(minutes=10)
    story.hears(TakeOver(NURSE))
    story.hears(HandBack(NURSE))
    story.passes(minutes=5)
    assert story.alert().rung == 1


# -- never forgotten ----------------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("rings"), st.sampled_from(["now", "soon", "routine"])),
        st.tuples(st.just("acknowledges"), st.none()),
        st.tuples(st.just("snoozes"), st.sampled_from([1, 4, 24, 168])),
        st.tuples(st.just("hands over"), st.none()),
        st.tuples(st.just("takes over"), st.none()),
        st.tuples(st.just("hands back"), st.none()),
        st.tuples(st.just("writes"), st.none()),
        st.tuples(st.just("says"), st.sampled_from(["hello", "i want to die"])),
        st.tuples(st.just("passes"), st.sampled_from([0.2, 1, 5, 30, 400])),
    ),
    max_size=20,
)


@settings(deadline=None)
@given(STEPS)
def test_an_open_alert_always_waits_for_one_thing(
    new_story: Callable[[], Story], steps: list[tuple[str, Any]]
) -> None:
    story, told = new_story(), 0
    story.rings("now")
    for what, how in steps:
        alert = story.alert()
        match what:
            case "rings":
                story.rings(how)
            case "acknowledges":
                story.acknowledged()
            case "snoozes":
                try:
                    story.hears(Snooze(alert.id, NURSE, story.now + timedelta(hours=how), "patient_asked"))
                except Refused:
                    continue
            case "hands over":
                story.hears(HandOver(alert.id, NURSE, THERAPIST))
            case "takes over":
                story.hears(TakeOver(NURSE))
            case "hands back":
                story.hears(HandBack(NURSE))
            case "writes":
                story.hears(TeamSaid(NURSE, "hello"))
            case "says":
                story.says(how)
            case "passes":
                story.passes(hours=how)
        alert = story.alert()
        waits = {t.kind for t in story.state.timers.values() if t.key == str(alert.id)}
        assert waits == {{"open": "escalate", "acknowledged": "left", "snoozed": "snooze"}[alert.status]}
        assert alert.told >= told
        told = alert.told
    story.hears(Resolve(story.alert().id, NURSE, "contacted"))
    assert "risk" not in story.state.alerts
    assert not [
        t for t in story.state.timers.values() if t.kind in alerts.TIMERS and t.key == str(alert_of(story))
    ]


def alert_of(story: Story) -> UUID:
    return next(f.alert for f in story.facts if hasattr(f, "alert"))


def test_a_story_folds_to_its_state(story: Story) -> None:
    """The Line's facts alone say where the alert stands (I5)."""
    kept: list[Any] = []
    start = story.state
    for act in (
        lambda: story.rings(),
        lambda: story.acknowledged(),
        lambda: story.hears(TakeOver(NURSE)),
        lambda: story.hears(TeamSaid(NURSE, "hello")),
        lambda: story.hears(Snooze(story.alert().id, NURSE, story.now + timedelta(hours=1), "patient_asked")),
        lambda: story.says("hello"),
        lambda: story.hears(HandOver(story.alert().id, NURSE, THERAPIST)),
    ):
        act()
        kept += story.facts
    assert fold(start, kept) == story.state


# -- what one message rang ------------------------------------------------------------------------------


def _hit(rule: str, concern: str, tier: Tier = Tier.ALERT) -> Hit:
    return Hit(rule=rule, category="emergency", tier=tier, concern=concern)


@pytest.mark.parametrize(
    ("rang", "wanted"),
    [
        (["emergency:any", "emergency:heart"], ["emergency:heart", "emergency:heart"]),
        (["emergency:heart", "risk", "emergency:any"], ["emergency:heart", "risk", "emergency:heart"]),
        (["emergency:heart", "emergency:diabetes"], ["emergency:heart", "emergency:diabetes"]),
        (["emergency:any", "risk"], ["emergency:any", "risk"]),
        (["risk", "safeguarding"], ["risk", "safeguarding"]),
    ],
)
def test_what_rang_in_general_is_evidence_of_what_rang_in_particular(
    rang: list[str], wanted: list[str]
) -> None:
    hits = [_hit(f"rule-{n}", concern) for n, concern in enumerate(rang)]
    told = alerts.in_particular(hits)
    assert [hit.concern for hit in told] == wanted
    assert [hit.rule for hit in told] == [hit.rule for hit in hits]


def test_one_message_about_the_chest_is_one_alert_with_all_its_evidence(library: Library) -> None:
    story = Story(library)
    hits = (_hit("crushing-pain", "emergency:any"), _hit("chest", "emergency:heart", Tier.CHECK))
    story.hears(Said(UUID(int=77), "words", screen=Screen(Tier.ALERT, hits)))
    (alert,) = story.state.alerts.values()
    assert (alert.concern, alert.level, alert.evidence, alert.told) == ("emergency:heart", "now", 2, 1)


# -- told again and again -------------------------------------------------------------------------------


def test_the_last_step_is_told_again_each_hour_and_after_a_night_less_often_and_never_not_at_all(
    library: Library,
) -> None:
    ladder = library.policy.ladder
    slower = ladder.repeat_slower
    assert slower is not None
    hourly = slower.after_hours * 60 // ladder.repeat_last_minutes
    assert {ladder.repeat_after(n) for n in range(hourly)} == {ladder.repeat_last_minutes}
    assert {ladder.repeat_after(n) for n in (hourly, hourly + 1, 10_000)} == {slower.minutes}


def test_after_it_was_taken_on_and_left_it_begins_anew(story: Story) -> None:
    slower = story.library.policy.ladder.repeat_slower
    assert slower is not None
    story.rings()
    story.passes(minutes=30, hours=slower.after_hours)
    assert (story.alert().rung, story.alert().repeated) == (2, slower.after_hours)
    due = story.alert().due_at
    assert due is not None and due - story.now == timedelta(minutes=slower.minutes)
    story.acknowledged()
    story.passes(hours=4, minutes=1)
    assert (story.alert().status, story.alert().rung, story.alert().repeated) == ("open", 0, 0)
