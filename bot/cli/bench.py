"""What an instance can carry, measured beside the limits of the same machine in the same run."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from bot.cli.benches.alarm import bench_alarm
from bot.cli.benches.ground import Ground
from bot.cli.benches.idle import bench_idle
from bot.cli.benches.long import bench_long
from bot.cli.benches.profile import bench_profile
from bot.cli.benches.rooms import bench_rooms
from bot.cli.benches.screen import bench_screen
from bot.cli.benches.storm import bench_storm
from bot.cli.benches.telling import as_json, print_tables, write_report
from bot.cli.benches.turns import bench_turns
from bot.cli.proofs.findings import Bar, Findings
from bot.cli.prove import progress
from bot.core.errors import Misuse, Unavailable

Bench = Callable[[Ground], Awaitable[Findings]]
SCENARIOS: dict[str, Bench] = {
    "turns": bench_turns,
    "long": bench_long,
    "idle": bench_idle,
    "storm": bench_storm,
    "rooms": bench_rooms,
    "alarm": bench_alarm,
    "profile": bench_profile,
    "screen": bench_screen,
}


def bench(
    scenarios: Annotated[
        list[str] | None, typer.Argument(help="Some of them; all where none is named.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A short run of each: shapes, not speeds.")] = False,
    into: Annotated[Path | None, typer.Option("--json", help="Write all figures into this file.")] = None,
    report: Annotated[
        Path | None, typer.Option(help="Draw the figures on a page in this folder: bench.html.")
    ] = None,
    database_url: Annotated[
        str | None,
        typer.Option(help="An empty record of your own; without it PostgreSQL is started for the run."),
    ] = None,
    redis_url: Annotated[
        str | None, typer.Option(help="A bus of your own; without it Valkey is started for the run.")
    ] = None,
) -> None:
    """Measure what an instance of its own can carry. Exit 1 where a bar is missed."""
    names = scenarios or list(SCENARIOS)
    for name in names:
        if name not in SCENARIOS:
            raise Misuse(f"there is no scenario '{name}'. There are: {', '.join(SCENARIOS)}")
    found = _measure(names, quick, database_url, redis_url)
    for one in found:
        typer.echo(one.verdict())
    if into is not None:
        into.write_text(json.dumps(as_json(found), indent=1), encoding="utf-8")
    if report is not None:
        typer.echo(f"The report: {write_report(report, found, quick=quick)}")
    raise typer.Exit(1 if any(one.short for one in found) else 0)


def _measure(
    names: list[str], quick: bool, database_url: str | None, redis_url: str | None
) -> list[Findings]:
    folder = Path(tempfile.mkdtemp(prefix="bounceback-bench-"))
    try:
        with progress() as tell:
            return uvloop.run(_all(names, Ground(folder, quick, tell, database_url, redis_url)))
    except asyncio.CancelledError:
        raise typer.Exit(143) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _all(names: list[str], ground: Ground) -> list[Findings]:
    """Also on SIGTERM the instance is cleared away: it is in a process group of its own."""
    loop, own = asyncio.get_running_loop(), asyncio.current_task()
    assert own is not None
    loop.add_signal_handler(signal.SIGTERM, own.cancel)
    await ground.must_be_empty()
    console, found = Console(), []
    for name in names:
        found.append(await _one(name, ground))
        print_tables(found[-1], console)
    return found


async def _one(name: str, ground: Ground) -> Findings:
    """A scenario that cannot be carried out is a missed bar, and the others go on."""
    try:
        return await SCENARIOS[name](ground)
    except (Misuse, Unavailable, TimeoutError, OSError, ExceptionGroup) as error:
        return Findings(
            name, {"failed": f"{type(error).__name__}: {error}"}, [Bar("carried out", 0, least=1)]
        )
