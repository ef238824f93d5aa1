"""``bounceback understand``: lines in, lines out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from said import CONTENT
from typer.testing import CliRunner

from bot.cli.understand import models, train, understand
from bot.core.errors import Misuse

_APP = typer.Typer()
_APP.command()(understand)
_TEACHES = typer.Typer()
_TEACHES.command()(train)
_TEACHES.command()(models)
NLU = """
version: "3.1"
nlu:
- intent: tea
  examples: |
    - a cup of [tea](drink)
    - brew up
    - tea please
- intent: bread
  examples: |
    - a slice of bread
    - a loaf
    - toast please
"""


def run(said: str, *words: str) -> tuple[int, list[str]]:
    result = CliRunner().invoke(_APP, ["--content", str(CONTENT), *words], input=said)
    return result.exit_code, result.stdout.splitlines()


def test_machines_get_the_intent_the_chance_and_the_scope() -> None:
    code, lines = run('{"text": "I cannot sleep"}\n\n{"text": "", "more": 1}\n', "--jsonl")
    first, second = (json.loads(line) for line in lines)
    assert code == 0
    assert (first.pop("confidence") > 0.55, first) == (True, {"intent": "sleep", "in_scope": True})
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


def test_any_file_of_intents_is_taught_and_asked(tmp_path: Path) -> None:
    nlu, model = tmp_path / "nlu.yml", tmp_path / "tea.model"
    nlu.write_text(NLU)
    done = CliRunner().invoke(_TEACHES, ["train", "--nlu", str(nlu), "--out", str(model), "--json"])
    told = json.loads(done.stdout)
    assert (done.exit_code, told["examples"], told["groups"]) == (0, 6, 2)
    assert told["bytes"] == model.stat().st_size
    code, [line] = run('{"text": "a nice cup of tea"}\n', "--jsonl", "--model", str(model))
    assert (code, json.loads(line)["intent"]) == (0, "tea")


@pytest.mark.parametrize("held", ["", "nlu: 3", NLU.split("- intent: bread")[0], "nlu: [", "\xff"])
def test_a_file_that_teaches_nothing_is_refused_in_words(tmp_path: Path, held: str) -> None:
    nlu = tmp_path / "nlu.yml"
    nlu.write_bytes(held.encode("latin-1"))
    done = CliRunner().invoke(_TEACHES, ["train", "--nlu", str(nlu), "--out", str(tmp_path / "m")])
    assert isinstance(done.exception, Misuse)


def test_a_file_that_is_no_model_is_refused_in_words(tmp_path: Path) -> None:
    other = tmp_path / "m"
    other.write_text("no model")
    result = CliRunner().invoke(_APP, ["--model", str(other)], input="hello\n")
    assert isinstance(result.exception, Misuse)
