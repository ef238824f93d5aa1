"""The image and the compose file: valid, private by default, and every command in them exists."""

from __future__ import annotations

import json
import re
import shlex
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from jsonschema.validators import validator_for
from papers import ROOT, paper
from typer.core import TyperGroup

from bot.cli import app
from bot.settings import PREFIX, Settings

COMPOSE: dict[str, Any] = yaml.safe_load(paper("docker-compose.yml"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"] == "bounceback"]


def test_the_compose_file_is_valid() -> None:
    """Against the schema of the Compose Specification, as check-jsonschema ships it."""
    schema = compose_schema()
    errors = validator_for(schema)(schema).iter_errors(COMPOSE)
    assert [f"{'.'.join(map(str, error.path))}: {error.message}" for error in errors] == []


def compose_schema() -> dict[str, Any]:
    """Read, not imported: the package brings a network client that nothing here needs."""
    package = find_spec("check_jsonschema")
    assert package is not None and package.origin, "the development dependency check-jsonschema is missing"
    path = Path(package.origin).parent / "builtin_schemas/vendor/compose-spec.json"
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema


def test_a_compose_file_with_a_slip_is_not_valid() -> None:
    schema = compose_schema()
    slipped = {"services": {"web": {"image": "bounceback", "port": ["8000:8000"]}}}
    assert not validator_for(schema)(schema).is_valid(slipped)


def test_every_role_is_there() -> None:
    assert set(SERVICES) == {"postgres", "bus", "actions", "migrate", "web", "work", "mail"}


@pytest.mark.parametrize("name", OURS)
def test_every_command_of_ours_exists(name: str) -> None:
    program, *words = SERVICES[name]["command"]
    if program == "python":
        assert words == ["-m", "rasa_sdk", "--actions", "actions"]
        return
    assert program == "bounceback"
    command(words)


def test_the_command_of_the_image_exists() -> None:
    (line,) = re.findall(r"^CMD (\[.*\])$", paper("Dockerfile"), re.MULTILINE)
    program, *words = yaml.safe_load(line)
    assert program == "bounceback"
    command(words)


def command(words: list[str]) -> None:
    """Raises where there is no such command, or it does not know one of these words."""
    top = typer.main.get_command(app)
    assert isinstance(top, TyperGroup)
    name, *rest = words
    top.commands[name].make_context(name, rest)


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_published_on_this_machine_only(name: str) -> None:
    assert [p for p in SERVICES[name].get("ports", []) if not p.startswith("127.0.0.1:")] == []


@pytest.mark.parametrize("name", ["postgres", "bus", "actions"])
def test_what_asks_for_no_password_stays_on_the_inner_network(name: str) -> None:
    assert SERVICES[name]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"] is True


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_every_lasting_service_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


def test_the_record_is_durable() -> None:
    assert SERVICES["postgres"]["image"] == "postgres:18"
    assert "fsync=on" in SERVICES["postgres"]["command"]
    assert "synchronous_commit=on" in SERVICES["postgres"]["command"]


@pytest.mark.parametrize("name", OURS)
def test_only_settings_that_exist_are_set(name: str) -> None:
    known = {f"{PREFIX}{setting.upper()}" for setting in Settings.model_fields}
    assert set(SERVICES[name].get("environment", {})) - known == set()


def test_no_secret_stands_in_the_file() -> None:
    secrets = [
        line for line in paper("docker-compose.yml").splitlines() if re.search("PASSWORD:|KEYS:", line)
    ]
    assert secrets
    assert [line for line in secrets if "${" not in line] == []


def test_the_action_server_is_told_no_secret() -> None:
    assert SERVICES["actions"]["environment"] == {}
    assert SERVICES["actions"]["env_file"] == []


def test_the_image_installs_the_lock_with_its_hashes_and_runs_as_nobody_in_particular() -> None:
    text = paper("Dockerfile")
    assert "pip install --require-hashes --no-deps -r requirements.lock" in text
    assert "requirements-dev" not in text
    assert re.findall(r"^USER (.+)$", text, re.MULTILINE) == ["10001"]
    assert "EXPOSE 8000" in text


def test_what_the_image_copies_is_let_in() -> None:
    let_in = {line[1:] for line in paper(".dockerignore").splitlines() if line.startswith("!")}
    copied: set[str] = set()
    for line in re.findall(r"^COPY (?!--from)(.+)$", paper("Dockerfile"), re.MULTILINE):
        copied |= set(shlex.split(line)[:-1])
    assert copied - let_in == set()
    assert {name for name in let_in if not (ROOT / name).exists()} == set()
