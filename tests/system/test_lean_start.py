"""What a server has loaded when its doors open: counted, never timed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.cli.proofs.instance import Instance, environment

pytestmark = pytest.mark.system

# The actions and understanding come after the doors are open; alembic, the parsers and commands where they are wanted.
NOT_AT_READY = (
    "alembic",
    "bot.cli.bench",
    "bot.cli.house",
    "lark",
    "markdown_it",
    "numpy",
    "playwright",
    "pytest",
    "rasa_sdk",
    "sanic",
    "scipy",
    "sklearn",
    "yaml",
)
HOUSE = ("aiohttp", "asyncpg", "bot.adapters", "bot.usecases", "bot.web", "bot.wiring", "redis", "sqlalchemy")
TELLS = """
import json, os, sys
import typer
from aiohttp import web
from bot.core.safety import screen

screens, at_the_doors, echo = [], [], typer.echo
compiled, start = screen.compile_screen, web.TCPSite.start

def counted(content):
    screens.append(1)
    return compiled(content)

async def listens(site):
    at_the_doors.append(len(screens))
    await start(site)

def tells(said, **how):
    if str(said).startswith("Ready after"):
        print(json.dumps({"modules": list(sys.modules), "screens": at_the_doors}), flush=True)
        os._exit(0)

screen.compile_screen, web.TCPSite.start, typer.echo = counted, listens, tells
from bot.cli import main
main()
"""


def carried_out(code: str, *words: str | Path) -> Any:
    """The last line that a fresh process prints, which is JSON."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        env=environment({}),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def at_ready(
    tmp_path_factory: pytest.TempPathFactory, begun: Callable[[Path], Path]
) -> Iterator[dict[str, Any]]:
    """At the second start of a data folder, with content that is as it was at the first."""
    instance = Instance(begun(tmp_path_factory.mktemp("lean") / "var"))
    command = ("run", "--data", instance.data, "--port", str(instance.port))
    try:
        carried_out(TELLS, *command)
        yield carried_out(TELLS, *command)
    finally:
        instance.clear()


@pytest.mark.parametrize("module", NOT_AT_READY)
def test_a_server_that_is_ready_has_loaded_nothing_that_it_does_not_need(
    at_ready: dict[str, Any], module: str
) -> None:
    assert [name for name in at_ready["modules"] if f"{name}.".startswith(f"{module}.")] == []


def test_the_screen_is_compiled_before_anybody_is_let_in(at_ready: dict[str, Any]) -> None:
    assert at_ready["screens"] == [1]


@pytest.mark.parametrize("verb", ["run", "web", "work", "demo"])
def test_the_servers_are_started_before_the_house_is_loaded(verb: str) -> None:
    loaded = carried_out(
        "import json, sys; from bot.cli import app_for; app_for(sys.argv[1]); print(json.dumps(list(sys.modules)))",
        verb,
    )
    assert [name for name in loaded if f"{name}.".startswith(tuple(f"{m}." for m in HOUSE))] == []
