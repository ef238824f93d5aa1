"""The demo clinic: what `make run` runs."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.house import DATA, Data
from bot.cli.running import Host, serve
from bot.core.errors import Misuse
from bot.settings import read_settings


def demo(
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    data: Data = DATA,
) -> None:
    """A seeded clinic with made-up people, on this machine only."""
    settings = read_settings(public_url=f"http://{host}:{port}")
    if settings.env == "production":
        raise Misuse("a demo is no production: unset BOUNCEBACK_ENV, or use `bounceback run`")
    serve(settings, data, host, port)
