"""Peer groups from the command line."""

from __future__ import annotations

import typer

from bot.cli.group_evidence import evidence

groups_app = typer.Typer(help="Peer groups.", no_args_is_help=True)


@groups_app.callback()
def groups() -> None:
    """Peer groups."""


groups_app.command("evidence")(evidence)
