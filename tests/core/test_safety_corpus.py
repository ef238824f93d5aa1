"""What the screen catches and what it leaves alone, held at the level last measured so that a step back shows."""

import pytest
from safety_files import corpus, screener

from bot.core.safety import Context, Tier

FLOORS = {
    "suicidal_plain": 0.98,
    "suicidal_passive": 0.95,
    "self_harm": 0.96,
    "eating": 0.95,
    "emergency_chest": 0.95,
    "emergency_breathing": 0.95,
    "emergency_stroke": 0.95,
    "emergency_diabetes": 0.95,
    "emergency_cancer": 0.95,
    "emergency_back": 0.95,
    "emergency_heart": 0.95,
    "emergency_other": 0.95,
    "emergency_mixed": 0.97,
    "overdose": 0.95,
    "abuse": 0.97,
    "third_person": 0.95,
    "other_languages": 0.95,
}
NO_ALERTS_ABOVE, NO_HITS_ABOVE = 0.02, 0.03
ORDINARY_ABOVE = 0.005
HINTED_AT_MOST = 0.1


def tier(text: str) -> Tier:
    return screener()(text, Context()).tier


def heard(text: str) -> bool:
    said = screener()(text, Context())
    return said.tier > Tier.NONE or bool(said.hints)


@pytest.mark.parametrize("kind", sorted(corpus()["positives"]))
def test_a_cry_for_help_is_heard(kind: str) -> None:
    """Aloud or as a hint, which asks by itself wherever the second net cannot be asked."""
    messages = corpus()["positives"][kind]
    missed = [text for text in messages if not heard(text)]
    assert 1 - len(missed) / len(messages) >= FLOORS[kind], missed


def test_most_cries_are_heard_aloud() -> None:
    messages = [text for kind in corpus()["positives"].values() for text in kind]
    hinted = [text for text in messages if tier(text) is Tier.NONE]
    assert len(hinted) / len(messages) <= HINTED_AT_MOST, hinted


@pytest.mark.parametrize("kind", sorted(corpus()["hard_negatives"]))
def test_an_innocent_turn_of_phrase_raises_no_alarm(kind: str) -> None:
    messages = corpus()["hard_negatives"][kind]
    alerts = [text for text in messages if tier(text) is Tier.ALERT]
    assert len(alerts) / len(messages) <= NO_ALERTS_ABOVE, alerts


def test_innocent_turns_of_phrase_rarely_ask_even_the_gentle_question() -> None:
    messages = [text for kind in corpus()["hard_negatives"].values() for text in kind]
    hits = [text for text in messages if tier(text) is not Tier.NONE]
    assert len(hits) / len(messages) <= NO_HITS_ABOVE, hits


def test_ordinary_messages_pass() -> None:
    messages = corpus()["ordinary"]
    hits = [text for text in messages if tier(text) is not Tier.NONE]
    assert len(hits) / len(messages) <= ORDINARY_ABOVE, hits
