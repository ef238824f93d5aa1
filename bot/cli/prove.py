"""The long experiments, on a real instance of its own or on hostile content; each prints its figures."""

from __future__ import annotations

import asyncio
import shutil
import signal
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console
from rich.progress import Progress

from bot.cli.proofs.alerts import prove_alerts
from bot.cli.proofs.audit import prove_audit
from bot.cli.proofs.content import prove_content
from bot.cli.proofs.erasure import prove_erasure
from bot.cli.proofs.evening import prove_evening
from bot.cli.proofs.findings import Findings, Task, Tell
from bot.cli.proofs.intents import prove_intents
from bot.cli.proofs.kill import prove_kill
from bot.cli.proofs.library import prove_library
from bot.cli.proofs.preview import prove_preview
from bot.cli.proofs.publish import prove_publish
from bot.cli.proofs.rules import prove_rules
from bot.cli.proofs.simulation import prove_simulate
from bot.cli.proofs.start import prove_start
from bot.cli.proofs.storm import prove_storm
from bot.cli.proofs.tried import prove_doors
from bot.cli.proofs.understanding import prove_understanding
from bot.cli.proofs.weeks import prove_weeks
from bot.core.errors import Misuse

Experiment = Callable[[Task], Awaitable[Findings]]
EXPERIMENTS: dict[str, Experiment] = {
    "kill": prove_kill,
    "evening": prove_evening,
    "start": prove_start,
    "publish": prove_publish,
    "preview": prove_preview,
    "doors": prove_doors,
    "content": prove_content,
    "library": prove_library,
    "intents": prove_intents,
    "understanding": prove_understanding,
    "rules": prove_rules,
    "alerts": prove_alerts,
    "storm": prove_storm,
    "audit": prove_audit,
    "erasure": prove_erasure,
    "simulate": prove_simulate,
    "weeks": prove_weeks,
}


def prove(
    name: Annotated[
        str | None, typer.Argument(help="One experiment; all of them where none is named.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A short run of each.")] = False,
    data: Annotated[
        Path | None, typer.Option(help="Of `intents`: the folder with the public sets, which it names.")
    ] = None,
) -> None:
    """Run the long experiments; each prints its figures as one JSON line. Exit 1 where one falls short."""
    if name is not None and name not in EXPERIMENTS:
        raise Misuse(f"there is no experiment '{name}'. There are: {', '.join(EXPERIMENTS)}")
    short = False
    for each in [name] if name else EXPERIMENTS:
        found = _carry_out(EXPERIMENTS[each], quick, data)
        typer.echo(found.line())
        typer.echo(found.verdict())
        short = short or bool(found.short)
    raise typer.Exit(1 if short else 0)


def _carry_out(experiment: Experiment, quick: bool, data: Path | None) -> Findings:
    folder = Path(tempfile.mkdtemp(prefix="bounceback-proof-"))
    try:
        with progress() as tell:
            return uvloop.run(_of(experiment, Task(folder, quick, tell, data)))
    except asyncio.CancelledError:
        raise typer.Exit(143) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _of(experiment: Experiment, task: Task) -> Findings:
    """Also on SIGTERM the instance is cleared away: it is in a process group of its own."""
    loop, own = asyncio.get_running_loop(), asyncio.current_task()
    assert own is not None
    loop.add_signal_handler(signal.SIGTERM, own.cancel)
    return await experiment(task)


@contextmanager
def progress() -> Iterator[Tell]:
    """A bar on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("starting", total=None)

        def tell(what: str, done: int, of: int) -> None:
            progress.update(bar, description=what, completed=done, total=of)

        yield tell
