"""The next check-in: when it is expected, reminded of and told of, as a function of a state and an input."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from bot.core.canary import canary_of
from bot.core.facts import AlertRaised, EvidenceAdded, Fact
from bot.core.inputs import (
    EndCare,
    HandBack,
    Invite,
    Join,
    PatientInput,
    Said,
    TakeBack,
    TakeOver,
    TimerFired,
)
from bot.core.library import CheckIns, Level, Library
from bot.core.pen import Moment
from bot.core.planned import Unanswered, unanswered
from bot.core.safety import Context
from bot.core.service import Service
from bot.core.state import CheckInRun, Conversation, ForPatient, Profile
from bot.core.turn import decide
from bot.core.values import LineId, ServiceId, StaffId

BEGIN = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY = timedelta(days=1)
BY = StaffId(UUID(int=7))
SERVICE = Service(id=ServiceId(UUID(int=2)), slug="s", name="Hill", nation="england")
DUE = TimerFired("check_in", "next")


class Somebody:
    """Joined at ``BEGIN``; ``day`` counts from then."""

    def __init__(self, library: Library, *, joins: bool = True, **service: Any) -> None:
        self.library, self.service = library, SERVICE.model_copy(update=service)
        self.state, self.now, self.facts = Conversation(), BEGIN, list[Fact]()
        self.words: dict[Any, str] = {}
        self.line = LineId(UUID(int=1))
        self._turns = count(1)
        if joins:
            self.joins()

    def joins(self, **profile: Any) -> None:
        self.does(Invite(Profile(nation="england", owner=BY, **profile)))
        self.does(Join({"care": True}))

    def does(self, heard: PatientInput) -> Sequence[str | None]:
        """Returns where the messages that it brought come from."""
        moment = Moment(
            line=self.line,
            turn=UUID(int=next(self._turns) << 32),
            now=self.now,
            service=self.service,
            library=self.library,
            libraries={self.library.release: self.library},
            words=self.words,
        )
        turn = decide(self.state, heard, moment)
        self.state, self.facts = turn.state, [*self.facts, *turn.facts]
        self.words |= {w.id: w.text for w in turn.words}
        return [message.step for message in turn.shown]

    def on_day(self, day: float) -> Sequence[str | None]:
        """Time passes, and every timer that comes due meanwhile is heard."""
        said: list[str | None] = []
        until = BEGIN + day * DAY
        while (timer := self.state.timers.get("check_in:next")) is not None and timer.due_at <= until:
            self.now = max(self.now, timer.due_at)
            said += self.does(DUE)
        self.now = until
        return said

    def presses(self, key: str) -> None:
        wait = self.state.wait
        self.does(Said(UUID(int=next(self._turns)), choice=f"{getattr(wait, 'seq', 0)}.{key}"))

    def types(self, text: str) -> None:
        screen = self.library.screen(text, Context())
        self.does(Said(UUID(int=next(self._turns)), text=text, screen=screen))

    def answers(self, value: int | None, times: int = 1) -> None:
        for _ in range(times):
            assert isinstance(self.state.wait, ForPatient)
            self.does(Said(UUID(int=next(self._turns)), item=self.state.wait.item, value=value))

    def checks_in(self, value: int | None = 1) -> None:
        self.presses("menu:check_in")
        for items in (8, 7):
            self.answers(value, items)
            if items == 8:
                self.answers(0)
            self.presses("send")

    def told(self) -> list[tuple[int, Level, dict[str, float]]]:
        """The day, the level and the numbers of each time the team heard of it."""
        return [
            (int((datetime.fromtimestamp(e.numbers["due"], UTC) - BEGIN) / DAY), f.level, e.numbers)
            for f in self.facts
            if isinstance(f, AlertRaised | EvidenceAdded) and (e := f.evidence).rule == "check_in:missed"
        ]

    @property
    def levels(self) -> list[Level]:
        return [level for _, level, _ in self.told()]


REMINDER = "texts:check_in_reminder"


def test_reminded_on_day_3_and_told_on_day_4_after_it_was_due(library: Library) -> None:
    sam = Somebody(library)
    assert sam.on_day(9.9) == []
    assert sam.on_day(10.9) == [REMINDER]
    assert sam.levels == []
    sam.on_day(11)
    [(due, level, numbers)] = sam.told()
    assert (due, level, numbers["in_a_row"]) == (7, "routine", 1)
    assert numbers["reminded"] == (BEGIN + 10 * DAY).timestamp()
    assert numbers["heard"] == BEGIN.timestamp()


def test_the_second_in_a_row_needs_somebody_where_nothing_was_heard(library: Library) -> None:
    sam = Somebody(library)
    sam.on_day(18)
    assert sam.levels == ["routine", "soon"]
    assert sam.state.alerts["no-contact"].level == "soon"


def test_who_is_in_touch_and_sends_no_check_in_stays_where_the_first_was(library: Library) -> None:
    sam = Somebody(library)
    sam.on_day(13)
    sam.types("busy week")
    sam.on_day(20)
    assert sam.levels == ["routine", "routine"]


def test_a_message_puts_the_telling_off_up_to_when_the_next_one_is_due(library: Library) -> None:
    sam = Somebody(library)
    sam.on_day(10.5)
    sam.types("busy week")
    sam.on_day(13.9)
    assert sam.levels == []
    sam.on_day(14)
    assert sam.levels == ["routine"]


def test_a_check_in_that_was_sent_begins_the_plan_anew(library: Library) -> None:
    sam = Somebody(library)
    sam.on_day(8)
    sam.checks_in()
    assert sam.state.expected is not None and sam.state.expected.due_at == BEGIN + 15 * DAY
    assert sam.on_day(17.9) == []


def test_one_of_two_questionnaires_is_no_check_in(library: Library) -> None:
    sam = Somebody(library)
    sam.on_day(8)
    sam.presses("menu:check_in")
    sam.answers(1, 8)
    sam.answers(0)
    sam.presses("send")
    assert sam.state.expected is not None
    assert (sam.state.expected.sent, sam.state.expected.due_at) == (("phq9",), BEGIN + 7 * DAY)


def test_skipping_a_question_is_answering_and_skipping_all_of_them_is_not(library: Library) -> None:
    sam, kim = Somebody(library), Somebody(library)
    for one in (sam, kim):
        one.on_day(8)
        one.presses("menu:check_in")
    sam.answers(1)
    sam.answers(None, 8)
    kim.answers(None, 9)
    for one in (sam, kim):
        one.presses("send")
    assert sam.state.expected and sam.state.expected.sent == ("phq9",)
    assert kim.state.expected and kim.state.expected.sent == ()


def test_what_came_late_is_written_on_the_alert_which_a_person_closes(library: Library) -> None:
    sam = Somebody(library)
    sam.on_day(12)
    sam.checks_in()
    last = [f for f in sam.facts if isinstance(f, EvidenceAdded)][-1]
    assert (last.evidence.rule, last.tell) == ("check_in:came", False)
    assert "no-contact" in sam.state.alerts
    sam.on_day(24)
    assert sam.levels == ["routine", "routine"], "in a row again, counted from the beginning"


def test_a_form_that_lies_open_is_left_to_them_for_a_day_and_no_longer(library: Library) -> None:
    sam = Somebody(library)
    sam.on_day(10.9)
    sam.presses("menu:check_in")
    sam.answers(1)
    assert sam.on_day(15) == [], "nothing is said into an open questionnaire"
    assert isinstance(sam.state.top, CheckInRun)
    assert sam.levels == ["routine"], "whoever fell silent over a form is not forgotten"
    assert sam.told()[0][2]["open"] == 1


def test_nothing_is_said_into_a_question_about_safety(library: Library) -> None:
    sam = Somebody(library)
    sam.on_day(9.9)
    sam.types("i want to die")
    assert REMINDER not in sam.on_day(10.5)


def test_while_a_person_has_taken_over_it_is_put_off_and_never_told(library: Library) -> None:
    sam = Somebody(library)
    sam.on_day(5)
    sam.does(TakeOver(BY))
    assert sam.on_day(30) == []
    assert sam.levels == []
    sam.does(HandBack(BY))
    assert sam.on_day(30.5) == [REMINDER], "reminded first, then told"
    sam.on_day(31.2)
    assert sam.levels == ["routine"]


@pytest.mark.parametrize("how", ["discharged", "transferred", "died"])
def test_nothing_is_expected_of_whose_care_has_ended(library: Library, how: Any) -> None:
    sam = Somebody(library)
    sam.does(EndCare(how, BY, "Harbour"))
    assert (sam.state.expected, sam.state.timers) == (None, {})
    sam.types("hello")
    assert sam.state.expected is None
    sam.on_day(40)
    sam.does(TakeBack(BY))
    assert sam.state.expected and sam.state.expected.due_at == BEGIN + 47 * DAY


def test_nothing_is_expected_of_the_canary_and_of_simulated_people(library: Library) -> None:
    sam = Somebody(library, joins=False)
    sam.line = canary_of(SERVICE.id)
    sam.joins(simulated=True)
    assert (sam.state.expected, sam.state.timers) == (None, {})


def test_a_service_may_go_without(library: Library) -> None:
    sam = Somebody(library, check_ins=False)
    assert sam.state.expected is None
    kim = Somebody(library)
    kim.service = SERVICE.model_copy(update={"check_ins": False})
    assert kim.on_day(30) == []
    left = [timer.kind for timer in kim.state.timers.values() if timer.kind == "check_in"]
    assert (kim.state.expected, left, kim.levels) == (None, [], [])


def test_a_line_from_before_begins_with_its_next_sign_of_life(library: Library) -> None:
    sam = Somebody(library)
    sam.state = sam.state.but(expected=None, timers={})
    assert sam.on_day(200) == []
    sam.types("hello again")
    assert sam.state.expected and sam.state.expected.due_at == BEGIN + 207 * DAY


def test_a_timer_that_fires_long_after_reminds_before_anybody_is_told(library: Library) -> None:
    """A server that stood still for weeks tells nobody of what nobody was reminded of."""
    sam = Somebody(library)
    sam.now = BEGIN + 60 * DAY
    assert sam.does(DUE) == [REMINDER]
    assert sam.levels == []
    sam.on_day(61)
    assert sam.levels == ["routine"]


def test_signs_of_life_are_written_once_an_hour(library: Library) -> None:
    sam = Somebody(library)
    before = len([f for f in sam.facts if type(f).__name__ == "PatientHeardFrom"])
    for minutes in range(0, 120, 10):
        sam.now = BEGIN + timedelta(minutes=minutes)
        sam.types("hello")
    assert len([f for f in sam.facts if type(f).__name__ == "PatientHeardFrom"]) - before == 1


PLAN = CheckIns(version="1", every_days=7, remind_after_days=3, flag_after_days=4)


def test_the_replay_tells_what_the_turns_told() -> None:
    came = [BEGIN, BEGIN + 7 * DAY, BEGIN + 28 * DAY]
    assert unanswered(came, BEGIN + 30 * DAY, PLAN) == (
        Unanswered(BEGIN + 18 * DAY, "routine", 1),
        Unanswered(BEGIN + 25 * DAY, "soon", 2),
    )
    assert unanswered([], BEGIN, PLAN) == ()
