"""What the classifier takes messages for, and how sure it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import OTHER, classifier, in_scope, library, pairs, unseen

from bot.core.errors import Misuse
from bot.core.flow.home import SURE
from bot.core.inputs import Understood
from bot.understanding import Classifier

OURS = tuple((intent, text) for intent, text in unseen() if intent != OTHER)
STRANGE = tuple(text for intent, text in unseen() if intent == OTHER)


def share(held: list[bool]) -> float:
    return sum(held) / len(held)


def test_nine_in_ten_unseen_messages_are_taken_for_what_they_are() -> None:
    assert share([classifier().predict(text).intent == intent for intent, text in OURS]) >= 0.93


def test_most_unseen_messages_are_acted_upon_at_once() -> None:
    said = [(intent, classifier().predict(text)) for intent, text in OURS]
    assert share([one.intent == intent and one.confidence >= SURE for intent, one in said]) >= 0.85


def test_hardly_any_unseen_message_is_acted_upon_wrongly() -> None:
    said = [(intent, classifier().predict(text)) for intent, text in unseen()]
    wrong = [one.intent != intent and in_scope(one) and one.confidence >= SURE for intent, one in said]
    assert share(wrong) <= 0.03


def test_what_is_none_of_our_business_is_left_alone() -> None:
    assert share([in_scope(classifier().predict(text)) for text in STRANGE]) <= 0.12


def test_an_example_is_recognised_without_having_been_seen() -> None:
    """Five times: four fifths of the examples teach, the others are asked about."""
    right = []
    for fold in range(5):
        kept = {
            intent: tuple(text for n, text in enumerate(texts) if n % 5 != fold)
            for intent, texts in library().understanding.items()
        }
        taught = Classifier.train(kept)
        for intent, texts in library().understanding.items():
            right += [taught.predict(text).intent == intent for text in texts[fold::5]]
    assert share(right) >= 0.75


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
    said = classifier().predict(text)
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
    assert not in_scope(classifier().predict(text))


@pytest.mark.parametrize("text", ["do you like goats", "a moth in the wardrobe", "when is mother's day"])
def test_another_short_word_is_no_slip_of_ours(text: str) -> None:
    assert not in_scope(classifier().predict(text))


@pytest.mark.parametrize(
    "text", ["should I stop taking my statin", "how many paracetamol can I take", "what dose of warfarin"]
)
def test_questions_about_medicines_are_not_ours(text: str) -> None:
    assert not in_scope(classifier().predict(text))


def test_an_emoji_beside_the_words_changes_nothing() -> None:
    assert classifier().predict("thank you 🙏") == classifier().predict("thank you")


def test_only_the_first_thousand_characters_are_read() -> None:
    text = "I cannot sleep at night. " * 200
    assert len(text) == 5000
    assert classifier().predict(text) == classifier().predict(text[:1000])


def test_the_next_two_intents_are_named() -> None:
    said = classifier().predict("I worry about my heart when I am out of breath")
    assert len({said.intent, *said.also}) == 3
    assert said.by == "tfidf-1"


def test_the_same_examples_teach_the_same() -> None:
    turned = dict(reversed(library().understanding.items()))
    again = Classifier.train(turned)
    for _, text in unseen():
        assert again.predict(text) == classifier().predict(text)


@given(st.text(max_size=200))
def test_any_text_gets_a_chance_between_none_and_certain(text: str) -> None:
    said = classifier().predict(text)
    assert 0 <= said.confidence <= 1
    assert said.intent in library().understanding


def test_an_unknown_text_is_out_of_scope_for_any_examples() -> None:
    taught = Classifier.train({"yes": ("yes", "yes please"), "no": ("no", "no thanks")})
    assert taught.predict("zzz") == Understood(intent=OTHER, confidence=0.0, by="tfidf-1")


@pytest.mark.parametrize("examples", [{}, {"one": ("a b", "b c")}, {"one": ("a b",), "two": ()}])
def test_one_intent_alone_cannot_be_told_apart(examples: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(Misuse):
        Classifier.train(examples)


def test_the_unseen_messages_really_are_unseen() -> None:
    known = {text.casefold() for _, text in pairs(library().understanding)}
    assert [text for _, text in unseen() if text.casefold() in known] == []
