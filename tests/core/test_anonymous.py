"""What an example may not hold, and that an honest one passes."""

from __future__ import annotations

import pytest

from bot.core.anonymous import capitals, objection, words_of
from bot.core.shares import wilson

WROTE = "Sam here, i took the whole box last night"


@pytest.mark.parametrize(
    "text",
    [
        "i have taken all the tablets in the packet",
        "swallowed 30 of them at 2 in the morning",
        "my sats are 82 and i can't get my breath",
        "took the box",
        "may i ask something, i might do it",
    ],
)
def test_a_sentence_in_other_words_passes(text: str) -> None:
    assert objection(text, WROTE, ["Sam", "sam.jones@post.example"]) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no words"),
        ("…!", "no words"),
        ("one\ntwo", "one line"),
        ("x " * 200, "one line"),
        (WROTE, "the message itself"),
        ("SAM HERE - I took the whole box, last night!", "the message itself"),
        ("well, Sam here, I took the whole box last night honestly", "as it was written"),
        ("this is sam and i took it all", "called"),
        ("it was Sam's box", "called"),
        ("Sám took the pills", "called"),
        ("jones took the pills", "called"),
        ("write to me at me@there.example", "e-mail"),
        ("i am @sammy on there", "handle"),
        ("see www.there.example", "web address"),
        ("ring me on 07700 900 123", "long number"),
        ("my number is 943 476 5919", "long number"),
        ("i live at SW1A 2AA and took it", "postcode"),
        ("born 3/4/61 and tired of it", "date"),
        ("since the 3rd of April i have had enough", "date"),
        ("since april 3 i have had enough", "date"),
        ("since 1961 i have had enough", "date"),
        ("i was born in a bad year", "date"),
    ],
)
def test_what_could_name_somebody_is_refused_with_its_reason(text: str, why: str) -> None:
    assert why in str(objection(text, WROTE, ["Sam", "sam.jones@post.example"]))


def test_a_message_of_one_word_may_stand_in_a_longer_sentence() -> None:
    assert objection("it is hopeless again today", "hopeless", []) is None
    assert objection("Hopeless!", "hopeless", []) is not None


def test_words_with_a_capital_inside_a_sentence_are_pointed_out() -> None:
    assert capitals("My brother Dave said I should, but Anna said I'm fine") == ["Dave", "Anna"]
    assert capitals("I can't. Nobody can.") == []


def test_words_are_told_without_case_accents_and_signs() -> None:
    assert words_of("I can’t, Zoë!") == ["i", "cant", "zoe"]


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"), [(0, 10, 0.0, 0.278), (5, 10, 0.237, 0.763), (10, 10, 0.722, 1.0)]
)
def test_a_share_of_few_has_a_wide_range(part: int, whole: int, low: float, high: float) -> None:
    """As Wilson's formula is tabulated."""
    assert [round(edge, 3) for edge in wilson(part, whole)] == [low, high]
