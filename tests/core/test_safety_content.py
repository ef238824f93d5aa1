"""The safety files themselves: their examples hold, their lines have numbers, their mistakes are named."""

import copy
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from safety_files import content, parts, screener

from bot.core.safety import (
    Context,
    PhraseError,
    SafetyContent,
    Tier,
    compile_screen,
    example_problems,
    gather,
    signposting,
)

NATIONS = ("england", "scotland", "wales", "northern_ireland")


def changed(**replaced: Any) -> SafetyContent:
    return SafetyContent.model_validate({**copy.deepcopy(parts()), **replaced})


def with_first_rule(**fields: Any) -> SafetyContent:
    """Of all rules the first alone: the others need a second to compile."""
    return changed(rules=[{**copy.deepcopy(parts()["rules"][0]), **fields}])


def test_the_shipped_rules_keep_their_own_examples() -> None:
    assert example_problems(content()) == []


def test_every_rule_has_an_owner_who_has_not_signed() -> None:
    assert {rule.owner for rule in content().rules} == {"clinical safety lead, unsigned draft"}


def test_a_positive_example_that_is_missed_is_a_problem() -> None:
    rule = parts()["rules"][0]
    broken = with_first_rule(examples={**rule["examples"], "hit": ["the sun is shining"]})
    assert [problem.rule for problem in example_problems(broken)] == [rule["id"]]


def test_a_negative_example_that_is_caught_is_a_problem() -> None:
    rule = parts()["rules"][0]
    broken = with_first_rule(examples={**rule["examples"], "miss": [rule["examples"]["hit"][0]]})
    assert [problem.rule for problem in example_problems(broken)] == [rule["id"]]


def test_a_hint_that_is_missed_is_a_problem() -> None:
    rule = next(rule for rule in parts()["rules"] if rule.get("hints"))
    rules = [{**rule, "examples": {**rule["examples"], "hint": ["the sun is shining"]}}]
    assert [problem.rule for problem in example_problems(changed(rules=rules))] == [rule["id"]]


@pytest.mark.parametrize("missing", ["patterns", "hints"])
def test_a_rule_shows_an_example_of_what_it_has_and_of_nothing_else(missing: str) -> None:
    rule = next(rule for rule in parts()["rules"] if rule.get("hints") and rule.get("patterns"))
    with pytest.raises(ValidationError, match="example under"):
        changed(rules=[{**rule, missing: []}])


def test_two_rules_of_one_name_are_a_problem() -> None:
    first = parts()["rules"][0]
    doubled = changed(rules=[first, first])
    assert "two rules have this name" in {problem.message for problem in example_problems(doubled)}


@pytest.mark.parametrize(
    "phrase",
    ["(want", "<nowhere>", "[maybe]", "a || b", "want )", "(want && die)", "want && ", "want && [maybe]"],
)
def test_a_phrase_that_cannot_be_read_is_a_problem(phrase: str) -> None:
    broken = with_first_rule(patterns=[phrase])
    assert example_problems(broken)[-1].rule == "patterns"
    with pytest.raises(PhraseError):
        compile_screen(broken)


@pytest.mark.parametrize("nation", NATIONS)
def test_every_nation_has_a_crisis_line_and_999(nation: str) -> None:
    purposes = {line.purpose for line in signposting(content(), nation).lines}
    assert {"crisis", "emergency", "domestic_abuse"} <= purposes


def test_a_nations_own_line_comes_first() -> None:
    assert signposting(content(), "northern_ireland").lines[0].number == "0808 808 8000"


def test_an_unknown_nation_has_no_lines() -> None:
    assert signposting(content(), "atlantis").lines == ()


def test_a_language_without_lines_falls_back_to_english() -> None:
    assert signposting(content(), "wales", "cy") == signposting(content(), "wales", "en")


def test_a_nation_without_lines_is_a_problem() -> None:
    fewer = [held for held in parts()["signposting"] if held["nation"] != "scotland"]
    content = changed(signposting=fewer, rules=parts()["rules"][:1])
    assert {problem.rule for problem in example_problems(content)} == {"scotland"}


def test_a_line_without_its_number_is_a_problem() -> None:
    held = copy.deepcopy(parts()["signposting"])
    held[0]["lines"][0]["text"] = "Call the helpline."
    content = changed(signposting=held, rules=parts()["rules"][:1])
    assert any("lacks its number" in problem.message for problem in example_problems(content))


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError):
        changed(surprise=1)


