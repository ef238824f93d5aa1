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

from bot.cli.benches.ground import Ground
from bot.cli.benches.turns import bench_turns
from bot.cli.proofs.findings import Findings
from bot.cli.prove import progress
from bot.core.errors import Misuse

Bench = Callable[[Ground], Awaitable[Findings]]
SCENARIOS: dict[str, Bench] = {"turns": bench_turns}


def bench(
    scenarios: Annotated[
        list[str] | None, typer.Argument(help="Some of them; all where none is named.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A short run of each: shapes, not speeds.")] = False,
    into: Annotated[Path | None, typer.Option("--json", help="Write all figures into this file.")] = None,
) -> None:
    """Measure what an instance of its own can carry. Exit 1 where a bar is missed."""
    names = scenarios or list(SCENARIOS)
    for name in names:
        if name not in SCENARIOS:
            raise Misuse(f"there is no scenario '{name}'. There are: {', '.join(SCENARIOS)}")
    found = _measure(names, quick)
    for one in found:
        typer.echo(one.line())
        typer.echo(one.verdict())
    if into is not None:
        into.write_text(json.dumps([json.loads(one.line()) for one in found], indent=1))
    raise typer.Exit(1 if any(one.short for one in found) else 0)


def _measure(names: list[str], quick: bool) -> list[Findings]:
    folder = Path(tempfile.mkdtemp(prefix="bounceback-bench-"))
    try:
        with progress() as tell:
            return uvloop.run(_all(names, Ground(folder, quick, tell)))
    except asyncio.CancelledError:
        raise typer.Exit(143) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _all(names: list[str], ground: Ground) -> list[Findings]:
    """Also on SIGTERM the instance is cleared away: it is in a process group of its own."""
    loop, own = asyncio.get_running_loop(), asyncio.current_task()
    assert own is not None
    loop.add_signal_handler(signal.SIGTERM, own.cancel)
    return [await SCENARIOS[name](ground) for name in names]
