"""A hundred people say one sentence of crisis while everything is killed and the mail server is down, busy, rude and cut.

Nobody is forgotten, nobody is written to without end (P5); half of them are acknowledged, and the others climb (P6).
"""

from __future__ import annotations

import asyncio
import random
import shutil
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bot.authoring import CONTENT_SHIPPED
from bot.cli.proofs.clinic import join_all, own_settings, say_until_kept, set_up
from bot.cli.proofs.findings import Bar, Findings, Task, percentile
from bot.cli.proofs.instance import Instance, an_instance
from bot.cli.proofs.sink import MOODS, Got, Sink, mail_sink
from bot.core.service import Service
from bot.ports import AlertSeen
from bot.usecases import alerts, ways_in
from bot.usecases.house import House
from bot.wiring import open_house, servers

PATIENTS, QUICK_PATIENTS = 100, 6
KILLS, QUICK_KILLS = 4, 1
CRISIS = "I want to end my life"
RUNG_MINUTES = 2
MOOD_S, QUICK_MOOD_S = 5.0, 2.0
TOLD_WITHIN_S = 15.0
MOST_LETTERS = 5
QUIET_S = 3.0
WAIT_S = 60.0
SEED = 5
WORDS = (b"end my life", b"suicid", b"self-harm", b"crisis", b" sam", b"risk")


@dataclass
class _Story:
    instance: Instance
    sink: Sink
    well_at: float = 0.0
    told_at: float = 0.0
    acknowledged: dict[str, float] = field(default_factory=dict)
    letters_before: Counter[str] = field(default_factory=Counter)
    kills: int = 0


async def prove_alerts(task: Task) -> Findings:
    count = QUICK_PATIENTS if task.quick else PATIENTS
    content = _with_a_short_ladder(task.data.parent)
    async with mail_sink() as sink:
        more = {"SMTP_URL": f"smtp://127.0.0.1:{sink.port}", "CONTENT": str(content)}
        async with an_instance(task.data, more) as instance:
            story = _Story(instance, sink)
            async with _inside(task) as house:
                invitations = await set_up(instance.data, count)
                service = await _with_others_on_the_ladder(house)
            tokens = await join_all(instance.url, invitations)
            await _in_distress(task, story, tokens)
            async with _inside(task) as house:
                raised = await _told(task, story, house, service, count)
                if not task.quick:
                    await _half_acknowledged(task, story, house, service, raised)
                after = await house.record.ledger.list(service.id, open_only=False, by=None)
    return _findings(task, story, count, list(after))


def _with_a_short_ladder(folder: Path) -> Path:
    """The shipped content, whose first rungs have two minutes each: an experiment cannot wait for fifteen."""
    content = folder / "content"
    shutil.rmtree(content, ignore_errors=True)
    shutil.copytree(CONTENT_SHIPPED, content)
    ladder = content / "policy" / "ladder.yaml"
    text = ladder.read_text()
    ladder.write_text(text.replace("minutes: 15}", f"minutes: {RUNG_MINUTES}}}"))
    return content


@asynccontextmanager
async def _inside(task: Task) -> AsyncIterator[House]:
    settings = own_settings()
    async with (
        servers(settings, task.data) as urls,
        open_house(settings, task.data, urls, hears=False) as house,
    ):
        yield house


async def _with_others_on_the_ladder(house: House) -> Service:
    """Beside the therapist, who owns everybody, a duty worker and a lead: what climbs goes to somebody else."""
    await house.shelf.refresh()
    (service,) = house.shelf.services()
    for role in ("duty", "lead"):
        await ways_in.add_staff(
            house,
            service.id,
            f"{role}@proof.example",
            role.title(),
            frozenset({role}),
            "correct horse battery",
        )
    return service


# -- the storm ----------------------------------------------------------------------------------------


async def _in_distress(task: Task, story: _Story, tokens: list[str]) -> None:
    """Each says it once, again and again until it is acknowledged, while mail fails in every way and all is killed."""
    chance = random.Random(SEED)  # noqa: S311
    mood_s = QUICK_MOOD_S if task.quick else MOOD_S
    async with aiohttp.ClientSession(story.instance.url) as session, asyncio.TaskGroup() as group:
        story.sink.mood = MOODS[0]
        for token in tokens:
            after_s = chance.uniform(0, mood_s * len(MOODS) / 2)
            group.create_task(say_until_kept(session, token, CRISIS, after_s))
        for n, mood in enumerate(MOODS):
            task.tell("mail server", n, len(MOODS))
            story.sink.mood = mood
            await asyncio.sleep(mood_s / 2)
            if story.kills < (QUICK_KILLS if task.quick else KILLS):
                await _killed(story, chance)
            await asyncio.sleep(mood_s / 2)
    story.sink.mood = "well"
    story.well_at = time.perf_counter()


