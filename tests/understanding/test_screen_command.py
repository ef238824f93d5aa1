"""``bounceback screen``: the rules first, and where they are silent the second net."""

from __future__ import annotations

import json
from typing import Any

import pytest
import typer
from said import CONTENT, library, net
from typer.testing import CliRunner

from bot.cli.judging import screen
from bot.core.safety import Context, Tier
from bot.understanding import Reading
from bot.understanding.encoder import encoder

_APP = typer.Typer()
_APP.command()(screen)


def judged(*asked: dict[str, Any]) -> list[dict[str, Any]]:
    lines = "".join(f"{json.dumps(each)}\n" for each in asked)
    result = CliRunner().invoke(_APP, ["--jsonl", "--content", str(CONTENT)], input=lines)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def missed_and_raised() -> str:
    """One of the net's own examples that no rule hears."""
    bars = library().safety.second_net
    return next(
        text
        for name in ("risk/passive", "risk/veiled", "emergency/chest")
        for text in library().second_net.get(name, ())
        if (heard := library().screen(text, Context())).tier == Tier.NONE
        and not heard.hints
        and net().worry(Reading(text, encoder)).risk >= bars.risk
    )


def test_the_net_raises_the_question_where_the_rules_are_silent() -> None:
    text = missed_and_raised()
    [said] = judged({"text": text})
    assert said == {"tier": "check", "category": "second_net", "rule": "second-net-risk"}


def test_the_rules_speak_first_and_an_ordinary_day_is_left_alone() -> None:
    rules, ordinary = judged({"text": "I want to die"}, {"text": "thanks, see you tomorrow"})
    assert rules["tier"] == "alert" and rules["category"] != "second_net"
    assert ordinary["tier"] == "none"


@pytest.mark.parametrize("state", ["safety_question", "measure:phq9.9"])
def test_a_plain_answer_to_a_question_of_ours_is_not_doubted(state: str) -> None:
    [said] = judged({"text": "not at all", "state": state})
    assert said["tier"] == "none"


def told(*asked: str) -> list[str]:
    result = CliRunner().invoke(_APP, [*asked, "--content", str(CONTENT)])
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def test_of_one_text_people_see_which_rule_spoke_and_by_which_pattern() -> None:
    first, *rest = told("I want to die")
    assert first == "alert: where to turn is shown at once, and the team hears now."
    assert rest[0].startswith("  alert by the rule want-to-die: suicidal_active, concern risk")
    assert rest[1].startswith("    by: ") and rest[1].endswith("die")


def test_of_one_text_people_see_that_the_net_spoke_or_that_nothing_did() -> None:
    assert told(missed_and_raised())[1] == "  check by the second net: second_net, concern risk"
    assert told("thanks, see you tomorrow") == ["none: nothing speaks, neither a rule nor the second net."]


def test_one_text_is_read_with_what_its_writer_lives_with_and_was_asked() -> None:
    assert told("temp 37.8")[0].startswith("none")
    assert told("temp 37.8", "--condition", "cancer")[:2] == [
        "alert: where to turn is shown at once, and the team hears now.",
        "  reads temperature 37.8 °C",
    ]
    assert told("dunno", "--state", "safety_question")[0].startswith(("check", "alert"))