def test_a_part_claimed_by_two_files_is_refused() -> None:
    with pytest.raises(ValueError, match="guards"):
        gather({"a.yaml": {"guards": {}}, "b.yaml": {"guards": {}}})


HITS = [
    (rule.id, example, Context(rule.states[0] if rule.states else "none", frozenset(rule.conditions[:1])))
    for rule in content().rules
    for example in rule.examples.hit
]


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None)
def test_no_text_makes_the_screen_raise(text: str) -> None:
    assert screener()(text, Context()).tier in set(Tier)


@given(
    st.text(alphabet="ik dieltomysf'’.,!?*1@\n2%+/", max_size=200),
    st.sampled_from(["none", "safety_question", "measure:phq9.9", "ask:number:glucose"]),
)
@settings(max_examples=150, deadline=None)
def test_no_text_near_the_safety_words_makes_the_screen_raise(text: str, state: str) -> None:
    assert screener()(text, Context(state)).tier in set(Tier)


@given(
    st.sampled_from(HITS),
    st.sampled_from(
        [
            str.upper,
            str.title,
            lambda t: t.replace("'", "’"),
            lambda t: t.replace(" ", "  "),
            lambda t: f"  {t}\n",
        ]
    ),
)
@settings(max_examples=300, deadline=None)
def test_how_an_example_is_typed_never_lowers_its_tier(hit: tuple[str, str, Context], retyped: Any) -> None:
    _, text, context = hit
    assert screener()(retyped(text), context).tier >= screener()(text, context).tier


@given(st.text(alphabet="abcdefghij ", max_size=60))
@settings(max_examples=100, deadline=None)
def test_the_same_text_is_always_judged_the_same(text: str) -> None:
    assert screener()(text, Context()) == screener()(text, Context())


def steps(text: str) -> int:
    """How many calls the screen makes for a text: a count that no slow machine can change."""
    made = 0

    def count(_frame: object, event: str, _what: object) -> None:
        nonlocal made
        made += event in ("call", "c_call")

    screener()
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        screener()(text, Context())
    finally:
        sys.setprofile(before)
    return made


@pytest.mark.parametrize(
    "unit",
    [
        "i do not want to die ",
        "k i l l ",
        "sugar 2.9 now ",
        "zzqx ",
        "killmyself ",
        "my knee hurts. ",
        "a",
        "was. ",
    ],
)
def test_the_work_grows_no_faster_than_the_text(unit: str) -> None:
    assert steps(unit * 400) <= 4.5 * steps(unit * 100)


@pytest.mark.parametrize(
    ("phrase", "text", "heard"),
    [
        ("kettle & teapot", "the teapot is cold and so is the kettle", True),
        ("kettle & teapot", "the teapot is cold. so is the kettle", False),
        ("kettle && teapot", "the teapot is cold. so is the kettle", True),
        ("kettle && teapot & saucer", "the teapot. the kettle. a saucer", False),
        ("kettle [$] & teapot", "i dropped the kettle. my teapot", True),
        ("(kettle & teapot) now", "the kettle and my teapot now", True),
        ("kettle ...2 $ ...2 teapot", "i dropped the kettle there. and my teapot", True),
        ("kettle ...2 $ ...2 teapot", "i dropped the kettle there and my teapot", False),
        ("^ kettle", "hello there. kettle gone", True),
        ("^ kettle", "my kettle", False),
        ("($|^) kettle", "hello there. kettle gone", True),
        ("kettle $", "my kettle. hello", True),
    ],
)
def test_a_phrase_keeps_to_its_sentence_unless_an_end_is_written_in_it(
    phrase: str, text: str, heard: bool
) -> None:
    rule = parts()["rules"][0]
    content = with_first_rule(
        patterns=[phrase], hints=[], guards=[], examples={"hit": [text], "miss": ["no"]}
    )
    found = compile_screen(content)(f"it is late. {text}. good night", Context())
    assert (rule["id"] in [hit.rule for hit in found.hits]) is heard


def test_a_phrase_that_is_too_large_is_named_by_the_check() -> None:
    """It is compiled when a text first needs it, and must not be found out by a patient's message."""
    large = "kettle ...2000 teapot"
    (problem,) = example_problems(with_first_rule(patterns=[large]))
    assert problem.path == ("rules", 0, "patterns", 0)
    assert problem.message.startswith("too many words and gaps")


def test_an_equal_content_uses_the_screen_that_is_there_and_another_one_its_own() -> None:
    same, other = changed(), changed(version="another")
    same.take_over(content())
    other.take_over(content())
    assert same.screen is screener()
    assert "screen" not in vars(other)
