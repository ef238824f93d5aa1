"""One line of English becomes the beginning of a part, or an editor hears which words fit."""

from __future__ import annotations

import pytest

from bot.adapters.content_files.blocks import NAMES, BlockLine, Urgent, read_block_line
from bot.core.library import (
    AllOf,
    AnyOf,
    Ask,
    Branch,
    CheckIn,
    Compare,
    Do,
    Exercise,
    Goals,
    Later,
    Problem,
    Tell,
)
from bot.core.library.drafts import Place

BLOCKS = f"the blocks are: {', '.join(NAMES)}"


def line(words: str) -> BlockLine | Problem:
    return read_block_line(words, Place("page.en.md", 7), column=5)


@pytest.mark.parametrize(
    ("words", "opening"),
    [
        ("urgent", Urgent()),
        ("ask thought, in your own words", Ask(name="thought", how="in your own words", text="")),
        ("ask walked, Yes or No", Ask(name="walked", how="yes or no", text="")),
        ("ask pain, 0 to 10", Ask(name="pain", how="0 to 10", text="")),
        ("ask a, a number", Ask(name="a", how="a number", text="")),
        ("ask day, a date", Ask(name="day", how="a date", text="")),
        ("ask urgently, pick one", Ask(name="urgently", how="pick one", text="")),
        ("ask in, pick any", Ask(name="in", how="pick any", text="")),
        (
            "check-in gad7, when walked is yes",
            CheckIn(measure="gad7", when=Compare(subject="walked", how="is", word="yes")),
        ),
        ("otherwise", Branch(when=None)),
        ("tell-therapist routine", Tell(level="routine", reason="")),
        ("exercise for 90 seconds", Exercise(seconds=90, moves=())),
        ("exercise for 1.5 minutes", Exercise(seconds=90, moves=())),
        ("goals, pick any", Goals(options=(), many=True)),
        ("later in 2 days", Later(after_s=172_800)),
        ("later in 1 week", Later(after_s=604_800)),
        (
            "later every monday at 09:00 for 6 weeks",
            Later(rule="FREQ=WEEKLY;BYDAY=MO;COUNT=6", at="09:00"),
        ),
        (
            "later every monday and thursday at 18:30 for 2 weeks",
            Later(rule="FREQ=WEEKLY;BYDAY=MO,TH;COUNT=4", at="18:30"),
        ),
        ("later every day at 08:00 for 1 week", Later(rule="FREQ=DAILY;COUNT=7", at="08:00")),
        (
            "later every weekday at 08:00 for 1 week",
            Later(rule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=5", at="08:00"),
        ),
        ("do show_my_progress", Do(action="show_my_progress")),
    ],
)
def test_a_line_is_read_as(words: str, opening: object) -> None:
    read = line(words)
    assert isinstance(read, BlockLine)
    assert read.opening == opening


@pytest.mark.parametrize(
    ("words", "condition"),
    [
        ("gad7 is 15 or more", Compare(subject="gad7", how="at_least", low=15)),
        ("gad7 is 7 or less", Compare(subject="gad7", how="at_most", high=7)),
        ("gad7 is between 5 and 9", Compare(subject="gad7", how="between", low=5, high=9)),
        ("gad7 is 3", Compare(subject="gad7", how="is", low=3, high=3)),
        ("gad7 rose by 4 or more", Compare(subject="gad7", how="rose", low=4)),
        ("gad7 fell by 4 or more", Compare(subject="gad7", how="fell", low=4)),
        ("thought was skipped", Compare(subject="thought", how="skipped")),
        ("hardest is Out of the blue", Compare(subject="hardest", how="is", word="out of the blue")),
        ("hardest is It’s at night!", Compare(subject="hardest", how="is", word="its at night")),
        ("hardest is “up and down”", Compare(subject="hardest", how="is", word="up and down")),
        (
            "a is yes and b is no or c was skipped",
            AnyOf(
                parts=(
                    AllOf(
                        parts=(
                            Compare(subject="a", how="is", word="yes"),
                            Compare(subject="b", how="is", word="no"),
                        )
                    ),
                    Compare(subject="c", how="skipped"),
                )
            ),
        ),
    ],
)
def test_a_condition_is_read_as(words: str, condition: object) -> None:
    read = line(f"when {words}, tell-therapist now")
    assert isinstance(read, BlockLine)
    assert read.opening == Branch(when=condition, tell="now")


def test_each_comparison_has_its_place() -> None:
    read = line("when gad7 is 15 or more or walked is yes")
    assert isinstance(read, BlockLine)
    assert [compare.at.column for compare in read.compares] == [10, 32]


@pytest.mark.parametrize(
    ("words", "column", "code", "message", "hint"),
    [
        ("urgnt", 1, "C201", "there is no block called 'urgnt'", "did you mean 'urgent'?"),
        ("xyzzy", 1, "C201", "there is no block called 'xyzzy'", BLOCKS),
        (
            "when gad7 is 15, tell-therapist quickly",
            37,
            "C204",
            "'quickly' is not understood after 'when gad7 is 15, tell-therapist'",
            "here fits: now, soon, routine",
        ),
        (
            "exercise for 3 minuts",
            20,
            "C204",
            "'minuts' is not understood after 'exercise for 3'",
            "did you mean 'minutes'?; here fits: seconds, minutes",
        ),
        (
            "when gad7 rose",
            15,
            "C204",
            "'rose' is not understood after 'when gad7'",
            "did you mean 'rose by'?; here fits: is, rose by, fell by, was skipped",
        ),
        ("goals", 10, "C204", "the line stops too early, after 'goals'", "here fits: a comma"),
        (
            "urgent now",
            12,
            "C204",
            "'now' is not understood after 'urgent'",
            "here fits: the end of the line",
        ),
        (
            "later every day at 25:00 for 6 weeks",
            24,
            "C204",
            "'25:00' is not understood after 'later every day at'",
            "here fits: a time such as 09:00",
        ),
        (
            "later in 5000 days",
            1,
            "C204",
            "a follow-up can be at most 365 days away",
            "choose a nearer day; after that a new check-in knows more",
        ),
    ],
)
def test_an_editor_hears_what_would_fit(words: str, column: int, code: str, message: str, hint: str) -> None:
    problem = line(words)
    assert isinstance(problem, Problem)
    assert (problem.line, problem.column, problem.code) == (7, column, code)
    assert (problem.message, problem.hint) == (message, hint)
