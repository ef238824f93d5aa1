"""kill -9 of everything, again and again, under patients who talk: what was acknowledged must stand."""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.cli.proofs.clinic import join_all, set_up
from bot.cli.proofs.doors import Gone, history
from bot.cli.proofs.findings import Bar, Findings, Task, percentile
from bot.cli.proofs.instance import Instance, an_instance, environment
from bot.cli.proofs.patient import Patient, Sent
from bot.cli.proofs.reckoning import reckon

KILLS, QUICK_KILLS = 20, 3
PATIENTS, QUICK_PATIENTS = 12, 6
SEED = 20
RECOVERED_WITHIN_S = 5.0
TOLD_WITHIN_S = 45.0
MOMENTS = ("acknowledged", "questionnaire", "action", "any")


@dataclass
class Killer:
    """Kills at the chosen moment, from inside the patient's own reading where that moment is an acknowledgement."""

    instance: Instance
    patients: list[Patient]
    chance: random.Random
    moment: str = ""
    countdown: int = 0
    killed_at: float = 0.0
    back_at: float = 0.0
    struck: asyncio.Event = field(default_factory=asyncio.Event)
    back: asyncio.Event = field(default_factory=asyncio.Event)
    between: int = 0
    mid_form: int = 0

    def arm(self, moment: str) -> None:
        self.instance.look()
        self.struck.clear()
        self.back.clear()
        self.moment, self.countdown = moment, self.chance.randint(1, 12 if moment == "acknowledged" else 3)

    def heard(self, message: Sent) -> None:
        """Every acknowledgement comes by here before the patient reads on."""
        if self.struck.is_set():
            self.back_at = self.back_at if self.back.is_set() else time.monotonic()
            self.back.set()
            return
        asked = int(str(message.frame["answer"]["item"]).partition(".")[2]) if message.kind == "answer" else 0
        chosen = {
            "acknowledged": True,
            "questionnaire": 2 <= asked <= 6,
            "action": message.kind == "action",
            "any": False,
        }
        if self.moment and chosen[self.moment]:
            self._count()

    def _count(self) -> None:
        self.countdown -= 1
        if self.countdown <= 0:
            self.strike()
            raise Gone

    def strike(self) -> None:
        if self.struck.is_set():
            return
        self.instance.kill(servers_first=self.chance.random() < 0.25)
        self.killed_at = time.monotonic()
        self.moment = ""
        self.between += sum(p.waits_for_reply for p in self.patients)
        self.mid_form += sum(p.question > 1 for p in self.patients)
        self.struck.set()


@asynccontextmanager
async def _talking(patients: list[Patient], killer: Killer) -> AsyncIterator[None]:
    """All patients talk until the end of the block, then finish what they have begun."""
    until = asyncio.Event()
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with (
        aiohttp.ClientSession(killer.instance.url, connector=connector) as session,
        asyncio.TaskGroup() as tasks,
    ):
        for patient in patients:
            tasks.create_task(patient.live(session, killer.heard, until))
        yield
        until.set()


@dataclass(frozen=True)
class Recovery:
    """Seconds from a kill to ready, of CPU that the server needed for it, and to the first new acknowledgement."""

    ready_s: float
    cpu_s: float
    acknowledged_s: float


async def _strike_once(killer: Killer, moment: str) -> Recovery:
    killer.arm(moment)
    limit_s = killer.chance.uniform(0.3, 1.5) if moment == "any" else 10.0
    try:
        async with asyncio.timeout(limit_s):
            await killer.struck.wait()
    except TimeoutError:
        killer.strike()
    await asyncio.to_thread(killer.instance.bury)
    killer.instance.start()
    await killer.instance.ready()
    ready_s, cpu_s = time.monotonic() - killer.killed_at, killer.instance.cpu_s
    await killer.back.wait()
    return Recovery(ready_s, cpu_s, killer.back_at - killer.killed_at)


async def prove_kill(task: Task, kills: int | None = None) -> Findings:
    kills = kills or (QUICK_KILLS if task.quick else KILLS)
    count = QUICK_PATIENTS if kills < KILLS else PATIENTS
    chance = random.Random(SEED)  # noqa: S311
    recoveries: list[Recovery] = []
    async with an_instance(task.data) as instance:
        tokens = await join_all(instance.url, await set_up(instance.data, count))
        patients = [
            Patient(n, token, "http" if n % 3 == 2 else "socket", random.Random(chance.random()))  # noqa: S311
            for n, token in enumerate(tokens)
        ]
        killer = Killer(instance, patients, chance)
        async with _talking(patients, killer):
            for n in range(kills):
                task.tell("kill -9", n, kills)
                recoveries.append(await _strike_once(killer, MOMENTS[n % len(MOMENTS)]))
                await asyncio.sleep(chance.uniform(0.3, 1.0))
        task.tell("kill -9", kills, kills)
        slips = await _reckoned(instance, patients)
        alerts = await _alerts(instance, patients)
    return _findings(kills, patients, killer, slips + Counter(alerts["slips"]), alerts, recoveries)


