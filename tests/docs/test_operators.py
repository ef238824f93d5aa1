"""docs/operators.md and .env.example say what the settings, the commands and the meters are."""

from __future__ import annotations

import json
import re

import pytest
import typer
from papers import ROOT, examples, paper, row_of
from typer.core import TyperGroup

from bot.cli import app
from bot.core.service import Service
from bot.settings import PREFIX, Limits, Settings, env_example
from bot.web.metrics import Meters

TEXT = paper("docs/operators.md")
SETTINGS = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields if name != "limits"]
LIMITS = {f"{PREFIX}LIMITS__{name.upper()}": field.default for name, field in Limits.model_fields.items()}


def commands() -> dict[str, object]:
    """Every command with its family: ``alert ack``."""
    top = typer.main.get_command(app)
    assert isinstance(top, TyperGroup)
    found: dict[str, object] = {}
    for name, command in top.commands.items():
        if isinstance(command, TyperGroup):
            found |= {f"{name} {inner}": act for inner, act in command.commands.items()}
        else:
            found[name] = command
    return found


def test_the_example_of_the_environment_is_made_from_the_model() -> None:
    assert (ROOT / ".env.example").read_text() == env_example(), (
        "write bot.settings.env_example() to .env.example"
    )


@pytest.mark.parametrize("variable", SETTINGS)
def test_every_setting_has_its_row(variable: str) -> None:
    assert row_of("docs/operators.md", f"`{variable}`")[2]


@pytest.mark.parametrize("variable", LIMITS)
def test_every_limit_has_its_row_with_its_default(variable: str) -> None:
    assert float(row_of("docs/operators.md", f"`{variable}`")[1]) == LIMITS[variable]


def test_no_setting_is_described_that_does_not_exist() -> None:
    said = {name.removesuffix("_FILE") for name in re.findall(rf"{PREFIX}[A-Z_]+[A-Z]", TEXT)}
    assert said - {*SETTINGS, *LIMITS} == set()


@pytest.mark.parametrize("name", commands())
def test_every_command_is_described(name: str) -> None:
    assert f"`bounceback {name}" in TEXT


def test_no_command_is_described_that_does_not_exist() -> None:
    said = set()
    others = ("docs/editors.md", "docs/editors/reference.md", "docs/integrators.md", "docs/clinicians.md")
    for text in (TEXT, *map(paper, others)):
        said |= set(re.findall(r"(?:`|^ {4}|\| )bounceback ([a-z]+)", text, re.MULTILINE))
    assert said - {name.split()[0] for name in commands()} == set()


def test_the_example_of_a_service_is_one() -> None:
    (example,) = examples("docs/operators.md", "service")
    service = Service.model_validate({"id": "00000000-0000-7000-8000-000000000001", **json.loads(example)})
    assert service.hours.closed


def test_every_meter_is_described() -> None:
    families = [family.name for family in Meters().registry.collect()]
    assert {name for name in families if f"`{name}" not in TEXT} == set()
