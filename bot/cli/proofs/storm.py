"""Five hundred alerts in ten seconds, one in ten of them urgent, before a mail server that takes one letter a second.

Nobody is lost, nobody is told twice, the urgent wait for no others, and what is not urgent becomes a few letters.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import time as clock
from typing import Any

import aiohttp

from bot.cli.proofs.clinic import AT_ONCE, join_all, open_clinic, own_settings, say_until_kept
from bot.cli.proofs.findings import Bar, Findings, Task, percentile
from bot.cli.proofs.instance import an_instance
from bot.cli.proofs.sink import Got, Sink, mail_sink
from bot.core.service import Hours, Service
from bot.core.state import Profile
from bot.core.values import LineId
from bot.ports import AlertSeen
from bot.usecases import ways_in
from bot.usecases.house import House
from bot.usecases.services import add_service
from bot.usecases.windows import AT_ONCE as WINDOWS
from bot.usecases.windows import KEPT_FREE
from bot.wiring import open_house, servers

ALERTS, QUICK_ALERTS = 500, 40
STORM_S, QUICK_STORM_S = 10.0, 2.0
LETTER_S, QUICK_LETTER_S = 1.0, 0.2
ONE_IN = 10
OTHERS = ("anna", "ben")
NOW, SOON = "I want to end my life", "I don't see the point any more"
WORDS = (b"end my life", b"see the point", b"suicid", b"crisis", b" sam", b"risk")
QUIET_S = 4.0
MOST_S, QUICK_MOST_S = 480.0, 45.0


@dataclass
class _Storm:
    """``clock_s``: from our own seconds to those of the day, in which the record says when an alert was opened."""

    sink: Sink
    clock_s: float = field(default_factory=lambda: time.time() - time.perf_counter())
    urgent: set[LineId] = field(default_factory=set)
    took_s: float = 0.0


async def prove_storm(task: Task) -> Findings:
    count = QUICK_ALERTS if task.quick else ALERTS
    async with mail_sink() as sink:
        sink.each_s = QUICK_LETTER_S if task.quick else LETTER_S
        storm = _Storm(sink)
        # Without the encoder: five hundred messages in ten seconds are about letters here, not about reading.
        more = {"SMTP_URL": f"smtp://127.0.0.1:{sink.port}", "ENCODER": "false"}
        async with an_instance(task.data, more) as instance:
            async with _inside(task) as house:
                service, invitations = await _clinic(house, count)
            task.tell("patients join", 0, 1)
            tokens = await join_all(instance.url, [i.code for i in invitations])
            patients = [i.patient for i in invitations]
            await _all_write(task, storm, instance.url, dict(zip(patients, tokens, strict=True)))
            async with _inside(task) as house:
                raised = await _until_all_are_told(task, storm, house, service, count)
                accepted = {a.id for a in raised if await _accepted(house, service, a)}
    return _findings(task, storm, count, raised, len(accepted))


@asynccontextmanager
async def _inside(task: Task) -> AsyncIterator[House]:
    settings = own_settings()
    async with (
        servers(settings, task.data) as urls,
        open_house(settings, task.data, urls, hears=False) as house,
    ):
        yield house


async def _clinic(house: House, count: int) -> tuple[Service, list[ways_in.Invitation]]:
    """Three therapists who share the patients, in a service that never closes: nothing waits for the morning."""
    await house.shelf.refresh()
    service, _ = await open_clinic(house, 0)
    always = Hours(days=tuple(range(7)), opens=clock(0), closes=clock(23, 59, 59), on_bank_holidays=True)
    service = await add_service(house, service.model_copy(update={"hours": always}))
    for name in OTHERS:
        await ways_in.add_staff(
            house,
            service.id,
            f"{name}@proof.example",
            name.title(),
            frozenset({"therapist"}),
            "correct horse battery",
        )
    owners = [m.id for m in await house.record.staff.all(service.id) if "therapist" in m.roles]
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(n: int) -> ways_in.Invitation:
        profile = Profile(
            conditions=("copd",), nation=service.nation, owner=owners[n % len(owners)], simulated=True
        )
        async with turns:
            return await ways_in.invite(house, service, profile)

    return service, list(await asyncio.gather(*(one(n) for n in range(count))))


# -- the storm ----------------------------------------------------------------------------------------


async def _all_write(task: Task, storm: _Storm, url: str, tokens: dict[LineId, str]) -> None:
    lasts_s = QUICK_STORM_S if task.quick else STORM_S
    began = time.perf_counter()
    async with aiohttp.ClientSession(url) as session, asyncio.TaskGroup() as group:
        for n, (patient, token) in enumerate(tokens.items()):
            if n % ONE_IN == 0:
                storm.urgent.add(patient)
            text = NOW if patient in storm.urgent else SOON
            after_s = n * lasts_s / len(tokens)
            group.create_task(say_until_kept(session, token, text, after_s, within_s=20))
    storm.took_s = time.perf_counter() - began


async def _until_all_are_told(
    task: Task, storm: _Storm, house: House, service: Service, count: int
) -> list[AlertSeen]:
    """Until everybody's alert has a letter and none comes any more, or it takes too long."""
    until = time.perf_counter() + (QUICK_MOST_S if task.quick else MOST_S)
    raised: list[AlertSeen] = []
    while time.perf_counter() < until:
        raised = list(await house.record.ledger.list(service.id, open_only=True, by=None))
        task.tell("told of", len(storm.sink.first), count)
        missing = {str(a.id) for a in raised} - storm.sink.first.keys()
        quiet = bool(storm.sink.got) and time.perf_counter() - storm.sink.got[-1].at > QUIET_S
        if len(raised) >= count and not missing and quiet:
            break
        await asyncio.sleep(0.5)
    return raised