async def _reckoned(instance: Instance, patients: list[Patient]) -> Counter[str]:
    slips: Counter[str] = Counter()
    async with aiohttp.ClientSession(instance.url) as session:
        for patient in patients:
            slips += reckon(patient, await history(session, patient.token))
    return slips


# -- alerts -------------------------------------------------------------------------------------------


async def _alerts(instance: Instance, patients: list[Patient]) -> dict[str, Any]:
    """The ledger by the command line, and the letters in the mail folder."""
    ledger = await asyncio.to_thread(_ledger, instance)
    wanted = {s.id for p in patients for s in p.sent if s.kind == "crisis" and s.seq is not None}
    pieces = Counter((e["client_id"], e["rule"]) for a in ledger for e in a["evidence"] if "client_id" in e)
    open_ones = Counter((a["patient"], a["concern"]) for a in ledger if a["state"] != "resolved")
    to_tell = {a["id"] for a in ledger if a["level"] != "routine"}
    waited, letters = await _letters(instance, to_tell)
    slips = {
        "alerts missing": len(wanted - {client_id for client_id, _ in pieces}),
        "alerts twice": sum(n - 1 for n in pieces.values()) + sum(n - 1 for n in open_ones.values()),
        "never mailed": len(to_tell - letters.keys()),
    }
    most = max(letters.values(), default=0)
    return {
        "slips": {k: v for k, v in slips.items() if v},
        "crisis_texts": len(wanted),
        "alerts": len(ledger),
        "most_letters_of_one_alert": most,
        "last_letter_after_the_end_s": round(waited, 1),
    }


def _ledger(instance: Instance) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "bot", "alerts", "--all", "--json", "--data", str(instance.data)]
    said = subprocess.run(command, env=environment({}), capture_output=True, text=True, check=True).stdout
    return list(json.loads(said))


async def _letters(instance: Instance, to_tell: set[str]) -> tuple[float, Counter[str]]:
    """Letters by alert; a promise that a killed process had taken up is kept when its lease has run out."""
    began = time.monotonic()
    while True:
        found = await asyncio.to_thread(_count_letters, instance)
        waited = time.monotonic() - began
        if not to_tell - found.keys() or waited > TOLD_WITHIN_S:
            return waited, found
        await asyncio.sleep(0.2)


def _count_letters(instance: Instance) -> Counter[str]:
    found: Counter[str] = Counter()
    for letter in (instance.data / "mail").glob("*"):
        for line in letter.read_text(errors="replace").splitlines():
            if line.startswith("X-Alert-Id: "):
                found[line.removeprefix("X-Alert-Id: ").strip()] += 1
    return found


# -- figures ------------------------------------------------------------------------------------------


def _findings(
    kills: int,
    patients: list[Patient],
    killer: Killer,
    slips: Counter[str],
    alerts: dict[str, Any],
    recoveries: list[Recovery],
) -> Findings:
    sent = [s for p in patients for s in p.sent]
    figures = {
        "kills": kills,
        "patients": len(patients),
        "acknowledged": sum(s.seq is not None for s in sent),
        "sent_twice": sum(p.repeated for p in patients),
        "questionnaires_sent": sum(s.kind == "send" for s in sent),
        "acknowledged_and_not_yet_answered_at_a_kill": killer.between,
        "in_the_middle_of_a_questionnaire_at_a_kill": killer.mid_form,
        **{k: v for k, v in alerts.items() if k != "slips"},
        "ready_s": _spread([r.ready_s for r in recoveries]),
        "cpu_to_ready_s": _spread([r.cpu_s for r in recoveries]),
        "recovery_s": _spread([r.acknowledged_s for r in recoveries]),
        "load_average": [round(n, 1) for n in os.getloadavg()],
        "slips": dict(slips),
    }
    counted = (
        ("lost", "lost", "invented"),
        ("duplicated", "duplicated", "other body taken"),
        ("out of order", "out of order"),
        ("wrong effects", "wrong effects", "words changed", "acknowledged with another seq"),
        ("replies missing or extra", "replies missing", "replies extra", "replies changed"),
        ("unanswered", "unanswered", "stalled", "holes in the record"),
        ("alerts missing or twice", "alerts missing", "alerts twice", "never mailed"),
    )
    bars = [Bar(name, sum(slips[k] for k in kinds), 0) for name, *kinds in counted]
    slowest = round(max(r.acknowledged_s for r in recoveries), 2)
    return Findings("kill", figures, [*bars, Bar("recovery, seconds", slowest, RECOVERED_WITHIN_S)])


def _spread(values: list[float]) -> dict[str, float]:
    return {"median": round(percentile(values, 0.5), 2), "worst": round(max(values), 2)}
