"""``bounceback search``: a question by hand, or lines in and lines out."""

from __future__ import annotations

import json
from typing import Any

import pytest
import typer
from said import CONTENT
from typer.testing import CliRunner

from bot.cli.search import search
from bot.core.errors import Misuse
from bot.core.flow.finding import FITS, MOST_OFFERED

_APP = typer.Typer()
_APP.command()(search)


def run(*words: str, said: str = "") -> list[str]:
    result = CliRunner().invoke(_APP, ["--content", str(CONTENT), *words], input=said, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout.splitlines()


def results(*asked: dict[str, Any]) -> list[list[dict[str, Any]]]:
    lines = run("--jsonl", said="\n".join(map(json.dumps, asked)))
    return [json.loads(line)["results"] for line in lines]


def test_a_page_and_its_step_are_named_and_nothing_where_nothing_fits() -> None:
    help_, cup = results(
        {"query": "so tired from chemo, how do I ask somebody to do my shopping", "conditions": ["cancer"]},
        {"query": "who won the cup on saturday"},
    )
    assert (help_[0]["module"], help_[0]["step"]) == ("cancer/tiredness", "asking-for-help")
    assert help_[0]["title"] == "When you are tired to the bone"
    assert len(help_) <= MOST_OFFERED and help_[0]["score"] >= FITS
    assert cup == []


def test_ones_own_conditions_come_first() -> None:
    asked = [{"query": "can I go on a plane with this", "conditions": [own]} for own in ("copd", "heart")]
    assert [found[0]["module"] for found in results(*asked)] == [
        "answers/copd/flying",
        "answers/heart/flying-and-holidays",
    ]


def test_people_see_what_is_not_offered_as_well() -> None:
    lines = run("can I still fly", "--condition", "copd")
    assert lines[0].endswith(" answers/copd/flying  Flying with COPD")
    assert "-- not offered" in lines
    assert run("who won the cup on saturday")[0] == "-- nothing fits; these are the nearest"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), ""),
        (("fly", "--jsonl"), ""),
        (("fly", "--condition", "gout"), ""),
        (("--jsonl",), '{"query": "fly", "conditions": ["gout"]}'),
        (("--jsonl",), '{"text": "fly"}'),
        (("--jsonl",), '{"query": 3}'),
        (("--jsonl",), "fly"),
    ],
)
def test_what_cannot_be_asked_is_refused(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(Misuse):
        run(*words, said=said)