async def _killed(story: _Story, chance: random.Random) -> None:
    story.instance.look()
    story.instance.kill(servers_first=chance.random() < 0.5)
    await asyncio.to_thread(story.instance.bury)
    story.instance.start()
    await story.instance.ready()
    story.kills += 1


# -- what came of it ----------------------------------------------------------------------------------


async def _told(task: Task, story: _Story, house: House, service: Service, count: int) -> list[AlertSeen]:
    """Until everybody's alert has a letter and none comes any more, or it takes too long."""
    until = time.perf_counter() + WAIT_S
    while time.perf_counter() < until:
        raised = list(await house.record.ledger.list(service.id, open_only=True, by=None))
        task.tell("told of", len(story.sink.first), count)
        missing = {str(a.id) for a in raised} - story.sink.first.keys()
        quiet = not story.sink.got or time.perf_counter() - story.sink.got[-1].at > QUIET_S
        if len(raised) >= count and not missing and quiet:
            break
        await asyncio.sleep(0.2)
    story.told_at = max((at for at in story.sink.first.values()), default=0.0)
    story.letters_before = Counter(letter.alert for letter in story.sink.got)
    return raised


async def _half_acknowledged(
    task: Task, story: _Story, house: House, service: Service, raised: list[AlertSeen]
) -> None:
    therapist = next(m for m in await house.record.staff.all(service.id) if "therapist" in m.roles)
    for alert in raised[::2]:
        await alerts.acknowledge(house, service.id, alert.id, therapist.id)
        story.acknowledged[str(alert.id)] = time.perf_counter()
    wait_s = RUNG_MINUTES * 60 + TOLD_WITHIN_S
    began = time.perf_counter()
    while (passed := time.perf_counter() - began) < wait_s:
        task.tell("nobody acknowledges", round(passed), round(wait_s))
        await asyncio.sleep(1)


def _findings(task: Task, story: _Story, count: int, after: list[AlertSeen]) -> Findings:
    sink = story.sink
    every = {str(a.id) for a in after}
    silent = {alert for alert, at in story.acknowledged.items() if _after(sink.got, alert, at)}
    waiting = every - story.acknowledged.keys()
    climbed = {a for a in waiting if _after(sink.got, a, max(story.acknowledged.values(), default=0.0))}
    doubled = Counter(letter.message_id for letter in sink.got)
    told_s = [max(at - story.well_at, 0.0) for at in sink.first.values()]
    leaky = sum(any(word in letter.text.lower() for word in WORDS) for letter in sink.got)
    most = max(story.letters_before.values(), default=0)
    figures: dict[str, Any] = {
        "patients": count,
        "kills": story.kills,
        "moods": list(MOODS),
        "alerts": len(every),
        "letters": sink.letters,
        "retries_with_a_known_message_id": sum(n - 1 for n in doubled.values()),
        "told_after_mail_was_well_s": {
            "p50": round(percentile(told_s, 0.5), 1),
            "worst": round(max(told_s, default=0.0), 1),
        },
        "most_letters_of_one_alert_in_the_storm": most,
        "acknowledged": len(story.acknowledged),
        "told_again_when_nobody_acknowledged": len(climbed),
    }
    bars = [
        Bar("alerts missing", count - len(every), most=0),
        Bar("never mailed", len(every - sink.first.keys()), most=0),
        Bar("letters of one alert", most, most=MOST_LETTERS),
        Bar("seconds until told, after the outage", round(max(told_s, default=0.0), 1), most=TOLD_WITHIN_S),
        Bar("letters with words of a patient", leaky, most=0),
    ]
    if not task.quick:
        bars += [
            Bar("never escalated", len(waiting - climbed), most=0),
            Bar("escalated after an acknowledgement", len(silent), most=0),
        ]
    return Findings("alerts", figures, bars)


def _after(got: list[Got], alert: str, at: float) -> bool:
    """Whether a letter about it came later; what was under way at that moment has a second."""
    return any(letter.alert == alert and letter.at > at + 1.0 for letter in got)
