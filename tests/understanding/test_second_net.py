"""What the second net doubts: sure of itself only where it should be, and calm about ordinary days."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from said import HERE, absent, library, net, unseen

from bot.core.safety import Context, Tier, Worry, with_second_net
from bot.understanding import Reading
from bot.understanding.encoder import encoder

KNOWN = {text for texts in library().second_net.values() for text in texts}
QUESTIONS = [held["ask"] for held in yaml.safe_load((HERE / "questions.yaml").read_text(encoding="utf-8"))]
ORDINARY = [text for text in (*QUESTIONS, *(text for _, text in unseen())) if text not in KNOWN]


def worry(text: str) -> Worry:
    return net().worry(Reading(text, encoder))


def raised(text: str) -> bool:
    return (
        with_second_net(library().screen("", Context()), worry(text), library().safety.second_net).tier
        > Tier.NONE
    )


def test_ordinary_messages_that_it_never_saw_are_left_alone() -> None:
    assert len(ORDINARY) >= 300
    assert sum(map(raised, ORDINARY)) <= 0.012 * len(ORDINARY)


@pytest.mark.parametrize(
    ("text", "concern"),
    [
        ("i just want to die now", "risk"),
        ("crushing pain in my chest and down my left arm, sweating", "emergency"),
        ("my husband hits me and locks me in", "safeguarding"),
    ],
)
def test_plain_cries_are_doubted_for_what_they_are(text: str, concern: str) -> None:
    said = worry(text)
    assert getattr(said, concern) == said.greatest > 0.5


@pytest.mark.parametrize("text", ["", "👍", "?!", "\ud800", "7.4", "thanks love", "see you tomorrow"])
def test_what_says_nothing_worries_nobody(text: str) -> None:
    assert not raised(text)


def test_without_the_encoder_the_pieces_alone_answer() -> None:
    said = net().worry(Reading("i just want to die now", absent))
    assert said.risk > 0.5
    assert said.by == "net-pieces-1"


def test_the_same_text_always_worries_the_same() -> None:
    assert worry("my chest feels tight tonight") == worry("my chest feels tight tonight")


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=200))
def test_any_text_gets_chances_between_none_and_certain(text: str) -> None:
    said = worry(text)
    assert all(0 <= chance <= 1 for chance in (said.risk, said.emergency, said.safeguarding))
