"""``bounceback preview``: a draft and its problems beside the real chat that runs it."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from aiohttp import web

from bot import logs
from bot.authoring import manuscript
from bot.core.errors import Misuse
from bot.settings import read_settings
from bot.web.preview.app import Preview, make_preview
from bot.wiring import rehearsal_room

HOST = "127.0.0.1"


def preview(
    path: Annotated[Path, typer.Argument(help="A content folder, or one page.")] = Path("content"),
    port: Annotated[int, typer.Option(help="Port to listen on, on this machine only.")] = 8078,
) -> None:
    """Show a module as it is written, with the real chat beside it. Nothing is kept, nobody is told."""
    logs.set_up()
    try:
        work = manuscript(path)
    except FileNotFoundError:
        raise Misuse(f"there is nothing at {path}. Give the path of a content folder or of a page") from None
    except ValueError:
        raise Misuse(
            f"{path} cannot be previewed: give the path of a content folder or of a page (.md)"
        ) from None
    uvloop.run(_serve(Preview(work, rehearsal_room(read_settings().actions_package)), port))


async def _serve(held: Preview, port: int) -> None:
    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    runner = web.AppRunner(make_preview(held), access_log=None, handle_signals=False, shutdown_timeout=1.0)
    following = asyncio.create_task(held.follow())
    await held.read()
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
    except OSError:
        following.cancel()
        await runner.cleanup()
        raise Misuse(f"port {port} on {HOST} is taken: choose another with --port") from None
    typer.echo(f"Preview: http://{HOST}:{port}  (Ctrl+C ends it)")
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({stopped, following}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    await runner.cleanup()
    if not following.done():
        following.cancel()
    with suppress(asyncio.CancelledError):
        await following  # raises what ended it, where it ended by itself
