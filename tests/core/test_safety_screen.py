"""How the screen reads one message: guards, states, people, and what it says about it."""

import pytest
from safety_files import screener

from bot.core.safety import Context, Screen, Tier


def screen(text: str, state: str = "none", *conditions: str) -> Screen:
    return screener()(text, Context(state, frozenset(conditions)))


def test_tiers_are_ordered() -> None:
    assert Tier.NONE < Tier.CHECK < Tier.ALERT
    assert max(Tier.CHECK, Tier.ALERT, Tier.NONE) is Tier.ALERT


def test_an_empty_message_is_silent() -> None:
    assert screen("") == Screen(Tier.NONE)


def test_hits_come_gravest_first() -> None:
    found = screen("no one would miss me. I have chest pain and i want to die")
    assert [hit.tier.rank for hit in found.hits] == sorted(
        (hit.tier.rank for hit in found.hits), reverse=True
    )
    assert found.gravest is found.hits[0]


@pytest.mark.parametrize(
    ("text", "concern"),
    [
        ("I want to kill myself", "risk"),
        ("I have chest pain", "emergency:heart"),
        ("my husband hits me", "safeguarding"),
        ("my daughter says she wants to kill herself", "safeguarding"),
    ],
)
def test_a_hit_names_the_concern_it_belongs_to(text: str, concern: str) -> None:
    gravest = screen(text).gravest
    assert gravest is not None
    assert gravest.concern == concern


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("I am not suicidal", Tier.NONE),
        ("I am not fine, I want to die", Tier.ALERT),
        ("not going to lie, I want to die", Tier.ALERT),
        ("I said no, that was a lie, I am suicidal", Tier.ALERT),
        ("I am not suicidal but I feel worthless and trapped", Tier.CHECK),
        ("I used to feel suicidal years ago but I'm fine now", Tier.NONE),
        ("I used to feel suicidal years ago and it has come back", Tier.ALERT),
        ("years ago I felt suicidal", Tier.CHECK),
        ("this headache is killing me", Tier.NONE),
        ("this headache is killing me and I want to die", Tier.ALERT),
        ("what are the signs of a stroke?", Tier.NONE),
        ("what are the signs of a stroke? my face has dropped", Tier.ALERT),
        ("what happens if I kill myself", Tier.CHECK),
        ("my friend is suicidal", Tier.CHECK),
    ],
)
def test_a_guard_softens_only_what_it_covers(text: str, tier: Tier) -> None:
    assert screen(text).tier is tier


def test_someone_else_is_a_category_of_its_own() -> None:
    gravest = screen("my mate told me he is suicidal").gravest
    assert gravest is not None
    assert gravest.category == "third_person"


@pytest.mark.parametrize(
    "text",
    [
        "k1ll myself",
        "k i l l  m y s e l f",
        "kill   myself",
        "KILL MYSELF",
        "kіll mуself",
        "k*ll myself",
        "killl myself",
        "kill myslef",
    ],
)
def test_disguised_words_are_read(text: str) -> None:
    assert screen(f"i want to {text}").tier is Tier.ALERT


@pytest.mark.parametrize("answer", ["not at all", "Not at all.", "0", "no", "never"])
def test_not_at_all_to_item_nine_is_silent(answer: str) -> None:
    assert screen(answer, "measure:phq9.9").tier is Tier.NONE


@pytest.mark.parametrize(
    ("answer", "tier"),
    [
        ("several days", Tier.CHECK),
        ("1", Tier.CHECK),
        ("nearly every day", Tier.ALERT),
        ("3", Tier.ALERT),
        ("yes", Tier.ALERT),
        ("", Tier.CHECK),
    ],
)
def test_anything_above_not_at_all_to_item_nine_speaks(answer: str, tier: Tier) -> None:
    assert screen(answer, "measure:phq9.9").tier is tier


@pytest.mark.parametrize("answer", ["definately not x", "no", "No.", "nope", "no I'm not", "not at all"])
def test_a_plain_no_to_the_safety_question_is_a_no(answer: str) -> None:
    assert screen(answer, "safety_question").tier is Tier.NONE


@pytest.mark.parametrize(
    "answer",
    [
        "nope, not at all",
        "No thank you. Nothing like that.",
        "no no, I promise",
        "naw hen, nothing like that",
    ],
)
def test_a_no_may_be_said_several_times_and_kindly(answer: str) -> None:
    assert screen(answer, "safety_question").tier is Tier.NONE


@pytest.mark.parametrize(
    "answer",
    [
        "No, thank you for asking, dear. The Lord has the date and I do not go rushing Him.",
        "Nay. I've a farm to run.",
        "None whatsoever, but thank you for asking. It can't be an easy thing to ask.",
        "christ no, I only meant the bus",
        "not even a little bit, ive got exams",
        "It's a fair question. I have not had thoughts like that. So the answer is no.",
    ],
)
def test_more_may_be_said_with_a_no(answer: str) -> None:
    assert screen(answer, "safety_question").tier is Tier.NONE