async def _accepted(house: House, service: Service, alert: AlertSeen) -> bool:
    deliveries = await house.record.ledger.deliveries(service.id, alert.id)
    return any(d.state == "accepted" for d in deliveries)


# -- what came of it ----------------------------------------------------------------------------------


def _findings(task: Task, storm: _Storm, count: int, raised: list[AlertSeen], accepted: int) -> Findings:
    sink = storm.sink
    line = {str(a.id): a.line for a in raised}
    urgent = {a for a in line if line[a] in storm.urgent}
    opened = {str(a.id): a.opened_at.timestamp() - storm.clock_s for a in raised}
    wait_s = {a: at - opened[a] for a, at in sink.first.items() if a in opened}
    copies = [got.at - opened[got.alert] for got in sink.got if got.alert in urgent]
    folds = {got.message_id: got.among for got in sink.got if got.among > 1}
    tellings = {(got.alert, got.to, got.message_id) for got in sink.got}
    twice = Counter((alert, to) for alert, to, _ in tellings)
    first = [wait_s[a] for a in urgent & wait_s.keys()]
    others = _before_the_last_urgent(sink.got, urgent)
    figures: dict[str, Any] = {
        "alerts": len(raised),
        "urgent": len(urgent),
        "raised_in_s": round(storm.took_s, 1),
        "a_letter_takes_s": sink.each_s,
        "urgent_first_person_told_s": _spread(first),
        "urgent_everybody_told_s": _spread(copies),
        "others_told_s": _spread([wait_s[a] for a in wait_s.keys() - urgent]),
        "letters": sink.letters,
        "retries_with_a_known_message_id": len({(g.message_id, g.at) for g in sink.got})
        - len({g.message_id for g in sink.got}),
        "letters_about_no_alert": sink.letters - len({(g.message_id, g.at) for g in sink.got}),
        "letters_about_many": len(folds),
        "alerts_in_them": sum(folds.values()),
        "letters_of_others_before_the_last_urgent": others,
    }
    leaky = sum(any(word in got.text.lower() for word in WORDS) for got in sink.got)
    bars = [
        Bar("alerts missing", count - len(raised), most=0),
        Bar("lost: no accepted delivery", count - accepted, most=0),
        Bar("told twice", sum(n - 1 for n in twice.values()), most=0),
        Bar("letters with words of a patient", leaky, most=0),
        Bar("urgent that came in a letter about many", len(urgent & _in_folds(sink.got)), most=0),
        Bar("letters of others before the last urgent", others, most=2 * (WINDOWS - KEPT_FREE)),
        Bar(
            "seconds until the urgent were told, p95",
            round(percentile(first, 0.95), 1),
            # One letter each, behind those in flight; everybody who writes at once waits for those before them.
            most=round((len(urgent) + WINDOWS) * sink.each_s + 1.0, 1),
        ),
    ]
    return Findings("storm", figures, bars)


def _spread(waits: list[float]) -> dict[str, float]:
    return {
        "p50": round(percentile(waits, 0.5), 1),
        "p95": round(percentile(waits, 0.95), 1),
        "worst": round(max(waits, default=0.0), 1),
    }


def _before_the_last_urgent(got: list[Got], urgent: set[str]) -> int:
    """Letters about others alone that came before the last urgent alert had its first."""
    firsts = {g.alert: g.at for g in reversed(got) if g.alert in urgent}
    last = max(firsts.values(), default=0.0)
    return len({g.message_id for g in got if g.alert not in urgent and g.at < last})


def _in_folds(got: list[Got]) -> set[str]:
    return {g.alert for g in got if g.among > 1}
