"""The command line: one small file a verb family."""

from __future__ import annotations

import sys

import typer

from bot.cli.alerts import alert_app, alerts
from bot.cli.bench import bench
from bot.cli.check import check
from bot.cli.content import publish, releases
from bot.cli.demo import demo
from bot.cli.doctor import doctor, key
from bot.cli.judging import outcome, post, score, screen
from bot.cli.people import invite, service_app, staff_app
from bot.cli.prove import prove
from bot.cli.running import migrate, run, web, work
from bot.cli.talking import chat
from bot.cli.understand import understand
from bot.core.errors import Misuse, Refused, Unavailable
from bot.embedded import EmbeddedFailed

app = typer.Typer(
    name="bounceback",
    help="A self-management companion for people with a long-term condition and low mood or worry.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _command in (
    demo,
    run,
    web,
    work,
    migrate,
    chat,
    invite,
    check,
    publish,
    releases,
    screen,
    post,
    score,
    outcome,
    understand,
    alerts,
    doctor,
    key,
    prove,
    bench,
):
    app.command()(_command)
app.add_typer(staff_app, name="staff")
app.add_typer(service_app, name="service")
app.add_typer(alert_app, name="alert")


def main() -> None:
    """Errors on standard error with the next step; exit 0, 1 (found problems) or 2 (could not)."""
    try:
        app()
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
