"""What programs may ask of this instance, as a file."""

from __future__ import annotations

import json
from typing import Annotated, cast

import typer

from bot.settings import read_settings
from bot.usecases.house import House
from bot.web.app import make_app
from bot.web.asyncapi import socket_document
from bot.web.openapi import document


def openapi(
    socket: Annotated[bool, typer.Option("--socket", help="The frames of the socket, as AsyncAPI.")] = False,
) -> None:
    """Print the OpenAPI document of the HTTP doors, made of the routes themselves."""
    settings = read_settings()
    # Only its routes are looked at: nothing is opened.
    said = socket_document(settings) if socket else document(make_app(cast(House, None), settings), settings)
    typer.echo(json.dumps(said, indent=2, ensure_ascii=False))
