"""Every rule is needed by an example of its own, and what no example needs is found."""

import copy
from typing import Any

import pytest
from safety_files import content, parts

from bot.core.safety import SafetyContent
from bot.core.safety.bearing import Idle, context_of, unheld_patterns, unheld_phrase

RULES = {rule.id: rule for rule in content().rules}


def changed(**replaced: Any) -> SafetyContent:
    return SafetyContent.model_validate({**copy.deepcopy(parts()), **replaced})


@pytest.mark.parametrize("name", sorted(RULES))
def test_each_rule_is_heard_by_a_pattern_of_its_own_for_every_example(name: str) -> None:
    rule = RULES[name]
    for text in rule.examples.hit:
        assert content().screen.heard_by(text, context_of(rule)).get(name), text


def test_a_pattern_without_an_example_is_named() -> None:
    rule = copy.deepcopy(parts()["rules"][0])
    rule["patterns"] = [*rule["patterns"], "purple elephants"]
    wider = changed(rules=[rule, *parts()["rules"][1:]])
    assert Idle(rule["id"], "purple elephants") in unheld_patterns(wider, wider.rules[0])


def test_a_pattern_that_alone_hears_an_example_is_held() -> None:
    rule = copy.deepcopy(parts()["rules"][0])
    rule["patterns"] = [*rule["patterns"], "purple elephants"]
    rule["examples"]["hit"] = [*rule["examples"]["hit"], "purple elephants everywhere"]
    wider = changed(rules=[rule, *parts()["rules"][1:]])
    assert Idle(rule["id"], "purple elephants") not in unheld_patterns(wider, wider.rules[0])


def test_a_guard_that_an_example_needs_is_held_and_one_that_none_needs_is_named() -> None:
    first = next(rule for rule in parts()["rules"] if rule["id"] == "suicidal-word")
    guards = copy.deepcopy(parts()["guards"])
    guards["idioms"] = [*guards["idioms"], "purple elephants"]
    narrow = changed(rules=[first], guards=guards)
    assert unheld_phrase(narrow, "idioms", len(guards["idioms"]) - 1) == Idle("idioms", "purple elephants")
    assert unheld_phrase(narrow, "negation", 0) is None
