"""The HTTP doors, tried out by schemathesis as their OpenAPI document describes them: what is right, what is wrong, in every way."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import bot
from bot.cli.proofs.clinic import join_all, set_up
from bot.cli.proofs.findings import Bar, Findings, Task
from bot.cli.proofs.instance import an_instance
from bot.core.errors import Misuse

EXAMPLES, QUICK_EXAMPLES = 100, 10
PATIENTS, INVITATIONS = 40, 20
WITHIN_S = 1800.0
HOOKS = "bot.cli.proofs.asking"
GIVEN = "BOUNCEBACK_TRIED_WITH"

# What may also be said to what fits its schema: a code that is used up, a text that is too long once it is read.
TAKEN = ("2xx", "401", "403", "404", "409", "410", "413")
REFUSED = ("400", "401", "403", "404", "409", "410", "413")


@dataclass(frozen=True)
class Given:
    """What is real among all that is made up: the token of a patient, some that may be signed out, some invitations."""

    token: str = field(repr=False)
    spare: Sequence[str] = field(repr=False)
    invitations: Sequence[str] = field(repr=False)


@dataclass(frozen=True)
class Tried:
    """``failures``: of each the operation, the check and what it says."""

    operations: int
    requests: int
    failures: tuple[str, ...]
    phases: dict[str, str]
    said: str = field(repr=False)

    @property
    def whole(self) -> bool:
        """Nothing ended before its time."""
        return self.operations > 0 and set(self.phases.values()) <= {"success", "failure"}


async def prove_doors(task: Task) -> Findings:
    examples = QUICK_EXAMPLES if task.quick else EXAMPLES
    task.tell("a clinic", 0, 2)
    async with an_instance(task.data) as instance:
        invitations = await set_up(task.data, PATIENTS + INVITATIONS)
        first, *spare = await join_all(instance.url, invitations[:PATIENTS])
        given = Given(first, spare, invitations[PATIENTS:])
        task.tell("every door", 1, 2)
        tried = await try_out(instance.url, given, task.folder, examples, phases="coverage,fuzzing,stateful")
    figures: dict[str, Any] = {
        "operations": tried.operations,
        "requests": tried.requests,
        "failures": list(tried.failures),
        "phases": tried.phases,
    }
    bars = [
        Bar("operations", tried.operations, least=13),
        Bar("requests", tried.requests, least=500),
        Bar("failures", len(tried.failures), 0),
        Bar("parts that did not come to their end", 0 if tried.whole else 1, 0),
    ]
    return Findings("doors", figures, bars)


async def try_out(
    url: str, given: Given, folder: Path, examples: int, *, phases: str, but: str = ""
) -> Tried:
    """The same in every run; ``but``: a path that is left out. Raises Misuse where schemathesis is not there, or could not begin."""
    if find_spec("schemathesis") is None:
        raise Misuse("the doors are tried out by schemathesis: install what requirements-dev.lock names")
    known, report = folder / "given.json", folder / "report.json"
    known.write_text(
        json.dumps({"token": given.token, "spare": [*given.spare], "invitations": [*given.invitations]})
    )
    (settings := folder / "schemathesis.toml").write_text(_checks())
    report.unlink(missing_ok=True)
    said = await _run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(settings)),
            *("run", f"{url}/openapi.json", "--url", url, "--mode", "all", "--checks", "all"),
            *(
                "--phases",
                phases,
                "--max-examples",
                str(examples),
                "--workers",
                "2",
                "--request-timeout",
                "60",
            ),
            *(
                "--generation-deterministic",
                "--continue-on-failure",
                "--no-color",
                "--output-truncate",
                "false",
            ),
            *(("--exclude-path", but) if but else ()),
            *("--report", "json", "--report-json-path", str(report)),
        ],
        folder,
        known,
    )
    if not report.exists():
        raise Misuse(f"schemathesis could not begin:\n{said[-2000:]}")
    return _read(json.loads(report.read_text()), said)


def _checks() -> str:
    return (
        f"[checks.positive_data_acceptance]\nexpected-statuses = {json.dumps(TAKEN)}\n"
        f"[checks.negative_data_rejection]\nexpected-statuses = {json.dumps(REFUSED)}\n"
    )


async def _run(command: Sequence[str], folder: Path, known: Path) -> str:
    """In a process of its own: it needs every second of one."""
    project = str(Path(bot.__file__).parents[1])
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env={**os.environ, GIVEN: str(known), "SCHEMATHESIS_HOOKS": HOOKS, "PYTHONPATH": project},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(WITHIN_S):
            said, _ = await process.communicate()
    except TimeoutError:
        raise Misuse(f"schemathesis did not end within {WITHIN_S:.0f} seconds") from None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    return said.decode(errors="replace")


def _read(report: dict[str, Any], said: str) -> Tried:
    failures = [json.dumps(each, sort_keys=True) for each in (*report["failures"], *report["errors"])]
    phases = {
        name: str(phase["status"]) for name, phase in report["phases"].items() if phase["status"] != "skip"
    }
    return Tried(
        report["operations"]["tested"], report["test_cases"]["generated"], tuple(failures), phases, said
    )
