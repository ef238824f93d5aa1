"""The command line: one small file a verb family."""

from __future__ import annotations

import sys
import time

import typer

from bot.cli.verbs import app_for
from bot.core.errors import Misuse, Refused, Unavailable
from bot.embedded import EmbeddedFailed

BEGAN = time.monotonic()


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
