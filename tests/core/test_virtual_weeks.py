"""Made-up people over half a year: nothing is lost, nothing comes when it must not, and the judge of it can say no."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from bot.core.library import Library
from bot.core.schedule import speaking
from bot.report.weeks import live
from bot.report.weeks_life import BEGIN, life_of
from bot.report.weeks_tally import Tally, drawn, sentence

PEOPLE, WEEKS = 6, 26


@pytest.fixture(scope="module")
def lived(library: Library) -> Tally:
    return live(library, PEOPLE, WEEKS, seed=3)


def test_no_reminder_is_missing_and_none_comes_when_it_must_not(lived: Tally) -> None:
    assert lived.unexplained == 0
    assert {what: n for what, n in lived.offences.items() if n} == {}
    assert sum(lived.given.values()) > PEOPLE
    ended = sum(lived.given.values()) + sum(lived.dropped.values())
    assert sum(lived.planned.values()) == ended + lived.waiting


def test_the_same_seed_is_the_same_half_year(library: Library) -> None:
    assert live(library, 2, 8, seed=5) == live(library, 2, 8, seed=5)


def test_half_a_year_holds_both_changes_of_the_clocks() -> None:
    assert BEGIN.date().isoformat() == "2026-10-05"
    assert (BEGIN + timedelta(weeks=WEEKS)).date().isoformat() == "2027-04-05"


def test_what_became_of_them_is_a_sentence_and_a_drawing(lived: Tally) -> None:
    assert sentence(lived).startswith(f"Of {sum(lived.planned.values()):,} reminders of {PEOPLE} people ")
    assert len(drawn(lived.weeks)) == WEEKS


def test_lives_differ() -> None:
    assert len({life_of(Random(n), BEGIN, WEEKS) for n in range(20)}) == 20


# -- it can say no ----------------------------------------------------------------------------------------


def test_it_sees_what_is_said_at_night(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.core.schedule.times.in_quiet_hours", lambda *_: False)
    monkeypatch.setattr(speaking, "in_quiet_hours", lambda *_: False)
    assert live(library, 12, WEEKS, seed=3).offences["in quiet hours"] > 0


def test_it_sees_what_breaks_into_a_form_or_a_talk(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaking, "in_the_middle", lambda *_: False)
    found = live(library, 12, WEEKS, seed=3).offences
    assert found["into something open"] + found["into a hold"] > 0


def test_it_sees_an_hour_that_jumps_with_the_clocks(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "bot.core.schedule.times.on_the_clock", lambda wall, _: wall.replace(tzinfo=BEGIN.tzinfo)
    )
    assert live(library, 12, WEEKS, seed=3).offences["off their hour"] > 0


def test_it_sees_what_is_dropped_without_a_word(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.core.flow.reminding.drop", lambda *_: None)
    assert live(library, 4, WEEKS, seed=3).unexplained > 0


def test_it_sees_who_is_reminded_after_they_said_stop(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speaking, "wanted", lambda _: True)
    monkeypatch.setattr("bot.core.flow.weeks.wanted", lambda _: True)
    monkeypatch.setattr("bot.core.flow.expecting.wanted", lambda _: True)
    assert live(library, 25, WEEKS, seed=3).offences["after they stopped them"] > 0
