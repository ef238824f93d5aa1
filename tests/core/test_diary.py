"""The diary: numbers are judged like words, slips are asked back, and state does not grow."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from presser import Talker

from bot.core.asked import context_of
from bot.core.facts import AlertRaised, DiaryKept
from bot.core.inputs import Said
from bot.core.library import Library
from bot.core.state import MOST_DIARY_KEPT, DiaryRun, ForPatient, SafetyRun


class Writer(Talker):
    def opens(self, entry: str) -> None:
        self.presses("menu:more")
        self.presses("menu:diary")
        if f"diary:{entry}" not in self.labels():
            self.presses("diary:more")
        self.presses(f"diary:{entry}")

    def types(self, text: str, understood=None) -> None:  # type: ignore[no-untyped-def]
        """As the turn hears it: screened in its context."""
        from uuid import UUID

        screen = self.library.screen(text, context_of(self.state, self.library))
        self.does(Said(UUID(int=self.n), text=text, screen=screen, understood=understood))

    def kept(self) -> list[tuple[str, float | None]]:
        return [(f.kind, f.number) for f in self.facts if isinstance(f, DiaryKept)]

    def rang(self) -> set[str]:
        return {f.evidence.rule for f in self.facts if isinstance(f, AlertRaised)}


def test_a_number_is_kept_with_its_unit_in_two_taps(library: Library) -> None:
    talker = Writer(library, conditions=("diabetes",))
    talker.opens("glucose")
    talker.types("7,2")
    assert talker.kept() == [("glucose", 7.2)]
    assert "Blood sugar: 7.2 mmol/L" in talker.shown[-1].text
    assert talker.state.runs == ()


@pytest.mark.parametrize("said", ["7.2", "7,2", "7.2 mmol/L", "7.2mmol", "it says 7.2 mmol"])
def test_a_unit_may_be_written(library: Library, said: str) -> None:
    talker = Writer(library, conditions=("diabetes",))
    talker.opens("glucose")
    talker.types(said)
    assert talker.kept() == [("glucose", 7.2)]


def test_a_slip_is_asked_back_and_not_kept(library: Library) -> None:
    talker = Writer(library, conditions=("diabetes",))
    talker.opens("glucose")
    talker.types("1200")
    assert talker.kept() == [] and talker.rang() == set()
    assert "1200 mmol/L" in talker.shown[0].text
    assert isinstance(talker.state.top, DiaryRun)
    talker.types("12")
    assert talker.kept() == [("glucose", 12)]


def test_what_is_unusual_is_kept_once_they_say_that_it_is_right(library: Library) -> None:
    talker = Writer(library, conditions=("asthma",))
    talker.opens("peak_flow")
    talker.types("850")
    assert talker.kept() == []
    talker.presses("diary.again")
    talker.types("845")
    talker.presses("diary.sure")
    assert talker.kept() == [("peak_flow", 845)]


NUMBERS = {
    "sugar high": ("diabetes", "glucose", "28", "glucose"),
    "sugar low": ("diabetes", "glucose", "2.9", "glucose"),
    "sugar higher than a meter shows": ("diabetes", "glucose", "45", "glucose"),
    "ketones": ("diabetes", "ketones", "3.1", "ketones"),
    "fever on cancer treatment": ("cancer", "temperature", "38.2", "temperature"),
    "oxygen": ("heart", "oxygen", "86", "oxygen"),
}


@pytest.mark.parametrize("case", NUMBERS)
def test_a_typed_number_over_its_limit_rings_and_is_kept(library: Library, case: str) -> None:
    condition, entry, number, reading = NUMBERS[case]
    talker = Writer(library, conditions=(condition,))
    talker.opens(entry)
    talker.types(number)
    assert any(rule.startswith(reading) for rule in talker.rang()), talker.rang()
    assert talker.kept() == [(entry, float(number))]
    assert any(shown.urgent for shown in talker.shown)
    assert isinstance(talker.state.top, SafetyRun)


def test_a_number_from_a_form_rings_just_the_same(library: Library) -> None:
    talker = Writer(library, conditions=("diabetes",))
    talker.opens("glucose")
    talker.answers(28)
    assert any(rule.startswith("glucose") for rule in talker.rang())
    assert talker.kept() == [("glucose", 28)]


def test_a_gain_in_weight_over_some_days_rings_for_the_heart(library: Library) -> None:
    talker = Writer(library, conditions=("heart",))
    talker.opens("weight")
    talker.types("80")
    assert talker.rang() == set()
    talker.presses("menu:menu")
    talker.opens("weight")
    talker.types("82.4")
    assert talker.rang() == {"weight-gain-three-days"}
    elsewhere = Writer(library, conditions=("diabetes",))
    for number in ("80", "82.4"):
        elsewhere.opens("weight")
        elsewhere.types(number)
        elsewhere.presses("menu:menu")
    assert elsewhere.rang() == set()


def test_words_and_minutes_make_one_line(library: Library) -> None:
    talker = Writer(library)
    talker.opens("activity")
    talker.types("walked to the *shop*")
    assert isinstance(talker.state.wait, ForPatient)
    talker.types("20 minutes")
    assert talker.kept() == [("activity", 20)]
    talker.presses("diary:list")
    assert "walked to the \\*shop\\*, 20 min" in talker.shown[-1].text


def test_words_that_ring_are_kept_and_ring(library: Library) -> None:
    talker = Writer(library)
    talker.opens("note")
    talker.types("i want to die")
    assert talker.kept() == [("note", None)]
    assert isinstance(talker.state.top, SafetyRun)


def test_the_last_lines_are_a_sentence_a_curve_and_a_table(library: Library) -> None:
    talker = Writer(library, conditions=("diabetes",))
    for number in ("6", "9.5", "7"):
        talker.opens("glucose")
        talker.types(number)
        talker.presses("menu:menu")
    talker.presses("menu:more")
    talker.presses("menu:diary")
    talker.presses("diary:list")
    [chart] = talker.shown[-1].charts
    assert [point.total for point in chart.points] == [6, 9.5, 7]
    assert chart.sentence == "Blood sugar: 7 mmol/L on 2 March. Your last lines go from 6 to 9.5 mmol/L."


def test_a_line_is_of_the_day_on_their_own_clock(library: Library) -> None:
    talker = Writer(library, conditions=("diabetes",))
    talker.now = datetime(2026, 7, 12, 23, 30, tzinfo=UTC)
    talker.opens("note")
    talker.types("I lay awake")
    talker.presses("menu:menu")
    talker.opens("glucose")
    talker.types("7")
    talker.presses("diary:list")
    assert "13 July: I lay awake" in talker.shown[-1].text
    [chart] = talker.shown[-1].charts
    assert [point.on for point in chart.points] == ["2026-07-13"]
    assert "on 13 July" in chart.sentence


def test_state_does_not_grow(library: Library) -> None:
    talker = Writer(library, conditions=("diabetes",))
    for _ in range(MOST_DIARY_KEPT + 5):
        talker.opens("glucose")
        talker.types("7")
        talker.presses("menu:menu")
    assert len(talker.state.diary["glucose"]) == MOST_DIARY_KEPT
    assert len(talker.kept()) == MOST_DIARY_KEPT + 5


def test_what_is_no_number_is_no_answer(library: Library) -> None:
    talker = Writer(library, conditions=("diabetes",))
    talker.opens("glucose")
    talker.types("where is my meter")
    assert talker.kept() == [] and isinstance(talker.state.top, DiaryRun)


def test_every_kind_of_line_has_its_words(library: Library) -> None:
    assert library.policy.diary is not None
    for entry in library.policy.diary.kinds:
        assert f"diary_{entry}" in library.texts["en"] and f"diary_ask_{entry}" in library.texts["en"]


def test_a_line_that_was_left_is_not_asked_for_behind_the_next_one(library: Library) -> None:
    talker = Writer(library, conditions=("diabetes",))
    for _ in range(2):
        talker.opens("glucose")
        talker.types("68")
        assert isinstance(talker.state.top, SafetyRun)
        talker.presses("menu:menu")
    talker.opens("weight")
    talker.types("82.5")
    assert talker.kept() == [("weight", 82.5)]
    assert talker.state.runs == ()