@pytest.mark.parametrize(
    "answer",
    [
        "No. Sometimes I wonder though.",
        "No, but I would not mind if it happened.",
        "never. not yet.",
        "No. I just want it all to stop.",
        "No, but thank you for asking, but it would be easier.",
        "no more than anybody would",
        "No? Who told you that?",
        "no comment",
        "No one would notice.",
        "Years ago I did. These days I keep busy.",
        "No. Well. I told the doctor no.",
    ],
)
def test_what_is_unsure_beside_a_no_is_no_no(answer: str) -> None:
    assert screen(answer, "safety_question").tier is Tier.ALERT


@pytest.mark.parametrize("answer", ["I'm fine", "thank you", "no, I am", "no but I promise", "honestly"])
def test_what_may_stand_beside_a_no_is_no_no_by_itself(answer: str) -> None:
    assert screen(answer, "safety_question").tier is Tier.ALERT


@pytest.mark.parametrize(
    "answer", ["yes", "not really", "dunno", "", "maybe", "why do you ask", "no but it would be easier"]
)
def test_an_unclear_answer_to_the_safety_question_counts_as_yes(answer: str) -> None:
    found = screen(answer, "safety_question")
    assert (found.tier, found.hits[0].concern) == (Tier.ALERT, "risk")


def test_thanks_after_signposting_is_silent() -> None:
    assert screen("thank you, I rang them", "after_signpost").tier is Tier.NONE


def test_too_late_after_signposting_is_an_alarm() -> None:
    assert screen("it's too late", "after_signpost").tier is Tier.ALERT


@pytest.mark.parametrize(
    "state",
    ["confirm:stop", "confirm:erase", "goal", "group_post", "group_name", "language", "outage", "paused"],
)
def test_words_of_crisis_are_heard_whatever_was_asked(state: str) -> None:
    assert screen("stop, i want to die", state).tier is Tier.ALERT


def test_a_condition_that_is_known_makes_a_sign_an_emergency() -> None:
    assert screen("I'm all shivery").tier is Tier.NONE
    assert screen("I'm all shivery", "none", "cancer").tier is Tier.ALERT


def test_a_condition_that_is_named_counts_as_known() -> None:
    assert screen("I'm on chemo and all shivery").gravest.concern == "emergency:cancer"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("There is a tow rope in the boot. It would take my weight.", Tier.ALERT),
        ("It would take my weight. There is a tow rope in the boot.", Tier.ALERT),
        ("There is a tow rope in the boot. The car will not start.", Tier.NONE),
    ],
)
def test_two_cues_of_one_rule_may_stand_in_two_sentences(text: str, tier: Tier) -> None:
    assert screen(text).tier is tier


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        # Two cues in two sentences, where only one of them has a slip whose right reading comes second.
        ("you haev been brilliant. bye", "farewell"),
        ("leave insulin. slimt", "eating-insulin-left-out"),
        ("not answerinmg. honey", "cannot-be-roused"),
        # One cue goes over a sentence's end.
        ("nearly did. no guts", "going-to-act"),
        ("run out. can not stay alive", "glad-if-it-ended"),
    ],
)
def test_a_cue_may_stand_in_several_sentences_and_be_mistyped_in_one(text: str, rule: str) -> None:
    assert rule in {hit.rule for hit in screen(text).hits}


def test_a_hint_may_go_over_a_sentences_end_and_be_mistyped_behind_it() -> None:
    assert screen("oxygen stopped. sctared").hints == screen("oxygen stopped. scared").hints != ()


def test_what_is_said_of_somebody_else_does_not_hide_what_is_said_of_oneself() -> None:
    said = screen("this is my lost post. you have been god to me. They'll manage withhout me.")
    assert ("burden-in-other-words", "risk") in {(hit.rule, hit.concern) for hit in said.hits}


@pytest.mark.parametrize(
    "text",
    ["suicidal? no", "do i want to die? no", "thoughts of self harm. none", "chest pain? no. breathless? no"],
)
def test_a_no_may_be_a_sentence_of_its_own(text: str) -> None:
    assert screen(text).tier is Tier.NONE


@pytest.mark.parametrize(
    "text",
    [
        "my husband dragged me to the floor by my hair",
        "he dragged me out to the car and locked me in",
        "he dragged me along the floor",
        "had sugar in my tea and my sugar is still 2.9",
        "sugar 2.9 and i feel different",
        "my sugar is 2.8, i feel like im falling apart",
        "sats 85 falling apart here",
        "sugar 2.9 one thing after another",
        "using pads now, the heat pad does not help, numb between my legs",
        "old me would have wanted to fight this, now i want to die",
        "the old me is gone. i want to end it",
        "it is not my fault, i did everything right and now i want to die",
    ],
)
def test_what_is_left_alone_in_everyday_talk_is_not_left_alone_in_an_alarm(text: str) -> None:
    """Near each of these stands a guard for a harmless sentence with the same words."""
    assert screen(text).tier is Tier.ALERT


@pytest.mark.parametrize(
    "text",
    [
        "nobody's washed me since Friday",
        "the bairn's chewed my heart tablets",
        "mam's collapsed in the kitchen",
    ],
)
def test_a_word_with_an_s_behind_it_is_read_as_the_word(text: str) -> None:
    assert screen(text).tier is Tier.ALERT
