"""Which file has which command. Only the one that was asked for is loaded: everything takes seconds."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer

COMMANDS = {
    "demo": "demo.demo",
    "run": "running.run",
    "web": "running.web",
    "work": "running.work",
    "migrate": "running.migrate",
    "chat": "talking.chat",
    "invite": "people.invite",
    "check": "check.check",
    "preview": "preview.preview",
    "publish": "content.publish",
    "screen": "judging.screen",
    "post": "judging.post",
    "score": "judging.score",
    "outcome": "judging.outcome",
    "understand": "understand.understand",
    "train": "understand.train",
    "models": "understand.models",
    "search": "search.search",
    "alerts": "alerts.alerts",
    "learn": "learn.learn",
    "erase": "record.erase",
    "export": "record.export",
    "hazards": "hazards.hazards",
    "simulate": "simulate.simulate",
    "openapi": "openapi.openapi",
    "doctor": "doctor.doctor",
    "key": "doctor.key",
    "prove": "prove.prove",
    "bench": "bench.bench",
    "retention": "record.over",
}
FAMILIES = {
    "content": "signing.content_app",
    "releases": "content.releases_app",
    "staff": "people.staff_app",
    "rota": "rota.rota_app",
    "service": "people.service_app",
    "webhook": "webhook.webhook_app",
    "alert": "alerts.alert_app",
    "groups": "groups.groups_app",
    "audit": "audit.audit_app",
}


def app_for(verb: str) -> typer.Typer:
    """With this command or family alone; with every one where there is none of that name."""
    app = typer.Typer(
        name="bounceback",
        help="A self-management companion for people with a long-term condition and low mood or worry.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(lambda: None)  # so that a command that is alone keeps its name
    known = verb in COMMANDS or verb in FAMILIES
    for name, place in COMMANDS.items():
        if name == verb or not known:
            app.command(name)(_loaded(place))
    for name, place in FAMILIES.items():
        if name == verb or not known:
            app.add_typer(_loaded(place), name=name)
    return app


def _loaded(place: str) -> Any:
    file, name = place.split(".")
    return getattr(import_module(f"bot.cli.{file}"), name)
