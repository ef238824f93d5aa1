"""What understanding costs: the time of a message, how often the encoder is asked, and the memory of a process."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import Any

from bot.cli.proofs.findings import Bar, Findings, Task

SOON_MS, AT_MOST_MS, MOST_MB = 12.0, 25.0, 300
MANY, QUICK_MANY = 400, 60
# In a process of its own, as a server has it: the library, the models, and nothing that learns.
_TELLS = """
import asyncio, json, sys, time
from pathlib import Path
from bot.adapters.understanding_local import LocalUnderstanding
from bot.authoring import CONTENT_SHIPPED, shipped_library
from bot.wiring import with_screen

def held(name):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith(name))

async def main(encoder, many):
    library = with_screen(shipped_library(CONTENT_SHIPPED))
    before = held("VmRSS")
    local = LocalUnderstanding(encoder=encoder)
    began = time.perf_counter()
    await local.prepare(library)
    loaded = time.perf_counter() - began
    short = [text for texts in library.understanding.values() for text in texts]
    texts = [text + " today" for text in short[:: max(len(short) // many, 1)]]
    spent, asked = [], 0
    for text in texts:
        began = time.perf_counter()
        said = await local.interpret(library, text)
        spent.append((time.perf_counter() - began) * 1000)
        by = f"{said.understood.by if said.understood else ''} {said.worry.by if said.worry else ''}"
        asked += "minilm" in by or "adapted" in by
    spent.sort()
    print(json.dumps({
        "p50_ms": round(spent[len(spent) // 2], 1), "p95_ms": round(spent[len(spent) * 95 // 100], 1),
        "messages": len(texts), "by_pieces_alone": round(1 - asked / len(texts), 3),
        "loaded_s": round(loaded, 2), "before_mb": before, "rss_mb": held("VmRSS"), "peak_mb": held("VmHWM"),
        "learns": sorted(name for name in ("autograd", "sklearn", "scipy") if name in sys.modules),
    }))

asyncio.run(main(sys.argv[1] == "with", int(sys.argv[2])))
"""


async def prove_understanding(task: Task) -> Findings:
    many = QUICK_MANY if task.quick else MANY
    figures: dict[str, Any] = {}
    for n, how in enumerate(("with", "without")):
        task.tell(f"{how} the encoder", n, 2)
        figures[f"{how}_encoder"] = await asyncio.to_thread(_carried_out, how, many)
    full = figures["with_encoder"]
    return Findings(
        "understanding",
        figures,
        [
            Bar("a message, p50 in ms", full["p50_ms"], most=SOON_MS),
            Bar("a message, p95 in ms", full["p95_ms"], most=AT_MOST_MS),
            Bar("memory of a process, MB", full["rss_mb"], most=MOST_MB),
            Bar("what only learning needs", len(full["learns"]), most=0),
        ],
    )


def _carried_out(how: str, many: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", _TELLS, how, str(many)],
        capture_output=True,
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told
