"""``bounceback understand``: lines in, lines out."""

from __future__ import annotations

import json

import pytest
import typer
from said import CONTENT
from typer.testing import CliRunner

from bot.cli.understand import understand

_APP = typer.Typer()
_APP.command()(understand)


def run(said: str, *words: str) -> tuple[int, list[str]]:
    result = CliRunner().invoke(_APP, ["--content", str(CONTENT), *words], input=said)
    return result.exit_code, result.stdout.splitlines()


def test_machines_get_the_intent_the_chance_and_the_scope() -> None:
    code, lines = run('{"text": "I cannot sleep"}\n\n{"text": "", "more": 1}\n', "--jsonl")
    first, second = (json.loads(line) for line in lines)
    assert code == 0
    assert (first.pop("confidence") > 0.9, first) == (True, {"intent": "sleep", "in_scope": True})
    assert second == {"intent": "out_of_scope", "confidence": 0.0, "in_scope": False}


def test_people_get_a_line_to_read() -> None:
    code, [line] = run("hello there\n")
    assert code == 0
    assert line.endswith(" hello")


@pytest.mark.parametrize("line", ["hello", "[]", '{"text": 3}', '{"message": "hello"}', "[" * 5000])
def test_a_line_that_is_no_message_ends_it(line: str) -> None:
    assert run(line, "--jsonl") == (2, [])


def test_a_folder_without_examples_ends_it() -> None:
    assert run("hello", "--content", "/nowhere") == (2, [])
