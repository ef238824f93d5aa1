"""The command line: one small file a verb family."""

from __future__ import annotations

import sys
import time

import typer

from bot.core.errors import Misuse, Refused, Unavailable
from bot.embedded import EmbeddedFailed

BEGAN = time.monotonic()
SERVING = ("demo", "run", "web", "work")
CHECKING = "check"


def new_app() -> typer.Typer:
    return typer.Typer(
        name="bounceback",
        help="A self-management companion for people with a long-term condition and low mood or worry.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )


def app_for(verb: str) -> typer.Typer:
    """Every command, or those that are wanted: neither a server nor a check loads what it does not need."""
    if verb == CHECKING:
        from bot.cli.check import check  # which opens no house

        checking = new_app()
        checking.command()(check)
        checking.callback()(lambda: None)  # so that the command keeps its name
        return checking
    if verb not in SERVING:
        from bot.cli.verbs import app  # every command, and what each of them needs

        return app
    from bot.cli.demo import demo  # these alone
    from bot.cli.running import run, web, work

    serving = new_app()
    for command in (demo, run, web, work):
        serving.command()(command)
    return serving


def __getattr__(name: str) -> typer.Typer:
    if name == "app":
        return app_for("")
    raise AttributeError(name)


def main() -> None:
    """Errors on standard error with the next step; exit 0, 1 (found problems) or 2 (could not)."""
    try:
        app_for(sys.argv[1] if len(sys.argv) > 1 else "")()
    except (Misuse, EmbeddedFailed) as error:
        sys.exit(_say(str(error)))
    except Refused as error:
        sys.exit(_say(f"That cannot be done: {error.code.replace('_', ' ')}."))
    except Unavailable as error:
        sys.exit(_say(f"{error}. See `bounceback doctor`."))
    except KeyboardInterrupt:
        sys.exit(130)


def _say(text: str) -> int:
    typer.echo(text, err=True)
    return 2
