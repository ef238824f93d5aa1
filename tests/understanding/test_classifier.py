"""What the classifier takes messages for, and how sure it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from said import OTHER, by_pieces, in_scope, library, pairs, predict, unseen

from bot.core.flow.home import SURE
from bot.understanding.classifier import BOTH, PIECES

OURS = tuple((intent, text) for intent, text in unseen() if intent != OTHER)
STRANGE = tuple(text for intent, text in unseen() if intent == OTHER)


def share(held: list[bool]) -> float:
    return sum(held) / len(held)


def test_seven_in_eight_unseen_messages_are_taken_for_what_they_are() -> None:
    assert share([predict(text).intent == intent for intent, text in OURS]) >= 0.87


def test_most_unseen_messages_are_acted_upon_at_once() -> None:
    said = [(intent, predict(text)) for intent, text in OURS]
    assert share([one.intent == intent and one.confidence >= SURE for intent, one in said]) >= 0.59


def test_hardly_any_unseen_message_is_acted_upon_wrongly() -> None:
    said = [(intent, predict(text)) for intent, text in unseen()]
    wrong = [one.intent != intent and in_scope(one) and one.confidence >= SURE for intent, one in said]
    assert share(wrong) <= 0.03


def test_what_is_none_of_our_business_is_left_alone() -> None:
    assert share([in_scope(predict(text)) for text in STRANGE]) <= 0.13


def test_without_the_encoder_most_are_still_taken_for_what_they_are() -> None:
    assert share([by_pieces(text).intent == intent for intent, text in OURS]) >= 0.77


def test_the_encoder_is_asked_only_where_the_pieces_are_unsure() -> None:
    asked = [predict(text).by == BOTH for _, text in unseen()]
    assert 0 < share(asked) <= 0.9
    assert predict("thank you").by == PIECES


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("hello", "hello"),
        ("Hello!!", "hello"),
        ("Thank you", "thanks"),
        ("thx", "thanks"),
        ("STOP", "stop"),
        ("bye", "goodbye"),
        ("later", "later"),
        ("I’m anxious", "anxious"),
        ("i cant sleeep", "sleep"),
        ("breathles", "breathless"),
        ("ANXOIUS", "anxious"),
        ("remindr", "reminders"),
        ("tlak to my nurse", "talk_to_person"),
        ("dibetes worries me", "sugar_worry"),
        ("I want to stop smoking", "set_goal"),
        ("can you stop the reminders", "reminders"),
    ],
)
def test_a_plain_message_is_understood_with_its_typos(text: str, intent: str) -> None:
    said = predict(text)
    assert (said.intent, said.confidence >= SURE) == (intent, True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "👍",
        "😀😀😀",
        "?!",
        "\u200b",
        "\ud800",
        "yes",
        "no",
        "ok",
        "qwrtzp",
        "a" * 5000,
        "şğü",
        "مرحبا",
    ],
)
def test_what_says_nothing_is_not_acted_upon(text: str) -> None:
    assert not in_scope(predict(text))


@pytest.mark.parametrize("text", ["do you like goats", "a moth in the wardrobe", "when is mother's day"])
def test_another_short_word_is_no_slip_of_ours(text: str) -> None:
    assert not in_scope(predict(text))


@pytest.mark.parametrize(
    "text",
    [
        "should I stop taking my statin",
        "how many paracetamol can I take",
        "what is the right dose of my insulin",
    ],
)
def test_a_question_about_medicines_is_taken_for_one_or_left_alone(text: str) -> None:
    said = predict(text)
    assert said.intent == "medicines" or not in_scope(said)


def test_an_emoji_beside_the_words_changes_nothing() -> None:
    assert predict("thank you 🙏") == predict("thank you")


def test_only_the_first_thousand_characters_are_read() -> None:
    text = "I cannot sleep at night. " * 200
    assert len(text) == 5000
    assert predict(text) == predict(text[:1000])


def test_the_next_two_intents_are_named() -> None:
    said = predict("I worry about my heart when I am out of breath")
    assert len({said.intent, *said.also}) == 3
    assert said.by in (PIECES, BOTH)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=200))
def test_any_text_gets_a_chance_between_none_and_certain(text: str) -> None:
    said = predict(text)
    assert 0 <= said.confidence <= 1
    assert said.intent in library().understanding


def test_the_unseen_messages_really_are_unseen() -> None:
    known = {text.casefold() for _, text in pairs(library().understanding)}
    assert [text for _, text in unseen() if text.casefold() in known] == []
