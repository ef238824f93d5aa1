"""The shipped examples themselves."""

from __future__ import annotations

from collections import Counter

import pytest
from said import OTHER, library, pairs

from bot.core.flow.intents import ANSWERED, FIRST, INTERRUPTS, LEADS_TO
from bot.core.safety import Context, Tier
from bot.understanding.features import words_of

CONDITIONS = frozenset({"diabetes", "copd", "asthma", "heart", "cancer", "pain", "fatigue", "unexplained"})


@pytest.mark.parametrize("intent", library().understanding)
def test_every_intent_has_many_examples(intent: str) -> None:
    assert len(library().understanding[intent]) >= 25


def test_there_are_many_intents() -> None:
    assert len(library().understanding) >= 40


def test_everything_the_bot_acts_upon_has_examples() -> None:
    assert {*LEADS_TO, *FIRST, *INTERRUPTS, *ANSWERED, OTHER} <= library().understanding.keys()


def test_no_example_stands_twice() -> None:
    counted = Counter(" ".join(words_of(text)) for _, text in pairs(library().understanding))
    assert [text for text, times in counted.items() if times > 1] == []


@pytest.mark.parametrize(
    ("conditions", "most"),
    [(frozenset(), 0.01), (CONDITIONS, 0.025)],
    ids=["no condition", "every condition"],
)
def test_hardly_any_example_is_a_crisis(conditions: frozenset[str], most: float) -> None:
    context = Context(conditions=conditions)
    heard = pairs(library().understanding)
    rang = [pair for pair in heard if library().screen(pair[1], context).tier == Tier.ALERT]
    assert len(rang) / len(heard) <= most, rang
