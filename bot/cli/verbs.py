"""Every command."""

from __future__ import annotations

from bot.cli import new_app
from bot.cli.alerts import alert_app, alerts
from bot.cli.audit import audit_app
from bot.cli.bench import bench
from bot.cli.check import check
from bot.cli.content import publish, releases_app
from bot.cli.demo import demo
from bot.cli.doctor import doctor, key
from bot.cli.hazards import hazards
from bot.cli.judging import outcome, post, score, screen
from bot.cli.learn import learn
from bot.cli.library import table
from bot.cli.openapi import openapi
from bot.cli.people import invite, service_app, staff_app
from bot.cli.preview import preview
from bot.cli.prove import prove
from bot.cli.record import erase, export, over
from bot.cli.rota import rota_app, staff_away, staff_back
from bot.cli.running import migrate, run, web, work
from bot.cli.search import search
from bot.cli.signing import content_app
from bot.cli.simulate import simulate
from bot.cli.talking import chat
from bot.cli.understand import models, train, understand
from bot.cli.webhook import webhook_app

app = new_app()
for _command in (
    demo,
    run,
    web,
    work,
    migrate,
    chat,
    invite,
    check,
    preview,
    publish,
    screen,
    post,
    score,
    outcome,
    understand,
    train,
    models,
    search,
    alerts,
    learn,
    erase,
    export,
    hazards,
    simulate,
    openapi,
    doctor,
    key,
    prove,
    bench,
):
    app.command()(_command)
app.command("retention")(over)
content_app.command()(table)
app.add_typer(content_app, name="content")
app.add_typer(releases_app, name="releases")
staff_app.command("away")(staff_away)
staff_app.command("back")(staff_back)
app.add_typer(staff_app, name="staff")
app.add_typer(rota_app, name="rota")
app.add_typer(service_app, name="service")
app.add_typer(webhook_app, name="webhook")
app.add_typer(alert_app, name="alert")
app.add_typer(audit_app, name="audit")
