"""The map is true: every arrow points downward, every room has a floor, the rules stay pure."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parent.parent
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

CORE_MAY_IMPORT = sys.stdlib_module_names | {"pydantic", "msgspec", "re2", "dateutil"}
ACTIONS_MAY_IMPORT = sys.stdlib_module_names | {"pydantic", "rasa_sdk", "actions"}

# The standard library holds clocks, chance and doors to the outside; rules get time and ids as arguments.
NOT_IN_CORE = {
    "asyncio",
    "logging",
    "os",
    "pathlib",
    "random",
    "secrets",
    "shutil",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib",
}
NOT_CALLED_IN_CORE = {
    "now",
    "utcnow",
    "today",
    "fromtimestamp",
    "uuid1",
    "uuid4",
    "uuid6",
    "uuid7",
    "getnode",
    "open",
    "print",
    "input",
}


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    return grimp.build_graph("bot", "actions", include_external_packages=True, cache_dir=None)


def lint(config: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache", "--config", config],
        cwd=config.parent,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_every_arrow_points_downward() -> None:
    checked = lint(ROOT / ".importlinter")
    assert checked.returncode == 0, checked.stdout[checked.stdout.find("Broken contracts") :]


def test_a_room_without_a_floor_is_found(tmp_path: Path) -> None:
    """The floors are exhaustive: a package that nobody placed on the map fails the run."""
    placed = (ROOT / ".importlinter").read_text()
    (tmp_path / ".importlinter").write_text(placed.replace("    core | logs | whole\n", "    core | whole\n"))
    checked = lint(tmp_path / ".importlinter")
    assert checked.returncode != 0
    assert "logs" in checked.stdout


def test_core_imports_values_and_patterns_only(imports: grimp.ImportGraph) -> None:
    found = {top(d) for _, d in leaving(imports, "bot.core")}
    assert found - CORE_MAY_IMPORT == set()
    assert found & NOT_IN_CORE == set()


def test_actions_import_proposals_and_rasa_sdk_only(imports: grimp.ImportGraph) -> None:
    found = {d for _, d in leaving(imports, "actions")}
    assert {d for d in found if top(d) == "bot"} == {"bot.core.proposals"}
    assert {top(d) for d in found} - {"bot"} - ACTIONS_MAY_IMPORT == set()


def test_rasa_sdk_is_used_by_actions_and_one_adapter(imports: grimp.ImportGraph) -> None:
    users = imports.find_modules_that_directly_import("rasa_sdk")
    strangers = {m for m in users if not m.startswith(("actions", "bot.adapters.actions"))}
    assert strangers == set()


def test_reports_know_the_rules_and_are_run_from_the_command_line(imports: grimp.ImportGraph) -> None:
    """Holds from the day on which there is a report."""
    rooms = imports.find_children("bot")
    inside = {d for _, d in leaving(imports, "bot.report")} if "bot.report" in rooms else set()
    assert {d for d in inside if top(d) == "bot" and not d.startswith("bot.core")} == set()
    entering = {
        m
        for m in imports.modules
        for d in imports.find_modules_directly_imported_by(m)
        if d.startswith("bot.report") and not m.startswith(("bot.report", "bot.cli"))
    }
    assert entering == set()


def test_the_driver_of_each_outside_thing_stays_in_its_adapter(imports: grimp.ImportGraph) -> None:
    homes = {
        "asyncpg": ("bot.adapters.postgres",),
        "sqlalchemy": ("bot.adapters.postgres",),
        "alembic": ("bot.adapters.postgres",),
        # The search for what is left of somebody who was erased reads every key of the bus as it lies there; a yardstick
        # of the bench is a program of its own.
        "redis": ("bot.adapters.bus", "bot.cli.proofs.erasure", "bot.cli.proofs.forward"),
        "aiosmtplib": ("bot.adapters.mail",),
        "lark": ("bot.adapters.content_files",),
        "markdown_it": ("bot.adapters.content_files",),
        "yaml": ("bot.adapters.content_files",),
        "pyphen": ("bot.adapters.content_files",),
        "cryptography": ("bot.adapters.vault", "bot.adapters.tellers"),
        "standardwebhooks": ("bot.adapters.tellers",),
        "pywebpush": ("bot.adapters.tellers",),
        "py_vapid": ("bot.adapters.tellers",),
        "apprise": ("bot.adapters.tellers",),
        "aiohttp": ("bot.adapters", "bot.web", "bot.wiring", "bot.cli"),
        "typer": ("bot.cli",),
    }
    strangers = {
        (m, driver)
        for driver, allowed in homes.items()
        if driver in imports.modules
        for m in imports.find_modules_that_directly_import(driver)
        if not m.startswith(allowed)
    }
    assert strangers == set()


def test_core_asks_no_clock_no_chance_and_no_file() -> None:
    assert [call for path in sources("bot/core") for call in calls_of(path, NOT_CALLED_IN_CORE)] == []


def test_core_never_waits() -> None:
    waiting = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources("bot/core")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith)
    ]
    assert waiting == []


def test_the_watch_over_core_sees_a_clock(tmp_path: Path) -> None:
    path = tmp_path / "rule.py"
    path.write_text(
        "from datetime import datetime\nfrom uuid import uuid4\nat = datetime.now()\nid = uuid4()\n"
    )
    assert [call.partition(" ")[2] for call in calls_of(path, NOT_CALLED_IN_CORE)] == ["now", "uuid4"]


def test_the_code_is_clean_and_formatted() -> None:
    for command in (("check", "."), ("format", "--check", ".")):
        checked = run("ruff", *command)
        assert checked.returncode == 0, checked.stdout[-4000:]


def test_the_types_hold() -> None:
    checked = run("mypy")
    assert checked.returncode == 0, checked.stdout[-4000:]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, timeout=300
    )


def sources(folder: str) -> Iterator[Path]:
    return (ROOT / folder).rglob("*.py")


def calls_of(path: Path, names: set[str]) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in names:
                found.append(f"{path.name}:{node.lineno} {name}")
    return found


def leaving(imports: grimp.ImportGraph, room: str) -> set[tuple[str, str]]:
    """Imports from a room to what is outside it."""
    inside = {room, *imports.find_descendants(room)}
    return {
        (m, d)
        for m in inside
        for d in imports.find_modules_directly_imported_by(m)
        if d != room and not d.startswith(f"{room}.")
    }


def top(module: str) -> str:
    return module.partition(".")[0]
