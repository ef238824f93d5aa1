"""The composed check-in as a patient meets it: taps, words, the hinge, gates and the plain question, as a function."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from bot.core.facts import (
    AlertRaised,
    CheckInWordsAdded,
    Fact,
    HingeOpened,
    RunStarted,
    SafetyChecked,
    ScoreRecorded,
)
from bot.core.fold import fold
from bot.core.inputs import Invite, Join, PatientInput, Said, TakeOver, TimerFired, Understood
from bot.core.library import Library
from bot.core.pen import Moment
from bot.core.safety import Context
from bot.core.service import Service
from bot.core.shown import Shown
from bot.core.state import CheckInRun, Conversation, ForPatient, GuidedRun, Profile, SafetyRun
from bot.core.turn import decide
from bot.core.values import LineId, ServiceId, StaffId

BEGIN = datetime(2026, 3, 2, 10, tzinfo=UTC)
BY = StaffId(UUID(int=7))
SERVICE = Service(id=ServiceId(UUID(int=2)), slug="s", name="Hill", nation="england")


class Somebody:
    """Joined at ``BEGIN`` with these conditions. ``said``: what the last input brought to the screen."""

    def __init__(self, library: Library, *conditions: str) -> None:
        self.library, self.state, self.now = library, Conversation(), BEGIN
        self.facts: list[Fact] = []
        self.said: Sequence[Shown] = ()
        self.words: dict[Any, str] = {}
        self.steps: list[str | None] = []
        self._turns = count(1)
        self.does(Invite(Profile(nation="england", owner=BY, conditions=conditions)))
        self.does(Join({"care": True}))

    def does(self, heard: PatientInput) -> None:
        moment = Moment(
            line=LineId(UUID(int=1)),
            turn=UUID(int=next(self._turns) << 32),
            now=self.now,
            service=SERVICE,
            library=self.library,
            libraries={self.library.release: self.library},
            words=self.words,
        )
        turn = decide(self.state, heard, moment)
        self.state, self.facts = turn.state, [*self.facts, *turn.facts]
        self.words |= {w.id: w.text for w in turn.words}
        self.said = [message.shown for message in turn.shown]
        self.steps += [message.step for message in turn.shown]
        assert Conversation.from_json(self.state.json()) == self.state
        self.now += timedelta(seconds=5)

    def on_day(self, day: float) -> None:
        self.now = BEGIN + timedelta(days=day)

    def lives_until(self, day: float) -> None:
        """Every timer that comes due meanwhile is heard."""
        moment = BEGIN + timedelta(days=day)
        while timer := min(self.state.timers.values(), key=lambda t: (t.due_at, t.kind, t.key), default=None):
            if timer.due_at > moment:
                break
            self.now = max(self.now, timer.due_at)
            self.does(TimerFired(timer.kind, timer.key))
        self.now = moment

    def presses(self, key: str) -> None:
        self.does(Said(UUID(int=next(self._turns)), choice=f"{getattr(self.state.wait, 'seq', 0)}.{key}"))

    def types(self, text: str, re: int | None = None) -> None:
        screen = self.library.screen(text, Context())
        self.does(Said(UUID(int=next(self._turns)), text=text, re=re, screen=screen))

    def stops(self) -> None:
        understood = Understood(intent="stop", confidence=0.9, by="tests")
        screen = self.library.screen("stop", Context())
        self.does(Said(UUID(int=next(self._turns)), text="stop", screen=screen, understood=understood))

    def taps(self, *values: int | None) -> None:
        for value in values:
            assert isinstance(self.state.wait, ForPatient), self.state.wait
            self.does(Said(UUID(int=next(self._turns)), item=self.state.wait.item, value=value))

    def sends(self, *values: int | None) -> None:
        self.taps(*values)
        self.presses("send")

    def full(self, value: int = 1) -> None:
        """Both full questionnaires, item 9 with a 0."""
        self.presses("menu:check_in")
        self.sends(*[value] * 8, 0)
        self.sends(*[value] * 7)

    def daily(self, *values: int) -> None:
        self.presses("menu:check_in")
        self.taps(*values)
        self.presses("daily.done")

    @property
    def text(self) -> str:
        return "\n".join(shown.text for shown in self.said)

    @property
    def keys(self) -> tuple[str, ...]:
        return getattr(self.state.wait, "keys", ())

    @property
    def item(self) -> str | None:
        return getattr(self.state.wait, "item", None)

    def all(self, kind: type[Any]) -> list[Any]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    def asked(self) -> Iterator[str]:
        yield from (fact.measure for fact in self.facts if isinstance(fact, ScoreRecorded))


@pytest.fixture
def sam(library: Library) -> Somebody:
    """Has answered the full questionnaires, then a usual mood of 6 on three days, with a quiet short form a week on."""
    sam = Somebody(library)
    sam.full()
    for day in (1, 2, 3):
        sam.on_day(day)
        sam.daily(6, 3)
    return sam


# -- the taps -----------------------------------------------------------------------------------------


def test_it_says_first_how_much_how_long_what_for_and_who_sees_it(library: Library) -> None:
    sam = Somebody(library)
    sam.presses("menu:check_in")
    assert "16 questions, about 4 min" in sam.text
    assert "Your team sees your answers. They next read this" in sam.text
    sam.sends(*[0] * 9)
    sam.sends(*[0] * 7)
    assert "The longer questions come again from 16 March on" in sam.text


def test_a_daily_check_in_is_two_taps_and_sent_with_the_second(sam: Somebody) -> None:
    sam.on_day(4)
    sam.presses("menu:check_in")
    assert "2 questions, one tap each" in sam.text
    assert sam.said[-1].question is not None and sam.said[-1].question.one_tap
    sam.taps(5, 4)
    assert list(sam.asked())[-2:] == ["rate_mood", "rate_worry"]
    assert "mood 5 out of 10, worry 4 out of 10" in sam.text
    assert sam.item == "daily.words"
    sam.presses("daily.done")
    assert sam.state.runs == ()


def test_words_beside_the_taps_are_named_and_stay_where_they_were_heard(sam: Somebody) -> None:
    sam.on_day(4)
    sam.presses("menu:check_in")
    sam.taps(5, 4)
    sam.types("the stairs were easier")
    (added,) = sam.all(CheckInWordsAdded)
    assert added.seq == sam.state.seq - len(sam.said)
    assert "stairs" not in repr(sam.facts)
    assert sam.state.runs == ()


def test_words_that_ring_are_kept_and_safety_comes_first(sam: Somebody) -> None:
    sam.on_day(4)
    sam.presses("menu:check_in")
    sam.taps(5, 4)
    sam.types("i want to die")
    assert len(sam.all(CheckInWordsAdded)) == 1
    assert sam.said[0].urgent is not None
    assert isinstance(sam.state.top, SafetyRun)
    assert [f.level for f in sam.all(AlertRaised)] == ["now"]


def test_change_sends_only_what_is_changed(sam: Somebody) -> None:
    sam.on_day(4)
    sam.presses("menu:check_in")
    sam.taps(5, 4)
    sam.presses("daily.change")
    assert sam.said[-1].question is not None and sam.said[-1].question.given == 5
    before = len(sam.all(ScoreRecorded))
    sam.taps(6, 4)
    assert [f.total for f in sam.all(ScoreRecorded)[before:]] == [6]
    assert "mood 6 out of 10, worry 4 out of 10" in sam.text


def test_back_later_and_another_day(sam: Somebody) -> None:
    sam.on_day(4)
    sam.presses("menu:check_in")
    sam.taps(5)
    sam.presses("back")
    assert sam.item == "rate_mood.1"
    sam.taps(4)
    sam.presses("later")
    sam.on_day(4.2)
    sam.presses("resume")
    assert sam.item == "rate_worry.1"
    sam.presses("skip")
    sam.presses("daily.done")
    assert [f.total for f in sam.all(ScoreRecorded) if f.measure == "rate_mood"][-1] == 4


def test_half_done_taps_of_yesterday_begin_anew(sam: Somebody) -> None:
    sam.on_day(4)
    sam.presses("menu:check_in")
    sam.taps(5)
    sam.presses("later")
    sam.on_day(5)
    sam.presses("resume")
    assert isinstance(sam.state.top, GuidedRun) and sam.state.top.answers == {}
    assert sam.item == "rate_mood.1"


def test_nothing_is_asked_twice_on_a_day_but_one_may_tell_more(sam: Somebody) -> None:
    sam.on_day(4)
    sam.daily(5, 4)
    sam.presses("menu:check_in")
    assert "nothing more is due" in sam.text
    sam.presses("menu:again")
    spent = sam.state.measuring.spent
    sam.taps(4, 4)
    assert sam.state.measuring.spent == spent


# -- "I am not safe" ----------------------------------------------------------------------------------


@pytest.mark.parametrize("taps", [(), (5,), (5, 4)], ids=["mood", "worry", "words"])
def test_every_screen_of_it_offers_i_am_not_safe(sam: Somebody, taps: tuple[int, ...]) -> None:
    sam.on_day(4)
    sam.presses("menu:check_in")
    sam.taps(*taps)
    assert "not_safe" in sam.keys
    sam.presses("not_safe")
    assert isinstance(sam.state.top, SafetyRun) and sam.state.top.phase == "direct"
    assert sam.said[0].urgent is not None
    assert sam.said[-1].text == "Are you having thoughts of ending your life?"
    assert [(f.concern, f.level, f.evidence.rule) for f in sam.all(AlertRaised)] == [
        ("risk", "soon", "patient:not_safe")
    ]
    sam.presses("no")
    sam.presses("resume")
    assert isinstance(sam.state.top, GuidedRun)


def test_it_counts_while_a_person_has_taken_over(sam: Somebody) -> None:
    sam.on_day(4)
    sam.presses("menu:check_in")
    sam.does(TakeOver(BY))
    sam.presses("not_safe")
    assert sam.said[0].urgent is not None
    assert sam.all(AlertRaised)


# -- the hinge ----------------------------------------------------------------------------------------


def test_a_fall_under_their_usual_opens_the_short_form_and_that_the_full_one(sam: Somebody) -> None:
    sam.on_day(8)
    sam.daily(3, 3)
    assert "well below what is usual for you" in sam.text
    assert [f.numbers for f in sam.all(HingeOpened)] == [{"mood": 3, "usual": 6}]
    sam.sends(0, 0, 1, 1)
    assert "Because of these answers" in sam.text
    assert sam.all(HingeOpened)[-1].opens == ("phq9", "gad7")
    sam.taps(*[1] * 9)
    assert isinstance(sam.state.top, SafetyRun), "item 9 asks as ever"


def test_two_points_are_no_fall(sam: Somebody) -> None:
    sam.on_day(4)
    sam.daily(4, 3)
    assert sam.all(HingeOpened) == []


@pytest.mark.parametrize(
    ("points", "opened"),
    [((0, 0, 1, 1), True), ((1, 1, 1, 0), False), ((2, 1, 0, 0), True), ((1, 1, 0, 0), False)],
    ids=["phq2 of 2", "one of each", "gad2 of 3", "gad2 of 2"],
)
def test_the_short_form_opens_at_2_of_mood_or_3_of_worry(
    sam: Somebody, points: tuple[int, ...], opened: bool
) -> None:
    sam.on_day(8)
    sam.presses("menu:check_in")
    sam.taps(6, 3)
    sam.presses("daily.done")
    sam.sends(*points)
    assert bool(sam.all(HingeOpened)) == opened
    assert (sam.item == "phq9.1") == opened


@pytest.fixture
def kim(library: Library) -> Somebody:
    """Has answered the full questionnaires and the taps of a day. PHQ-15 is late from day 8 on, and the short form due."""
    kim = Somebody(library, "unexplained")
    kim.full()
    kim.on_day(1)
    kim.daily(6, 3, 3)
    return kim


def test_a_late_review_comes_in_place_of_the_short_form_and_the_plain_question_with_it(kim: Somebody) -> None:
    kim.on_day(9)
    kim.daily(6, 3, 3)
    assert "I ask everybody this" in kim.text
    kim.presses("no")
    assert kim.item == "phq15.1"
    kim.sends(*[0] * 15)
    assert kim.state.runs == ()
    assert kim.all(SafetyChecked)[-1].answer == "no"


@pytest.mark.parametrize("positive", [False, True])
def test_a_mood_that_falls_brings_the_short_form_before_a_late_review(kim: Somebody, positive: bool) -> None:
    for day in (2, 3):
        kim.on_day(day)
        kim.daily(6, 3, 3)
    kim.on_day(9)
    kim.daily(1, 3, 3)
    assert kim.item == "phq4.1"
    kim.sends(0, 0, int(positive), int(positive))
    if positive:
        assert kim.item == "phq9.1"
        kim.sends(*[0] * 9)
        kim.sends(*[0] * 7)
        assert kim.state.runs == (), "item 9 was asked, and the review has no room beside these"
    else:
        assert "I ask everybody this" in kim.text
        kim.presses("no")
        assert kim.item == "phq15.1", "no second plain question"


def test_a_full_one_of_late_is_not_asked_again_and_the_plain_question_is(sam: Somebody) -> None:
    sam.on_day(4)
    sam.daily(2, 3)
    sam.sends(0, 0, 3, 3)
    assert sam.all(HingeOpened)[-1].opens == ("safety",)
    assert "I ask everybody this" in sam.text
    sam.presses("no")
    sam.on_day(8)
    sam.presses("menu:check_in")
    assert sam.item == "phq9.1", "it comes as soon as it may"
    assert "a little sooner" in sam.text


# -- the plain question -------------------------------------------------------------------------------


def _at_the_plain_question(sam: Somebody) -> Somebody:
    sam.on_day(8)
    sam.presses("menu:check_in")
    sam.taps(6, 3)
    sam.presses("daily.done")
    sam.sends(0, 0, 0, 0)
    return sam


def test_behind_a_quiet_short_form_comes_the_plain_question(sam: Somebody) -> None:
    _at_the_plain_question(sam)
    assert "I ask everybody this" in sam.text
    sam.presses("no")
    assert [f.answer for f in sam.all(SafetyChecked)] == ["no"]
    assert sam.all(AlertRaised) == []
    assert sam.state.runs == ()


@pytest.mark.parametrize(("key", "dialogue"), [("yes", "item"), ("rather", "gentle")])
def test_anything_but_no_is_asked_about(sam: Somebody, key: str, dialogue: str) -> None:
    _at_the_plain_question(sam).presses(key)
    assert isinstance(sam.state.top, SafetyRun) and sam.state.top.dialogue == dialogue
    assert [(f.concern, f.level) for f in sam.all(AlertRaised)] == [("risk", "soon")]
    sam.presses("yes")
    assert sam.state.alerts["risk"].level == "now"


def test_words_that_ring_there_answer_it(sam: Somebody) -> None:
    _at_the_plain_question(sam).types("i want to kill myself")
    assert [f.answer for f in sam.all(SafetyChecked)] == ["words"]
    assert isinstance(sam.state.top, SafetyRun)


def test_whoever_leaves_before_it_meets_it_first_the_next_time(sam: Somebody) -> None:
    _at_the_plain_question(sam).stops()
    assert sam.state.runs == ()
    sam.on_day(9)
    sam.presses("menu:check_in")
    assert "I ask everybody this" in sam.text
    sam.presses("no")
    assert sam.item == "rate_mood.1"
    assert fold(Conversation(), sam.facts) == sam.state


# -- gates --------------------------------------------------------------------------------------------


def test_a_jump_of_breathlessness_asks_about_an_emergency_first(library: Library) -> None:
    kim = Somebody(library, "copd")
    kim.full()
    for day in (1, 2, 3):
        kim.on_day(day)
        kim.presses("menu:check_in")
        kim.taps(6, 3, 4)
        kim.presses("daily.done")
        if isinstance(kim.state.top, CheckInRun):
            kim.sends(2)
    kim.on_day(4)
    kim.presses("menu:check_in")
    kim.taps(6, 3, 7)
    assert isinstance(kim.state.top, SafetyRun) and kim.state.top.dialogue == "red_flag"
    assert "Is it an emergency right now?" in kim.text
    kim.presses("yes")
    assert kim.state.alerts["emergency:copd"].level == "now"


def test_a_jump_of_worry_with_diabetes_says_check_your_blood_sugar_first(library: Library) -> None:
    ola = Somebody(library, "diabetes")
    ola.full()
    for day in (1, 2, 3):
        ola.on_day(day)
        ola.daily(6, 3)
    ola.on_day(8)
    ola.presses("menu:check_in")
    ola.taps(2, 8)
    assert "check your blood sugar now" in ola.text
    assert "not_safe" in ola.keys
    ola.presses("sugar_checked")
    ola.presses("daily.done")
    assert "well below what is usual" in ola.text


def test_without_diabetes_worry_goes_on(sam: Somebody) -> None:
    sam.on_day(4)
    sam.presses("menu:check_in")
    sam.taps(6, 9)
    assert "sugar" not in sam.text


# -- several conditions -------------------------------------------------------------------------------


def test_a_condition_brings_its_own_rating_and_its_questionnaire_on_another_day(library: Library) -> None:
    kim = Somebody(library, "copd", "heart")
    kim.full()
    kim.on_day(1)
    kim.presses("menu:check_in")
    kim.taps(6, 3, 4)
    kim.presses("daily.done")
    assert kim.item is not None and kim.item.startswith("mrc.")
    kim.sends(2)
    assert kim.state.runs == ()
    assert list(kim.asked()).count("mrc") == 1
    assert [r.run.measure for r in kim.all(RunStarted) if isinstance(r.run, CheckInRun)].count("mrc") == 1


# -- the app is closed ----------------------------------------------------------------------------------


def _daily_at_six(sam: Somebody) -> Somebody:
    for key in ("menu:more", "menu:reminders", "remind:daily", "days:daily:every", "hour:daily:every:18:00"):
        sam.presses(key)
    return sam


def _taps_and_closes_the_app(sam: Somebody, day: float, *values: int) -> None:
    sam.lives_until(day)
    sam.presses("menu:check_in")
    sam.taps(*values)
    assert sam.item == "daily.words"


def test_whoever_leaves_the_words_is_reminded_as_ever(sam: Somebody) -> None:
    _taps_and_closes_the_app(_daily_at_six(sam), 4, 6, 3)
    sam.lives_until(4.9)
    assert sam.steps.count("texts:reminder_daily") == 0, "they have been here today"
    sam.steps.clear()
    sam.lives_until(9)
    assert sam.steps.count("texts:reminder_daily") == 4
    assert sam.state.runs == ()
    sam.lives_until(40)
    assert "texts:check_in_reminder" in sam.steps


def test_nothing_is_said_while_the_words_may_still_be_on_their_way(sam: Somebody) -> None:
    _daily_at_six(sam).lives_until(3.9)
    due = sam.state.reminders["daily"].due_at
    sam.now = due - timedelta(minutes=20)
    sam.presses("menu:check_in")
    sam.taps(6, 3)
    sam.now = due
    sam.does(TimerFired("remind", "daily"))
    assert sam.said == [] and sam.item == "daily.words"


@pytest.mark.parametrize("reminded", [True, False])
def test_a_fall_stays_owed_when_the_app_is_closed_behind_the_taps(sam: Somebody, reminded: bool) -> None:
    if reminded:
        _daily_at_six(sam)
    _taps_and_closes_the_app(sam, 4, 2, 3)
    assert sam.all(HingeOpened) == []
    if reminded:
        sam.lives_until(5.9)
        sam.presses("menu:check_in")
    else:
        sam.on_day(5.9)
        sam.presses("daily.done")
    assert [f.numbers for f in sam.all(HingeOpened)] == [{"mood": 2, "usual": 6}]
    assert "Lately your mood was well below what is usual for you" in sam.text
    assert sam.item == "phq4.1"
    sam.sends(0, 0, 0, 0)
    assert "I ask everybody this" in sam.text
    sam.presses("no")
    assert sam.item == "rate_mood.1", "the taps of that day come behind what was owed"
    sam.taps(6, 3)
    sam.presses("daily.done")
    sam.on_day(6.9)
    sam.presses("menu:check_in")
    assert sam.item == "rate_mood.1"
    assert len(sam.all(HingeOpened)) == 1
    assert fold(Conversation(), sam.facts) == sam.state


def test_a_fall_of_weeks_ago_is_no_reason_of_today(sam: Somebody) -> None:
    _taps_and_closes_the_app(sam, 4, 2, 3)
    sam.on_day(30)
    sam.presses("daily.done")
    assert "usual for you" not in sam.text
    assert sam.item == "phq9.1", "the full ones are due by now, and hear of it"


def test_that_is_all_of_days_ago_owes_nothing_and_opens_nothing(sam: Somebody) -> None:
    _taps_and_closes_the_app(sam, 4, 6, 3)
    sam.on_day(6)
    sam.presses("daily.done")
    assert sam.state.runs == ()


def test_words_of_another_day_are_no_part_of_old_taps(sam: Somebody) -> None:
    _taps_and_closes_the_app(sam, 4, 6, 3)
    sam.on_day(6)
    sam.types("the stairs were easier")
    assert sam.all(CheckInWordsAdded) == []
    assert sam.state.runs == ()


def test_a_short_form_that_hung_on_the_words_comes_first_the_next_time(sam: Somebody) -> None:
    _taps_and_closes_the_app(sam, 8, 6, 3)
    sam.on_day(9)
    sam.presses("daily.done")
    assert sam.item == "phq4.1"


@pytest.mark.parametrize("taps", [(), (1, 1)])
def test_a_form_that_is_put_away_or_left_lying_is_reminded_of(sam: Somebody, taps: tuple[int, ...]) -> None:
    _daily_at_six(sam)
    sam.lives_until(14)
    sam.presses("menu:check_in")
    sam.taps(1, 1)
    if not taps:
        sam.presses("later")
    at = isinstance(sam.state.top, CheckInRun) and sam.state.top.item
    sam.steps.clear()
    sam.lives_until(14.9)
    assert sam.steps == [], "a day is theirs"
    sam.lives_until(20)
    assert sam.steps.count("texts:reminder_daily") >= 4
    assert "resume" in sam.keys
    sam.presses("resume")
    assert isinstance(sam.state.top, CheckInRun) and sam.state.top.item == at
    assert sam.item == "phq9.3"


def test_a_question_that_is_no_run_is_not_broken_into(sam: Somebody) -> None:
    _daily_at_six(sam)
    sam.lives_until(4)
    due = sam.state.reminders["daily"].due_at
    sam.lives_until((due - timedelta(minutes=3) - BEGIN) / timedelta(days=1))
    for key in ("menu:more", "menu:record", "record:wrong", "record:other"):
        sam.presses(key)
    asked = sam.state.wait
    assert isinstance(asked, ForPatient) and asked.item is not None
    sam.steps.clear()
    sam.lives_until((due + timedelta(minutes=5) - BEGIN) / timedelta(days=1))
    assert sam.steps == [] and sam.state.wait == asked
    sam.types("my letter was mixed up with somebody else's", re=asked.seq)
    assert len(sam.state.corrections) == 1


def test_a_question_that_nobody_answers_silences_nothing(sam: Somebody) -> None:
    _daily_at_six(sam)
    sam.lives_until(4)
    for key in ("menu:more", "menu:record", "record:wrong", "record:other"):
        sam.presses(key)
    sam.steps.clear()
    sam.lives_until(9)
    assert sam.steps.count("texts:reminder_daily") >= 4


# -- the question about safety is left out ----------------------------------------------------------------


def test_item_9_left_out_behind_a_positive_short_form_is_asked_plainly(sam: Somebody) -> None:
    sam.on_day(8)
    sam.presses("menu:check_in")
    sam.taps(6, 3)
    sam.presses("daily.done")
    sam.sends(1, 1, 1, 1)
    sam.sends(*[1] * 8, None)
    assert "I ask everybody this" in sam.text
    sam.presses("no")
    assert sam.item == "gad7.1"
    sam.sends(*[1] * 7)
    assert sam.state.runs == ()
    assert [f.answer for f in sam.all(SafetyChecked)] == ["no"]
    assert fold(Conversation(), sam.facts) == sam.state


def test_item_9_left_out_of_the_full_ones_is_asked_plainly(library: Library) -> None:
    sam = Somebody(library)
    sam.presses("menu:check_in")
    sam.sends(*[0] * 8, None)
    assert "I ask everybody this" in sam.text
    sam.presses("rather")
    assert isinstance(sam.state.top, SafetyRun)
    assert [(f.concern, f.level) for f in sam.all(AlertRaised)] == [("risk", "soon")]


def test_item_9_left_out_stays_owed_when_they_leave(library: Library) -> None:
    sam = Somebody(library)
    sam.presses("menu:check_in")
    sam.sends(*[0] * 8, None)
    sam.stops()
    sam.on_day(1)
    sam.presses("menu:check_in")
    assert sam.all(SafetyChecked) == []
    while sam.item is not None and sam.item.startswith("gad7"):
        sam.taps(0)
    if "send" in sam.keys:
        sam.presses("send")
    assert "I ask everybody this" in sam.text
    sam.presses("no")
    sam.on_day(2)
    sam.presses("menu:check_in")
    assert "I ask everybody this" not in sam.text


# -- a slip of the finger ---------------------------------------------------------------------------------


def test_a_slip_is_no_part_of_what_is_usual_on_any_later_day(library: Library) -> None:
    sam = Somebody(library)
    sam.full()
    for day in (1, 2, 3):
        sam.on_day(day)
        sam.presses("menu:check_in")
        sam.taps(1, 3)
        sam.presses("daily.change")
        sam.taps(7, 3)
        sam.presses("daily.done")
    sam.on_day(4)
    sam.daily(4, 3)
    assert [f.numbers for f in sam.all(HingeOpened)] == [{"mood": 4, "usual": 7}]


def test_a_slip_owes_nothing(sam: Somebody) -> None:
    sam.on_day(4)
    sam.presses("menu:check_in")
    sam.taps(1, 3)
    sam.presses("daily.change")
    sam.taps(6, 3)
    sam.on_day(5)
    sam.presses("daily.done")
    assert sam.all(HingeOpened) == [] and sam.state.runs == ()
